import { workerData } from 'node:worker_threads';
import type { Compensation } from '../chip/compensation.ts';
import { bundleAt, readBundle } from '../compile/bundle.ts';
import { openEngine } from '../runtime/open.ts';
import type { EvaluationData } from './evaluation-data.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import type { Job } from './plan.ts';
import type { Sample } from './sample.ts';

/** What a worker is started with. It opens engine and bundles by itself: they cannot be sent. */
export interface WorkerSetup {
  readonly engine: 'onnxruntime' | 'tfjs-node';
  readonly arms: readonly {
    readonly arm: string;
    readonly folder: string;
    /** See `EvaluatorArm`. */
    readonly classes: readonly number[] | null;
  }[];
  readonly data: EvaluationData;
  readonly compensate: Compensation;
  readonly readMode: 'frozen' | 'live';
  /** Temperature of the chips; null: each profile's reference. */
  readonly kelvin: number | null;
  /** Write cycles that each cell has been through; null: fresh cells. */
  readonly cycles: number | null;
  readonly threads: number;
}

let evaluator: Promise<Evaluator> | undefined;

async function open(setup: WorkerSetup): Promise<Evaluator> {
  const engine = await openEngine(setup.engine);
  const arms = await Promise.all(
    setup.arms.map(async ({ arm, folder, classes }) => ({
      arm,
      classes,
      bundle: await bundleAt(await readBundle(folder), setup.kelvin, setup.cycles),
    })),
  );
  return createEvaluator(engine, arms, setup.data, setup);
}

/** One job of the plan, in a worker thread of the pool. */
export default async function work(job: Job): Promise<Sample[]> {
  evaluator ??= open(workerData as WorkerSetup);
  return (await evaluator).run(job);
}
