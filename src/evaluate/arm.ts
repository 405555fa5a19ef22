import type { Bundle } from '../compile/bundle.ts';
import { withConduction } from '../compile/conduction.ts';
import { erringConverters, withConverterErrors } from '../compile/converter-errors.ts';
import { type Counter, countSaturation } from '../compile/count-saturation.ts';
import { drawnValues } from '../compile/drawn-values.ts';
import { withLiveReads } from '../compile/live-reads.ts';
import { productCounts } from '../compile/program.ts';
import { withoutConverters } from '../compile/without-converters.ts';
import { type Batch, batches } from '../data/batches.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Engine, Feeds, Session } from '../runtime/engine.ts';
import type { EvaluationData } from './evaluation-data.ts';
import { createLiveDraws, type LiveDraws, type LiveEvent } from './live-draws.ts';
import { modelFeeds } from './model-feeds.ts';

/** Examples on which clipped inputs and saturated conversions are counted: the first ones of the commonest length. */
const COUNTED_EXAMPLES = 16;

/** Numbers in the stacked products of a slice of the weights at most. */
const STACKED_NUMBERS = 2 ** 21;

/** The engine runs counters last: stacked products of all layers stay until then, so fewer tokens are taken at once. */
const KEPT_PRODUCTS = 8;

/** What of a chip a bundle is run on. */
export interface ChipFeeds {
  /** The strips' weights. */
  readonly weights: Feeds;
  /** Variances of the reads, where they are new at each product; null where they are not. */
  readonly variances: Feeds | null;
  /** Draws of the converters' errors; null runs exact converters. */
  readonly converters: Feeds | null;
  /** Whether currents go by the cells' law of voltage; else as g V. */
  readonly conducts: boolean;
  /** Which draws to take of noise that is new at each product. */
  readonly event: LiveEvent;
}

/** A bundle's graph, loaded, with its data in batches. */
export interface LoadedArm {
  /** The logits of all examples, in their order, `[examples, outputs]`. */
  logits(chip: ChipFeeds): Promise<{ values: Float32Array; outputs: number }>;
  /** Shares over the counted examples, of all conversions of all layers; null where there are no converters. */
  saturation(chip: ChipFeeds): Promise<{ clippedInputs: number | null; saturatedConversions: number | null }>;
  release(): Promise<void>;
}

interface LoadedGraph {
  readonly session: Session;
  /** Null where the graph draws nothing. */
  readonly draws: LiveDraws | null;
}

