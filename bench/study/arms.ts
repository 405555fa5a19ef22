/** One way to train in a study: the options of `holdfast train` that make it. */
export interface StudyArm {
  /** What its folders and `--arms` call it. */
  readonly id: string;
  readonly name: string;
  readonly options: readonly string[];
  /** Arms to compare it with on the same chips: the one without draws; of StochGRASP also the other ways to bear noise. */
  readonly against?: readonly string[];
  /** One of the settings of StochGRASP, which a study of methods leaves out. */
  readonly isSetting?: boolean;
}

/** What a study's target std comes from: the weight error of phase-change memory, freshly written. */
export const TARGET_PROFILE = 'pcm-nandakumar-2019';

/** Other settings of StochGRASP, to choose among; a later option takes the place of an earlier one. */
const SETTINGS: readonly (readonly [string, readonly string[]])[] = [
  ['target 1x', ['--target-noise', '1']],
  ['target 3x', ['--target-noise', '3']],
  ['lambda 0.01', ['--lambda', '0.01']],
  ['lambda 1', ['--lambda', '1']],
  ['rate 0.002', ['--lr', '0.002']],
  ['rate 0.01', ['--lr', '0.01']],
  ['draw a step', ['--draw', 'step']],
  ['mirrored', ['--mirrored-draws']],
  ['draws rising over half', ['--draw-warmup', '0.5']],
  ['draws rising to the end', ['--draw-warmup', '1']],
];

/**
 * The arms of a study: each method alone, and with draws in training, whose std is the layers' weight error at `scale`; for
 * GRASP also the field's usual recipe, the weights of a freshly written chip at each step.
 *
 * @param lora Layers that LoRA adapts, as a glob: queries and values, or the fused projections that hold them.
 */
export function studyArms(scale: number, lora: string): StudyArm[] {
  return armsOf(scale, lora).map((arm) => ({ id: arm.name.replaceAll(/[ ,]+/g, '-'), ...arm }));
}

function armsOf(scale: number, lora: string): Omit<StudyArm, 'id'>[] {
  const target = ['--profile', TARGET_PROFILE, '--target-at', '0s', '--target-noise', String(scale)];
  const drawn = (name: string, method: readonly string[]): Omit<StudyArm, 'id'>[] => [
    { name, options: method, against: ['grasp'] },
    { name: `${name}+draws`, options: [...method, '--draws', ...target], against: [name] },
  ];
  return [
    { name: 'head', options: ['--method', 'head'], against: ['grasp'] },
    { name: 'grasp', options: ['--method', 'grasp'] },
    {
      name: 'stochgrasp',
      options: ['--method', 'stochgrasp', ...target],
      against: ['grasp', 'grasp+draws', 'grasp+written', 'lora'],
    },
    ...SETTINGS.map(([name, options]) => {
      return {
        name: `stochgrasp, ${name}`,
        options: ['--method', 'stochgrasp', ...target, ...options],
        against: ['stochgrasp'],
        isSetting: true,
      };
    }),
    { name: 'grasp+draws', options: ['--method', 'grasp', '--draws', ...target], against: ['grasp'] },
    {
      name: 'grasp+written',
      options: ['--method', 'grasp', '--write-noise', TARGET_PROFILE, '--write-noise-scale', String(scale)],
      against: ['grasp'],
    },
    ...drawn('lora', ['--method', 'lora', '--layers', lora]),
    ...drawn('bitfit', ['--method', 'bitfit']),
    ...drawn('ia3', ['--method', 'ia3']),
  ];
}
