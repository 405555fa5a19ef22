import test from 'ava';
import { type JobQueue, jobQueue } from '../../src/evaluate/job-queue.ts';
import type { Job } from '../../src/evaluate/plan.ts';

const job = (chip: number | null, seconds: number, noise = 1): Job => ({
  ...{ chip, seconds, noise, read: 0, source: 'all' },
  arms: ['a'],
});

/** What each of two workers that take turns gets, as `chip@seconds`. */
function turns(queue: JobQueue): string[][] {
  const done: string[][] = [[], []];
  const last: (Job | null)[] = [null, null];
  for (let turn = 0; ; turn++) {
    const own = turn % 2;
    const next = queue.next(last[own]!);
    if (next === null) return done;
    last[own] = next;
    done[own]!.push(`${next.chip}@${next.seconds}`);
  }
}

test('jobQueue: a worker stays with its chip and noise, and then takes the first that nobody has begun', (t) => {
  const jobs = [1, 2, 3].flatMap((chip) => [0, 1, 2].map((seconds) => job(chip, seconds)));
  t.deepEqual(turns(jobQueue([job(null, 0), ...jobs])), [
    ['null@0', '2@0', '2@1', '2@2', '3@1'],
    ['1@0', '1@1', '1@2', '3@0', '3@2'],
  ]);
  const noises = [job(1, 0), job(1, 0, 2), job(1, 5), job(1, 5, 2)];
  t.deepEqual(turns(jobQueue(noises)), [
    ['1@0', '1@5'],
    ['1@0', '1@5'],
  ]);
});

test('jobQueue: who has nothing left of its own helps where most is left; each job goes out once', (t) => {
  const jobs = [job(1, 0), ...[0, 1, 2, 3].map((seconds) => job(2, seconds))];
  t.deepEqual(turns(jobQueue(jobs)), [
    ['1@0', '2@1', '2@3'],
    ['2@0', '2@2'],
  ]);
  const queue = jobQueue([]);
  t.is(queue.next(null), null);
});
