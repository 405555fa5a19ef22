import type { Job } from './plan.ts';

/** Jobs on their way to workers. */
export interface JobQueue {
  /** The next job of a worker that has done `last`; null: none is left. */
  next(last: Job | null): Job | null;
}

/**
 * Hands out jobs so that a worker stays with a chip and noise, whose cells it keeps, through all ages and reads. Who has done with his
 * takes the first chip that nobody works on, or else helps where most is left.
 */
export function jobQueue(jobs: readonly Job[]): JobQueue {
  const waiting = new Map<string, Job[]>();
  for (const job of jobs) {
    const ofChip = waiting.get(chipKey(job)) ?? [];
    ofChip.push(job);
    waiting.set(chipKey(job), ofChip);
  }
  const begun = new Set<string>();
  const take = (key: string): Job => {
    const ofChip = waiting.get(key)!;
    const job = ofChip.shift()!;
    begun.add(key);
    if (ofChip.length === 0) waiting.delete(key);
    return job;
  };
  return {
    next(last) {
      if (waiting.size === 0) return null;
      const own = last === null ? null : chipKey(last);
      if (own !== null && waiting.has(own)) return take(own);
      const keys = [...waiting.keys()];
      const free = keys.find((key) => !begun.has(key));
      if (free !== undefined) return take(free);
      return take(keys.reduce((most, key) => (left(key) > left(most) ? key : most)));
    },
  };

  function left(key: string): number {
    return waiting.get(key)!.length;
  }
}

function chipKey({ chip, noise, source }: Job): string {
  return JSON.stringify([chip, noise, source]);
}
