import type { Compensation } from '../chip/compensation.ts';
import { hasConverters, parseSource } from '../chip/sources.ts';
import { type ChipWriter, createChipWriter } from '../chip/writer.ts';
import type { Bundle } from '../compile/bundle.ts';
import type { Engine } from '../runtime/engine.ts';
import { type LoadedArm, loadArm } from './arm.ts';
import type { EvaluationData } from './evaluation-data.ts';
import type { Job } from './plan.ts';
import type { Sample } from './sample.ts';
import { scoreLogits } from './score.ts';

export interface EvaluatorArm {
  readonly arm: string;
  readonly bundle: Bundle;
}

export interface EvaluatorOptions {
  readonly compensate: Compensation;
  /** Threads within a product. One, so that the number of workers changes nothing. */
  readonly threads: number;
}

/** Makes rows of results: writes the chip of a job once and runs all arms that stand on the same cells on it. */
export interface Evaluator {
  run(job: Job): Promise<Sample[]>;
  release(): Promise<void>;
}

/**
 * Loads bundles for evaluation. Arms whose target conductances are equal (adapters in the digital periphery of one
 * model) share the work of writing and ageing a chip.
 */
export function createEvaluator(
  engine: Engine,
  arms: readonly EvaluatorArm[],
  data: EvaluationData,
  options: EvaluatorOptions,
): Evaluator {
  const loaded = new Map<string, LoadedArm>();
  const writers = new Map<string, ChipWriter>();
  for (const { arm, bundle } of arms) {
    loaded.set(arm, loadArm(engine, bundle, data, options.threads));
    const cells = cellsKey(bundle);
    if (!writers.has(cells)) writers.set(cells, createChipWriter(bundle.program));
  }
  return {
    async run(job) {
      const samples: Sample[] = [];
      const wanted = arms.filter(({ arm }) => job.arms.includes(arm));
      for (const [cells, writer] of writers) {
        const members = wanted.filter(({ bundle }) => cellsKey(bundle) === cells);
        if (members.length === 0) continue;
        const source = parseSource(job.source);
        const { chip, seconds, noise, read } = job;
        const weights =
          chip === null
            ? writer.targets()
            : writer.weights({ chip, seconds, noise, read, source, compensate: options.compensate });
        const converters = chip !== null && hasConverters(source);
        for (const { arm } of members) {
          const place = loaded.get(arm)!;
          const { values, outputs } = await place.logits(weights, converters);
          const counts = converters
            ? await place.saturation(weights)
            : { clippedInputs: null, saturatedConversions: null };
          samples.push({
            arm,
            chip,
            seconds,
            noise,
            read,
            source: job.source,
            ...scoreLogits(values, outputs, data),
            ...counts,
          });
        }
      }
      return samples;
    },
    async release() {
      for (const arm of loaded.values()) await arm.release();
    },
  };
}

/** Equal for bundles whose chips are the same cells under the same laws. */
function cellsKey(bundle: Bundle): string {
  return `${bundle.manifest.files['tiles.safetensors']}/${bundle.program.profile.sha256}`;
}
