import type { Bundle } from '../compile/bundle.ts';
import { type Counter, countSaturation } from '../compile/count-saturation.ts';
import { withoutConverters } from '../compile/without-converters.ts';
import { batches } from '../data/batches.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Engine, Feeds, Session } from '../runtime/engine.ts';
import type { EvaluationData } from './evaluation-data.ts';
import { modelFeeds } from './model-feeds.ts';

/** Examples on which clipped inputs and saturated conversions are counted: the first ones of the commonest length. */
const COUNTED_EXAMPLES = 16;

/** A bundle's graph, loaded, with its data in batches. */
export interface LoadedArm {
  /** The logits of all examples, in their order, `[examples, outputs]`. */
  logits(weights: Feeds, converters: boolean): Promise<{ values: Float32Array; outputs: number }>;
  /** Shares over the counted examples, of all conversions of all layers; null where there are no converters. */
  saturation(weights: Feeds): Promise<{ clippedInputs: number | null; saturatedConversions: number | null }>;
  release(): Promise<void>;
}

/** Loads a bundle; `threads` is the number within a product. */
export function loadArm(engine: Engine, bundle: Bundle, data: EvaluationData, threads: number): LoadedArm {
  const { graph } = bundle.program;
  const counted = countSaturation(graph);
  const graphs = { real: graph, ideal: withoutConverters(graph), counting: counted.graph };
  const sessions = new Map<keyof typeof graphs, Session>();
  // A plan seldom needs all three.
  const sessionOf = async (kind: keyof typeof graphs): Promise<Session> => {
    const session = sessions.get(kind) ?? (await engine.load(graphs[kind], { threads }));
    sessions.set(kind, session);
    return session;
  };
  const { tokens, padId } = data;
  const place = batches(data.examples, { size: tokens, tokens, order: 'length', padId });
  const few = { size: COUNTED_EXAMPLES, order: 'length', padId, equalLength: true } as const;
  // Batches of one length hold no padding, which would be counted as data; the fullest of them is the fixed subset.
  const unpadded = batches(data.examples, few).reduce((fullest, batch) =>
    batch.rows > fullest.rows ? batch : fullest,
  );
  const ranks = counterRanks(bundle, counted.counters);
  return {
    async logits(weights, converters) {
      const session = await sessionOf(converters ? 'real' : 'ideal');
      let values = new Float32Array(0);
      let outputs = 0;
      for (const batch of place) {
        const result = (await session.run({ ...modelFeeds(batch), ...weights }, ['logits'])).logits!;
        outputs = result.shape[1]!;
        if (values.length === 0) values = new Float32Array(data.examples.length * outputs);
        batch.indices.forEach((example, row) => {
          values.set(
            (result.data as Float32Array).subarray(row * outputs, (row + 1) * outputs),
            example * outputs,
          );
        });
      }
      return { values, outputs };
    },
    async saturation(weights) {
      if (counted.counters.length === 0) return { clippedInputs: null, saturatedConversions: null };
      const session = await sessionOf('counting');
      const beyond = { dac: 0, adc: 0 };
      const all = { dac: 0, adc: 0 };
      const results = await session.run({ ...modelFeeds(unpadded), ...weights });
      for (const { output, kind } of counted.counters) {
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
