import type { LayerCell } from '../compile/cells.ts';
import type { Program, ProgramLayer } from '../compile/program.ts';
import type { KeptCells } from '../device/cell-jobs.ts';
import { cellStreams } from '../device/cell-streams.ts';
import type { Kernels } from '../device/kernels.ts';
import type { CellLaws } from '../profile/cell-laws.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import type { EffectsOf, EffectsState } from './array-effects.ts';

/** Most bytes that a chip writer keeps of a chip: eight a cell, so 32 million weights of one pair. */
export const KEPT_BYTES = 2 ** 29;

/** Beyond so many bytes of targets, weights and kept cells together nothing more is kept. */
const MOST_BYTES = 2 ** 31;

/** Of one array of kept cells, what is rounded up. */
const ROUNDING_BYTES = 64;

/** A layer's cell whose written states are kept. */
export interface CellToKeep {
  readonly layer: ProgramLayer;
  readonly cell: LayerCell;
  /** Bytes that it takes. */
  readonly bytes: number;
}

/** Cells of a layer that are kept at present; undefined: draw them. */
export type KeptOf = (layer: ProgramLayer, cell: LayerCell) => KeptCells | undefined;

/** What is kept of the chip that was asked for last. */
export interface KeptChip {
  /**
   * The cells kept of a chip. Keeping costs as much as drawing, so they are kept when the same chip is asked for the second time
   * in a row. What comes of kept cells are the bits of those that are drawn again.
   *
   * @param laws Of the state's source, at any age.
   */
  recall(state: EffectsState, laws: CellLaws): KeptOf;
}

/**
 * Which of a program's cells to keep: layer by layer while they fit. None where laws of writing or of drift exponents go by the age
 * (relaxing cells must be written anew for each age). Zero-point cells are few and always drawn.
 *
 * @param usedBytes What targets and weights take.
 */
export function cellsToKeep({ profile, layers }: Program, usedBytes: number): CellToKeep[] {
  if (relaxes(profile)) return [];
  const kept: CellToKeep[] = [];
  let left = Math.min(KEPT_BYTES, MOST_BYTES - usedBytes);
  for (const layer of layers) {
    for (const cell of layer.cells) {
      const bytes = 2 * (4 * cell.targets.length + ROUNDING_BYTES);
      if (cell.isShared || bytes > left) continue;
      kept.push({ layer, cell, bytes });
      left -= bytes;
    }
  }
  return kept;
}

/** @param chosen Cells for which the kernels have room; their targets are best in the kernels' memory. */
export function createKeptChip(
  kernels: Kernels,
  chosen: readonly CellToKeep[],
  effectsOf: EffectsOf,
): KeptChip {
  const places = new Map<ProgramLayer, Map<string, KeptCells>>();
  for (const { layer, cell } of chosen) {
    const ofLayer = places.get(layer) ?? new Map<string, KeptCells>();
    const array = () => kernels.allocate(cell.targets.length);
    ofLayer.set(cell.name, { written: array(), exponents: array() });
    places.set(layer, ofLayer);
  }
  const keptOf: KeptOf = (layer, cell) => places.get(layer)?.get(cell.name);

  const keep = (state: EffectsState, laws: CellLaws): void => {
    for (const { layer, cell } of chosen) {
      const { written, exponents } = keptOf(layer, cell)!;
      const streams = cellStreams(state.chip, layer.name, cell.name, null);
      layer.strips.forEach(([fromRow, toRow], strip) => {
        const span = [fromRow * layer.out, toRow * layer.out] as const;
        kernels.keepCells({
          laws,
          noiseScale: state.noise,
          first: span[0],
          targets: cell.targets.subarray(...span),
          streams,
          effects: effectsOf(state, layer, cell, strip),
          out: { written: written.subarray(...span), exponents: exponents.subarray(...span) },
        });
      });
    }
  };

  let asked: string | null = null;
  let held: string | null = null;
  return {
    recall(state, laws) {
      if (chosen.length === 0 || !drawsForGood(laws, state.noise)) return () => undefined;
      const key = JSON.stringify([state.chip, state.noise, state.source]);
      const isAskedAgain = key === asked;
      asked = key;
      if (key === held) return keptOf;
      if (!isAskedAgain) return () => undefined;
      held = null;
      keep(state, laws);
      held = key;
      return keptOf;
    },
  };
}

/** Whether anything is drawn that stays with a cell: else there is nothing to be saved. */
function drawsForGood({ writeStd, driftExponentStd, cellVariation }: CellLaws, noise: number): boolean {
  return noise !== 0 && (writeStd !== null || driftExponentStd !== null || cellVariation !== 0);
}

function relaxes({ writing, drift }: DeviceProfile): boolean {
  const laws = [writing?.std, writing?.meanShift, drift?.exponentMean, drift?.exponentStd];
  return laws.some((law) => law?.dependsOnAge === true);
}
