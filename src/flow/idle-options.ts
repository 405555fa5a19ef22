import type { Adapter } from '../adapter/adapter.ts';
import type { OwnSetting } from '../adapter/method.ts';
import { drawnLayers, methodNamed } from '../adapter/methods.ts';
import type { NewAdapterJob } from './new-adapter.ts';
import { optionName } from './option-name.ts';
import type { TrainJob } from './train.ts';
import type { DrawJob } from './training-target.ts';

/** What draws are made from and how they are used. */
const OF_DRAWS = [
  'profile',
  'targetAt',
  'targetNoise',
  'targetStd',
  'draw',
  'drawWarmup',
  'mirroredDraws',
] as const satisfies readonly (keyof DrawJob)[];

const OF_METHODS = ['groups', 'rank', 'alpha', 'dropout'] as const satisfies readonly OwnSetting[];

/**
 * A line on each option of training that is without effect on an adapter: one set of options may serve all methods. Nothing
 * of such an option is recorded.
 */
export function idleOptions(
  job: Partial<Omit<NewAdapterJob, 'method'>> & DrawJob & Pick<TrainJob, 'adapter' | 'newHead'>,
  adapter: Adapter,
): string[] {
  const { method } = adapter;
  const { learnsStd, settings } = methodNamed(method);
  const isDrawn = drawnLayers(adapter).length > 0;
  const line = (why: string) => (name: string) => `${optionName(name)}: without effect, as ${why}`;
  const given = (names: readonly (keyof typeof job)[]): readonly string[] =>
    names.filter((name) => job[name] !== undefined && job[name] !== false);
  const foreign = OF_METHODS.filter((name) => !settings.includes(name));
  return [
    ...given(foreign).map(line(`${method} has none`)),
    ...(method === 'head' ? given(['layers']).map(line('head trains the head alone')) : []),
    ...(job.adapter === undefined ? given(['newHead']).map(line('a new adapter has a new head')) : []),
    ...(isDrawn ? [] : given(OF_DRAWS).map(line(`${method} is trained without draws; see --draws`))),
    ...(isDrawn && job.profile === undefined
      ? given(['targetAt', 'targetNoise']).map(line('no --profile is given'))
      : []),
    ...(learnsStd ? [] : given(['lambda']).map(line(`${method} learns no std`))),
  ];
}
