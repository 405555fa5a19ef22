import { createChipWriter } from '../chip/writer.ts';
import { couplesOf, sliceCount } from '../compile/cells.ts';
import { layerInput, sliceProducts } from '../compile/lower.ts';
import {
  type Bits,
  converterOf,
  type LayerRanges,
  type Program,
  type ProgramLayer,
  productCounts,
  type Ranges,
  sliceWeights,
  stripFeeds,
} from '../compile/program.ts';
import { permutation } from '../core/philox.ts';
import { type Stream, stream } from '../core/stream.ts';
import { buildGraph } from '../graph/build.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { firstAge } from '../profile/cell-laws.ts';
import type { Engine } from '../runtime/engine.ts';
import { bestRange, percentileRange } from './best-range.ts';
import { currentRanges, goesByCurrents } from './current-range.ts';

/** Rows (tokens) of all batches together whose values are kept, some of each batch; drawn from a keyed stream. */
const ROWS_KEPT = 512;

/** What a calibration looks at: the layers' inputs, for the DACs' ranges, their products, for the ADCs', or both. */
export type Observed = 'inputs' | 'products' | 'both';

/**
 * Finds the static converter ranges of a program from what its layers see on calibration examples: for each strip
 * the range of its input, for each tile the range of its product. See `bestRange` for the criterion.
 *
 * @param program Compiled without converters; where inputs are sliced, without ADCs, for the ADC's range is then that of
 *   the products with each slice.
 * @param batches Feeds of the model's own inputs, without padding (padding would count as data).
 * @param onBatch Called after each batch.
 * @param observe Products are never looked at where the ADCs' ranges go by currents. Ranges not asked for are NaN.
 * @param digital With `inputs` alone: a graph of the same layers and weights, whole, that costs less to run than the program.
 */
export async function calibrateRanges(
  engine: Engine,
  program: Program,
  batches: readonly Readonly<Record<string, Tensor>>[],
  seed: number,
  onBatch: () => void,
  observe: Observed = 'both',
  digital: Graph | null = null,
): Promise<Ranges> {
  const { options, layers } = program;
  const sees = (what: Observed) => observe === what || observe === 'both';
  const seesProducts = sees('products') && !goesByCurrents(options.adc);
  const inputs = new Map(
    layers.map((layer) => [
      layer.name,
      digital === null ? layerInputName(program, layer) : layerInput(digital, layer.name),
    ]),
  );
  const products = seesProducts
    ? layers.flatMap((layer) => layer.strips.flatMap((_, strip) => productsOf(program, layer, strip)))
    : [];
  const session = await engine.load(observed(digital ?? program.graph, [...inputs.values(), ...products]));
  const weights = digital === null ? wiredWeights(program) : {};
  const pools = new Map<string, Float32Array[]>();
  const kept = Math.ceil(ROWS_KEPT / batches.length);
  try {
    for (const [number, feeds] of batches.entries()) {
      const results = await session.run({ ...feeds, ...weights });
      for (const layer of layers) {
        const x = results[inputs.get(layer.name)!]!;
        const rows = chosenRows(
          x.data.length / layer.in,
          kept,
          stream(seed, 'calibrate', layer.name, number),
        );
        layer.strips.forEach(([from, to], strip) => {
          if (sees('inputs'))
            keep(pools, `${layer.name}/${strip}`, x.data as Float32Array, rows, layer.in, from, to);
          if (!seesProducts) return;
          productsOf(program, layer, strip).forEach((product, slice) => {
            const all = results[product]!.data as Float32Array;
            const { inputSlices } = productCounts(program, layer);
            const size = all.length / inputSlices;
            for (let part = 0; part < inputSlices; part++) {
              const y = all.subarray(part * size, (part + 1) * size);
              layer.columns.forEach(([left, right], column) => {
                keep(pools, `${layer.name}/${strip}/${slice}/${column}`, y, rows, layer.out, left, right);
              });
            }
          });
        });
      }
      onBatch();
    }
  } finally {
    await session.release();
  }
  const ranges = new Map<string, LayerRanges>();
  for (const layer of layers) {
    const input = new Float32Array(layer.strips.length).fill(NaN);
    const slices = sliceCount(layer.cells);
    const adc = new Float32Array(layer.strips.length * slices * layer.out).fill(NaN);
    layer.strips.forEach((_, strip) => {
      const seen = pools.get(`${layer.name}/${strip}`);
      if (seen !== undefined) input[strip] = seenRange(options.dac, joined(seen));
      if (!seesProducts) return;
      for (const { slice } of couplesOf(layer.cells)) {
        const line = (strip * slices + slice) * layer.out;
        layer.columns.forEach(([left, right], column) => {
          const values = joined(pools.get(`${layer.name}/${strip}/${slice}/${column}`)!);
          adc.fill(seenRange(options.adc, values), line + left, line + right);
        });
      }
    });
    const ofCurrents = sees('inputs') ? currentRanges(program, layer, input) : null;
    ranges.set(layer.name, { input, adc: ofCurrents ?? adc });
  }
  return ranges;
}

