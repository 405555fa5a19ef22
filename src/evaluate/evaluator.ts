import type { Compensation } from '../chip/compensation.ts';
import { converterDraws } from '../chip/converter-draws.ts';
import { hasConduction, hasConverters, parseSource } from '../chip/sources.ts';
import { type ChipWriter, createChipWriter } from '../chip/writer.ts';
import type { Bundle } from '../compile/bundle.ts';
import { type ErringConverter, erringConverters } from '../compile/converter-errors.ts';
import { sha256 } from '../core/files.ts';
import type { Engine } from '../runtime/engine.ts';
import { type LoadedArm, loadArm } from './arm.ts';
import type { EvaluationData } from './evaluation-data.ts';
import type { Job } from './plan.ts';
import type { Sample } from './sample.ts';
import { scoreLogits } from './score.ts';

export interface EvaluatorArm {
  readonly arm: string;
  readonly bundle: Bundle;
  /** The class that each of its logits stands for; null: the one of its own number. */
  readonly classes: readonly number[] | null;
}

export interface EvaluatorOptions {
  readonly compensate: Compensation;
  /** frozen: one draw of read noise for a whole evaluation; live: a new one at each product. */
  readonly readMode: 'frozen' | 'live';
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
  const erringOf = new Map<string, readonly ErringConverter[]>();
  const cellsOf = new Map<string, string>();
  for (const { arm, bundle } of arms) {
    loaded.set(arm, loadArm(engine, bundle, data, options.threads));
    erringOf.set(arm, erringConverters(bundle.program));
    const cells = cellsKey(bundle);
    cellsOf.set(arm, cells);
    if (!writers.has(cells)) writers.set(cells, createChipWriter(bundle.program));
  }
  return {
    async run(job) {
      const samples: Sample[] = [];
      const wanted = arms.filter(({ arm }) => job.arms.includes(arm));
      for (const [cells, writer] of writers) {
        const members = wanted.filter(({ arm }) => cellsOf.get(arm) === cells);
        if (members.length === 0) continue;
        const source = parseSource(job.source);
        const { chip } = job;
        const feeds = chipFeeds(writer, job, options);
        const isConverted = chip !== null && hasConverters(source);
        for (const { arm, classes } of members) {
          const place = loaded.get(arm)!;
          const erring = erringOf.get(arm)!;
          const converters = isConverted ? converterDraws(erring, { chip, noise: job.noise }) : null;
          const conducts = chip !== null && hasConduction(source);
          const { values, outputs } = await place.logits({ ...feeds, converters, conducts });
          const counts = isConverted
            ? await place.saturation({ ...feeds, converters, conducts })
            : { clippedInputs: null, saturatedConversions: null };
          samples.push({
            arm,
            chip,
            seconds: job.seconds,
            noise: job.noise,
            read: job.read,
            source: job.source,
            ...scoreLogits(values, outputs, data, classes),
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

/** What the graphs are fed of a job's chip. Where a read draws nothing, live and frozen are the same run. */
function chipFeeds(writer: ChipWriter, job: Job, { compensate, readMode }: EvaluatorOptions) {
  const { chip, seconds, noise, read } = job;
  if (chip === null) return { weights: writer.targets(), variances: null, event: { chip: 0, seconds, read } };
  const state = { chip, seconds, noise, read, source: parseSource(job.source), compensate };
  const cells =
    readMode === 'live' ? writer.live(state) : { weights: writer.weights(state), variances: null };
  return { ...cells, event: { chip, seconds, read } };
}

/**
 * Equal for bundles whose chips are the same cells under the same laws, on the same tiles, and count for the same weights: equal
 * targets alone may be those of a weight and of its double, or of one layer on other tiles.
 */
function cellsKey({ manifest, program }: Bundle): string {
  const layout = program.layers.map(({ strips, columns, scale, zero }) => [
    strips,
    columns,
    sha256(bytesOf(scale)),
    zero === null ? null : sha256(bytesOf(zero)),
  ]);
  return JSON.stringify([manifest.files['tiles.safetensors'], program.profile.sha256, layout]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
