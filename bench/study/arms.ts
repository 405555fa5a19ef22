/** One way to train in a study: the options of `holdfast train` that make it. */
export interface StudyArm {
  readonly name: string;
  readonly options: readonly string[];
  /** The arm without the draws, where that is the comparison to make. */
  readonly against?: string;
  /** Left out unless it is asked for by name. */
  readonly isExtra?: boolean;
}

/** What a study's target std comes from: the weight error of phase-change memory, freshly written. */
export const TARGET_PROFILE = 'pcm-nandakumar-2019';

/** Options that could make StochGRASP's gain larger and steadier over training seeds. */
const STEADIER: readonly (readonly [string, readonly string[]])[] = [
  ['average', ['--average', '0.5']],
  ['mirrored', ['--mirrored-draws']],
  ['both', ['--average', '0.5', '--mirrored-draws']],
];

/**
 * The arms of a study: each method alone, and with draws in training, whose std is the layers' weight error at `scale`; for
 * GRASP also the field's usual recipe, the weights of a freshly written chip at each step.
 *
 * @param lora Layers that LoRA adapts, as a glob: queries and values, or the fused projections that hold them.
 */
export function studyArms(scale: number, lora: string): StudyArm[] {
  const target = ['--profile', TARGET_PROFILE, '--target-at', '0s', '--target-noise', String(scale)];
  const drawn = (name: string, method: readonly string[]): StudyArm[] => [
    { name, options: method, against: 'grasp' },
    { name: `${name}+draws`, options: [...method, '--draws', ...target], against: name },
  ];
  return [
    { name: 'head', options: ['--method', 'head'], against: 'grasp' },
    { name: 'grasp', options: ['--method', 'grasp'] },
    { name: 'stochgrasp', options: ['--method', 'stochgrasp', ...target], against: 'grasp' },
    ...STEADIER.map(([name, options]): StudyArm => {
      return {
        name: `stochgrasp+${name}`,
        options: ['--method', 'stochgrasp', ...target, ...options],
        against: 'stochgrasp',
        isExtra: true,
      };
    }),
    { name: 'grasp+draws', options: ['--method', 'grasp', '--draws', ...target], against: 'grasp' },
    {
      name: 'grasp+written',
      options: ['--method', 'grasp', '--write-noise', TARGET_PROFILE, '--write-noise-scale', String(scale)],
      against: 'grasp',
    },
    ...drawn('lora', ['--method', 'lora', '--layers', lora]),
    ...drawn('bitfit', ['--method', 'bitfit']),
    ...drawn('ia3', ['--method', 'ia3']),
  ];
}
