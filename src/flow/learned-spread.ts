import type { AdapterSource } from '../compile/manifest.ts';
import type { LayerRecord } from '../evaluate/run-record.ts';
import type { Tensor } from '../graph/graph.ts';

/** A StochGRASP layer's target std beside the std that training ended at, over its groups; null for other methods. */
export function learnedSpread(
  layer: string,
  adapter: AdapterSource | undefined,
  digital: ReadonlyMap<string, Tensor>,
): LayerRecord['weightError'] {
  const targets = adapter?.options.targetStd as Readonly<Record<string, number>> | undefined;
  const target = targets?.[layer];
  const logStd = digital.get(`${adapter?.method}/${layer}.logStd`)?.data;
  if (target === undefined || !(logStd instanceof Float32Array)) return null;
  const stds = Array.from(logStd, (value) => Math.exp(value));
  return {
    target,
    learned: {
      mean: stds.reduce((sum, std) => sum + std, 0) / stds.length,
      min: Math.min(...stds),
      max: Math.max(...stds),
    },
  };
}