/** What an ideal chip has in its ADCs' way: weights without any error but, where the profile has wires, theirs. */
function wiredWeights(program: Program): Record<string, Tensor> {
  const { wires } = program.profile;
  if (wires === null) return programWeights(program);
  const state = { chip: 0, seconds: firstAge(program.profile), noise: 0, read: 0 };
  return createChipWriter(program).weights({ ...state, source: 'wires', compensate: 'none' });
}

/** The range that a converter's rule takes from what it saw. */
function seenRange(how: Bits, values: Float32Array): number {
  if (how.range?.rule === 'percentile') return percentileRange(values, how.range.share);
  // Of an exact converter the range is never used; any step will do to find one.
  return bestRange(values, converterOf(how)?.top ?? 127);
}

/** The strips' weights of a program without any error, as feeds. */
export function programWeights(program: Program): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const layer of program.layers) {
    Object.assign(
      feeds,
      stripFeeds(layer, (strip) => sliceWeights(layer, strip)),
    );
  }
  return feeds;
}

/** Where a layer's rows are read: the value that its DAC scales, or its first strip slices or multiplies. */
function layerInputName(program: Program, layer: ProgramLayer): string {
  const { nodes } = program.graph;
  const { name } = layer;
  const first = nodes.find((node) => node.name === `${name}.dac.scaled` || node.name === `${name}.rows.0`);
  return first?.inputs[0] ?? layerInput(program.graph, productsOf(program, layer, 0)[0]!);
}

/** The products of a strip, one a slice. */
function productsOf(program: Program, layer: ProgramLayer, strip: number): string[] {
  return sliceProducts(layer.name, strip, productCounts(program, layer));
}

/** A graph with some of its values as its outputs, and nothing that they do not need. */
function observed(graph: Graph, values: readonly string[]): Graph {
  const shapes = inferShapes(graph);
  const builder = buildGraph(graph.name, graph, false);
  for (const name of new Set(values)) {
    const { dtype, shape } = shapes.get(name)!;
    builder.output(name, dtype, shape);
  }
  return builder.finish();
}

function chosenRows(rows: number, kept: number, draws: Stream): ArrayLike<number> {
  if (rows <= kept) return Array.from({ length: rows }, (_, row) => row);
  return permutation(rows, draws).subarray(0, kept);
}

function keep(
  pools: Map<string, Float32Array[]>,
  name: string,
  values: Float32Array,
  rows: ArrayLike<number>,
  width: number,
  from: number,
  to: number,
): void {
  const kept = new Float32Array(rows.length * (to - from));
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * width;
    kept.set(values.subarray(start + from, start + to), i * (to - from));
  }
  const pool = pools.get(name);
  if (pool === undefined) pools.set(name, [kept]);
  else pool.push(kept);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
