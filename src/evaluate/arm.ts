import type { Bundle } from '../compile/bundle.ts';
import { type Counter, countSaturation } from '../compile/count-saturation.ts';
import { drawnProducts, withLiveReads } from '../compile/live-reads.ts';
import { withoutConverters } from '../compile/without-converters.ts';
import { type Batch, batches } from '../data/batches.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Engine, Feeds, Session } from '../runtime/engine.ts';
import type { EvaluationData } from './evaluation-data.ts';
import { createLiveDraws, type LiveDraws, type LiveEvent } from './live-draws.ts';
import { modelFeeds } from './model-feeds.ts';

/** Examples on which clipped inputs and saturated conversions are counted: the first ones of the commonest length. */
const COUNTED_EXAMPLES = 16;

/** What of a chip a bundle is run on. */
export interface ChipFeeds {
  /** The strips' weights. */
  readonly weights: Feeds;
  /** Variances of the reads, where they are new at each product, and which draws to take. */
  readonly live: { readonly variances: Feeds; readonly event: LiveEvent } | null;
}

/** A bundle's graph, loaded, with its data in batches. */
export interface LoadedArm {
  /** The logits of all examples, in their order, `[examples, outputs]`. */
  logits(chip: ChipFeeds, converters: boolean): Promise<{ values: Float32Array; outputs: number }>;
  /** Shares over the counted examples, of all conversions of all layers; null where there are no converters. */
  saturation(chip: ChipFeeds): Promise<{ clippedInputs: number | null; saturatedConversions: number | null }>;
  release(): Promise<void>;
}

/** Loads a bundle; `threads` is the number within a product. */
export function loadArm(engine: Engine, bundle: Bundle, data: EvaluationData, threads: number): LoadedArm {
  const { graph, layers } = bundle.program;
  const { counters } = countSaturation(graph);
  const sessions = new Map<string, Session>();
  // A plan seldom needs more than one or two of them.
  const sessionOf = async (kind: 'real' | 'ideal' | 'counting', live: boolean): Promise<Session> => {
    const key = `${kind}/${live}`;
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const base = live ? withLiveReads(graph, layers) : graph;
    const made = {
      real: () => base,
      ideal: () => withoutConverters(base),
      counting: () => countSaturation(base).graph,
    }[kind]();
    const session = await engine.load(made, { threads });
    sessions.set(key, session);
    return session;
  };
  const { examples, tokens, padId } = data;
  let draws: LiveDraws | undefined;
  const liveDraws = (): LiveDraws => {
    draws ??= createLiveDraws(
      drawnProducts(withLiveReads(graph, layers), layers),
      (index) => examples[index]!.ids.length,
    );
    return draws;
  };
  const batchesOf = (most: number) => batches(examples, { size: most, tokens: most, order: 'length', padId });
  const feedsOf = (batch: Batch, { weights, live }: ChipFeeds): Feeds => {
    const feeds = { ...modelFeeds(batch), ...weights };
    return live === null ? feeds : { ...feeds, ...live.variances, ...liveDraws().fill(batch, live.event) };
  };
  const few = { size: COUNTED_EXAMPLES, order: 'length', padId, equalLength: true } as const;
  // Batches of one length hold no padding, which would be counted as data; the fullest of them is the fixed subset.
  const unpadded = batches(examples, few).reduce((fullest, batch) =>
    batch.rows > fullest.rows ? batch : fullest,
  );
  const ranks = counterRanks(bundle, counters);
  return {
    async logits(chip, converters) {
      const session = await sessionOf(converters ? 'real' : 'ideal', chip.live !== null);
      const most = chip.live === null ? tokens : Math.min(tokens, liveDraws().mostTokens);
      let values = new Float32Array(0);
      let outputs = 0;
      for (const batch of batchesOf(most)) {
        const result = (await session.run(feedsOf(batch, chip), ['logits'])).logits!;
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
      const session = await sessionOf('counting', chip.live !== null);
      const beyond = { dac: 0, adc: 0 };
      const all = { dac: 0, adc: 0 };
      const results = await session.run(feedsOf(unpadded, chip));
      for (const { output, kind } of counters) {
        const { width, overTokens } = ranks.get(output)!;
        const conversions = width * (overTokens ? unpadded.shape[1] : 1);
        all[kind] += conversions;
        beyond[kind] += (results[output]!.data as Float32Array)[0]! * conversions;
      }
      const share = (kind: 'dac' | 'adc') => (all[kind] === 0 ? null : beyond[kind] / all[kind]);
      return { clippedInputs: share('dac'), saturatedConversions: share('adc') };
    },
    async release() {
      for (const session of sessions.values()) await session.release();
    },
  };
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
      const rank = shapes.get(output.replace(/\.share$/, ''))!.shape.length;
      return [output, { width: kind === 'dac' ? rows : out, overTokens: rank === 3 }];
    }),
  );
}