/** Loads a bundle; `threads` is the number within a product. */
export function loadArm(engine: Engine, bundle: Bundle, data: EvaluationData, threads: number): LoadedArm {
  const { graph, layers } = bundle.program;
  const { counters } = countSaturation(graph);
  const loaded = new Map<string, LoadedGraph>();
  const { examples, tokens, padId } = data;
  // A plan seldom needs more than one or two of them.
  const load = async (chip: ChipFeeds, isCounted: boolean): Promise<LoadedGraph> => {
    const key = `${chip.converters !== null}/${chip.conducts}/${chip.variances !== null}/${isCounted}`;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    let made = graph;
    if (chip.converters !== null) {
      made = withConverterErrors(made, erringConverters(bundle.program));
    }
    if (chip.conducts) made = withConduction(made, bundle.program);
    if (chip.variances !== null) made = withLiveReads(made, layers);
    if (chip.converters === null) made = withoutConverters(made);
    if (isCounted) made = countSaturation(made).graph;
    const values = drawnValues(made);
    const draws =
      values.length === 0 ? null : createLiveDraws(values, (index) => examples[index]!.ids.length);
    const result = { session: await engine.load(made, { threads }), draws };
    loaded.set(key, result);
    return result;
  };
  const feedsOf = (batch: Batch, chip: ChipFeeds, draws: LiveDraws | null): Feeds => ({
    ...modelFeeds(batch),
    ...chip.weights,
    ...chip.variances,
    ...chip.converters,
    ...draws?.fill(batch, chip.event),
  });
  const few = { size: COUNTED_EXAMPLES, order: 'length', padId, equalLength: true } as const;
  // Batches of one length hold no padding, which would be counted as data; the fullest of them is the fixed subset.
  const unpadded = batches(examples, few).reduce((fullest, batch) =>
    batch.rows > fullest.rows ? batch : fullest,
  );
  const ranks = counterRanks(bundle, counters);
  const stacked = stackedTokens(bundle);
  const tokensAtOnce = (draws: LiveDraws | null) => Math.min(tokens, draws?.mostTokens ?? tokens, stacked);
  return {
    async logits(chip) {
      const { session, draws } = await load(chip, false);
      const most = tokensAtOnce(draws);
      let values = new Float32Array(0);
      let outputs = 0;
      for (const batch of batches(examples, { size: most, tokens: most, order: 'length', padId })) {
        const result = (await session.run(feedsOf(batch, chip, draws), ['logits'])).logits!;
        outputs = result.shape[1]!;
        if (values.length === 0) values = new Float32Array(examples.length * outputs);
        batch.indices.forEach((example, row) => {
          values.set(
            (result.data as Float32Array).subarray(row * outputs, (row + 1) * outputs),
            example * outputs,
          );
        });
      }
      return { values, outputs };
    },
    async saturation(chip) {
      if (counters.length === 0) return { clippedInputs: null, saturatedConversions: null };
      const { session, draws } = await load(chip, true);
      const beyond = { dac: 0, adc: 0 };
      const all = { dac: 0, adc: 0 };
      const most = Math.min(tokensAtOnce(draws), Math.max(1, Math.floor(stacked / KEPT_PRODUCTS)));
      const { indices, rows } = unpadded;
      for (const part of batches(examples, { size: most, tokens: most, order: indices, padId })) {
        const results = await session.run(feedsOf(part, chip, draws));
        for (const { output, kind } of counters) {
          const { width, overTokens } = ranks.get(output)!;
          const conversions = width * (overTokens ? part.shape[1] : 1) * (part.rows / rows);
          all[kind] += conversions;
          beyond[kind] += (results[output]!.data as Float32Array)[0]! * conversions;
        }
      }
      const share = (kind: 'dac' | 'adc') => (all[kind] === 0 ? null : beyond[kind] / all[kind]);
      return { clippedInputs: share('dac'), saturatedConversions: share('adc') };
    },
    async release() {
      for (const { session } of loaded.values()) await session.release();
    },
  };
}

/**
 * Tokens a batch may have where the products with all slices of an input are made at once, so that each stays in the last cache: 8 MiB. Fewer
 * would leave texts alone in their batch, which are computed twice.
 */
function stackedTokens({ program }: Bundle): number {
  const stacked = program.layers.map((layer) => {
    const { inputSlices } = productCounts(program, layer);
    return inputSlices === 1 ? 0 : inputSlices * layer.out;
  });
  return Math.max(1, Math.floor(STACKED_NUMBERS / Math.max(1, ...stacked)));
}

/** How many values a counter looks at for each example, or for each of its tokens. */
function counterRanks(
  bundle: Bundle,
  counters: readonly Counter[],
): Map<string, { width: number; overTokens: boolean }> {
  const shapes = inferShapes(bundle.program.graph);
  const layers = new Map(bundle.program.layers.map((layer) => [layer.name, layer]));
  return new Map(
    counters.map(({ output, kind, layer }) => {
      const { in: rows, out } = layers.get(layer)!;
      const { shape } = shapes.get(output.replace(/\.share$/, ''))!;
      // Products with slices of the inputs are stacked in front of the batch.
      const parts = typeof shape[0] === 'number' ? shape[0] : null;
      const rank = shape.length - (parts === null ? 0 : 1);
      return [output, { width: (kind === 'dac' ? rows : out) * (parts ?? 1), overTokens: rank === 3 }];
    }),
  );
}
