export interface Schedule {
  readonly kind: 'linear' | 'constant';
  /** Share of all steps in which the rate rises from 0, in [0, 1). */
  readonly warmup: number;
}

/**
 * The factor on the learning rate at a step: a linear rise over the warm-up, then constant, or falling linearly so
 * that it would reach 0 one step after the last.
 *
 * @param index Number of the step, from 0.
 */
export function rateFactor(index: number, steps: number, schedule: Schedule): number {
  const rise = Math.ceil(steps * schedule.warmup);
  if (index < rise) return (index + 1) / rise;
  if (schedule.kind === 'constant') return 1;
  return (steps - index) / Math.max(1, steps - rise);
}
