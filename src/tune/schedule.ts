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
  const rising = Math.ceil(steps * schedule.warmup);
  if (index < rising || schedule.kind === 'constant') return riseFactor(index, steps, schedule.warmup);
  return (steps - index) / Math.max(1, steps - rising);
}

/**
 * A linear rise over a share of the steps, then 1.
 *
 * @param index Number of the step, from 0.
 * @param share In [0, 1].
 */
export function riseFactor(index: number, steps: number, share: number): number {
  const rising = Math.ceil(steps * share);
  return index < rising ? (index + 1) / rising : 1;
}
