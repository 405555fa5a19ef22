import { type Stream, stream } from '../core/stream.ts';

/**
 * The streams of one kind of cell (`plus`, `minus`) of a layer. Element i of each belongs to cell i of the layer's
 * whole `[in, out]` array, so what is drawn does not depend on the shape of tiles or on the order of work.
 */
export interface CellStreams {
  readonly write: Stream;
  readonly drift: Stream;
  /** Of what each cell is multiplied by for good. */
  readonly vary: Stream;
  /** Of one read; null to leave the read out. */
  readonly read: Stream | null;
  /** Of the states that telegraph noise is in at that read; null with it. */
  readonly telegraph: Stream | null;
}

/**
 * The streams of a chip's layer.
 * @param seed - the chip's
 * @param layer - the layer's name
 * @param cell - `plus` or `minus`
 * @param readEvent - which read it is: another number, another draw; null for cells that are not read
 */
export function cellStreams(
  seed: number,
  layer: string,
  cell: string,
  readEvent: number | null,
): CellStreams {
  return {
    write: stream(seed, 'write', layer, cell),
    drift: stream(seed, 'drift', layer, cell),
    vary: stream(seed, 'variation', 'cell', layer, cell),
    read: readEvent === null ? null : stream(seed, 'read', layer, cell, readEvent),
    telegraph: readEvent === null ? null : stream(seed, 'telegraph', layer, cell, readEvent),
  };
}
