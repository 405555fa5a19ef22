import { Piscina } from 'piscina';
import { HoldfastError, SurroundingsError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import { jobQueue } from './job-queue.ts';
import type { Job } from './plan.ts';
import { remainingJobs } from './plan.ts';
import type { Sample } from './sample.ts';
import { openSamples } from './samples-file.ts';
import type { WorkerSetup } from './worker.ts';

/**
 * Does what is left of a plan in a pool of worker threads and appends each row to `samples.jsonl` as soon as it is
 * made. Rows do not depend on the number of workers or on their order. A worker stays with a chip while it can.
 *
 * When `signal` fires, or a worker fails, the others finish the job that they are at, whose rows are kept: a thread that is
 * ended while the engine works for it takes the whole process with it.
 *
 * @param jobs The whole plan; jobs whose rows the file already holds are skipped.
 * @param workers Number of worker threads, each with one thread of its own in the engine.
 * @returns How many rows were there before and how many were made.
 * @throws SurroundingsError if a worker is lost; an interrupted error when `signal` fires before all is done.
 */
export async function runJobs(
  path: string,
  jobs: readonly Job[],
  setup: WorkerSetup,
  workers: number,
  progress: Progress,
  signal?: AbortSignal,
): Promise<{ before: number; made: number }> {
  const file = await openSamples(path);
  let made = 0;
  let pools: readonly Piscina[] = [];
  try {
    const left = remainingJobs(jobs, file.samples);
    progress.stage('evaluate', jobs.length);
    progress.advance(jobs.length - left.length);
    if (left.length > 0) {
      // A pool of one thread for each worker: who gets which job is for the queue to say.
      pools = Array.from({ length: Math.min(workers, left.length) }, () => worker(setup));
      const queue = jobQueue(left);
      let failed = false;
      let writing: Promise<void> = Promise.resolve();
      const work = async (pool: Piscina): Promise<void> => {
        let job: Job | null = null;
        while (!failed && signal?.aborted !== true) {
          job = queue.next(job);
          if (job === null) return;
          const rows = (await pool.run(job)) as Sample[];
          writing = writing.then(() => file.append(rows));
          await writing;
          made += rows.length;
          progress.advance();
        }
      };
      const ends = await Promise.allSettled(
        pools.map((pool) =>
          work(pool).catch((error: unknown) => {
            failed = true;
            throw error;
          }),
        ),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      const wanted = left.reduce((sum, { arms }) => sum + arms.length, 0);
      if (made < wanted) signal?.throwIfAborted();
    }
    return { before: file.samples.length, made };
  } catch (error) {
    if (signal?.aborted)
      throw new HoldfastError(
        'interrupted',
        path,
        `interrupted after ${file.samples.length + made} rows; the same command goes on from there`,
      );
    if (error instanceof HoldfastError) throw error;
    throw new SurroundingsError(
      'evaluate',
      `a worker failed: ${(error as Error).message}; run the same command again to go on`,
      error,
    );
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
    await file.close();
  }
}

function worker(setup: WorkerSetup): Piscina {
  return new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    workerData: setup,
    recordTiming: false,
  });
}
