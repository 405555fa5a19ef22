import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { cellLaws } from '../src/profile/cell-laws.ts';
import { loadProfile } from '../src/profile/load.ts';
import type { WriteWorkerJob, WriteWorkerSetup } from './write-worker.ts';

/** Threads that write pairs of cells, each its share. */
export interface WritePool {
  /** Makes so many pairs, over all workers; resolves when all are done. */
  run(what: WriteWorkerJob['what'], pairs: number): Promise<void>;
  end(): Promise<void>;
}

export const COLUMNS = 3072;
/** Pairs that a worker holds at a time: half a layer of 768 x 3072. */
const HELD = 384 * COLUMNS;

export async function startWritePool(
  profileName: string,
  workers: number,
  seconds: number,
): Promise<WritePool> {
  const profile = await loadProfile(profileName);
  const workerData: WriteWorkerSetup = {
    pairs: HELD,
    columns: COLUMNS,
    gMax: profile.gMaxMicrosiemens,
    written: cellLaws(profile, 0),
    aged: cellLaws(profile, seconds),
  };
  const pool = Array.from(
    { length: workers },
    () => new Worker(new URL('./write-worker.js', import.meta.url), { workerData }),
  );
  await Promise.all(pool.map((worker) => once(worker, 'message')));
  return {
    async run(what, pairs) {
      const share = Math.ceil(pairs / COLUMNS / workers) * COLUMNS;
      await Promise.all(
        pool.map((worker, index) => {
          const job: WriteWorkerJob = {
            what,
            first: index * 1_000_000,
            pairs: Math.max(0, Math.min(share, pairs - index * share)),
          };
          worker.postMessage(job);
          return once(worker, 'message');
        }),
      );
    },
    async end() {
      await Promise.all(pool.map((worker) => worker.terminate()));
    },
  };
}
