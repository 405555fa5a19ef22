import { converterDraws } from '../chip/converter-draws.ts';
import type { ChipState } from '../chip/writer.ts';
import { withConduction } from '../compile/conduction.ts';
import { erringConverters, withConverterErrors } from '../compile/converter-errors.ts';
import { drawnValues } from '../compile/drawn-values.ts';
import { withLiveReads } from '../compile/live-reads.ts';
import type { Program } from '../compile/program.ts';
import { createLiveDraws } from '../evaluate/live-draws.ts';
import type { Graph } from '../graph/graph.ts';
import type { Feeds } from '../runtime/engine.ts';

/** The cells of a chip as a graph is fed with them: of one read, or the means and variances of all. */
export interface ReadCells {
  readonly weights: Feeds;
  readonly variances: Feeds | null;
}

/**
 * A program's graph with the errors of one chip's converters, its cells' law of current by voltage and, where there are variances, reads that are new at each
 * product; and its feeds but for the inputs themselves, of which there are `rows`, each with draws of its own.
 */
export function noisyTile(
  program: Program,
  cells: ReadCells,
  state: ChipState,
  rows: number,
): { readonly graph: Graph; readonly feeds: Feeds } {
  const erring = erringConverters(program);
  const converted = withConverterErrors(program.graph, erring);
  const conducted = withConduction(converted, program);
  const graph = cells.variances === null ? conducted : withLiveReads(conducted, program.layers);
  const draws = createLiveDraws(drawnValues(graph), () => 1);
  const indices = Array.from({ length: rows }, (_, row) => row);
  // A single row is sent twice: alone it differs in its last bits.
  const shape = [Math.max(2, rows), 1] as const;
  const feeds = {
    ...cells.weights,
    ...cells.variances,
    ...converterDraws(erring, state),
    ...draws.fill({ indices, shape }, state),
  };
  return { graph, feeds };
}
