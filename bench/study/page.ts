import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tInterval } from '../../src/core/intervals.ts';
import { mean } from '../../src/core/statistics.ts';
import type { StudyArm } from './arms.ts';
import { chipValues, overSeeds } from './chip-values.ts';

export interface StudyResults {
  readonly out: string;
  readonly arms: readonly StudyArm[];
  readonly seeds: readonly string[];
  readonly profiles: readonly string[];
  readonly noise: readonly number[];
  readonly commands: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** The figure's file name; absent: none is shown. */
  readonly figure?: string;
}

/** The page of a study: clean results, then for each profile the mean over chips and seeds, and paired differences. */
export async function studyPage(study: StudyResults): Promise<{ page: string; metric: string }> {
  const { options, profiles, arms, seeds } = study;
  const trained = await Promise.all(arms.map((arm) => cleanRow(study, arm)));
  const metric = trained[0]!.metric;
  const lines = [
    `# ${options.task}: ${options.model === 'use-lite' ? 'the embedded model' : basename(String(options.model))}`,
    '',
    `Made by \`bench/study\`, ${seeds.length} training seeds (${seeds.join(', ')}), target of the draws: the layers' weight error at noise scale ${options.scale}. Values are ${metric} in percent; intervals are 95 %, Student's t.`,
    '',
    '## Clean, digital',
    '',
    `All ${trained[0]!.examples} held-out examples (${trained[0]!.split}); interval over training seeds.`,
    '',
    `| method | numbers | with head | minutes | ${metric} | each seed |`,
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...trained.map(
      ({ name, numbers, withHead, minutes, values }) =>
        `| ${name} | ${numbers} | ${withHead} | ${minutes.toFixed(1)} | ${withInterval(values)} | ${values.map(percent).join(', ')} |`,
    ),
  ];
  const pairs = pairsOf(arms);
  if (pairs.length > 0) {
    const valuesOf = new Map(trained.map(({ name, values }) => [name, values]));
    lines.push(
      '',
      'Differences of the same seeds on the same examples, in points: mean over seeds with the interval over seeds.',
      '',
      '| difference | points | each seed |',
      '| --- | ---: | --- |',
      ...pairs.map(({ name, against }) => {
        const differences = valuesOf.get(name)!.map((value, seed) => value - valuesOf.get(against)![seed]!);
        const each = differences.map(signed).join(', ');
        return `| ${name} − ${against} | ${withInterval(differences, signed)} | ${each} |`;
      }),
    );
  }
  if (study.figure !== undefined) lines.push('', `![Accuracy over noise scales](${study.figure})`);
  for (const profile of profiles) lines.push('', ...(await profileTables(study, profile, metric)));
  lines.push('', '## Commands', '', '```sh', ...study.commands, '```', '');
  return { page: lines.join('\n'), metric };
}

interface Scored {
  readonly metrics: Readonly<Record<string, number>>;
  readonly split: string;
  readonly examples: number;
}

async function cleanRow({ out, seeds }: StudyResults, { id, name }: StudyArm) {
  const values: number[] = [];
  const minutes: number[] = [];
  let [metric, split, examples] = ['', '', 0];
  let counts = { trainableParameters: 0, trainableParametersWithHead: 0 };
  for (const seed of seeds) {
    const folder = join(out, 'adapters', `${id}-${seed}`);
    const scored = await json<Scored>(join(folder, 'metrics.json'));
    const { metrics } = scored;
    ({ examples, split } = scored);
    metric = 'pearson' in metrics ? 'pearson' : 'accuracy';
    values.push(metrics[metric]!);
    minutes.push(Number(await readFile(join(folder, 'minutes'), 'utf8')));
    counts = await json(join(folder, 'adapter.json'));
  }
  const { trainableParameters: numbers, trainableParametersWithHead: withHead } = counts;
  return { name, metric, split, examples, values, minutes: mean(minutes), numbers, withHead };
}

async function profileTables(study: StudyResults, profile: string, metric: string): Promise<string[]> {
  const { arms, seeds, noise, options } = study;
  const at = await chipValues(study, profile, metric);
  const limit = options.limit === undefined ? '' : `, the first ${String(options.limit)} of those examples`;
  const chips = at(arms[0]!.name, noise[0]!)[0]!.length;
  const head = ['method', ...noise.map((scale) => `noise ${scale}`)];
  const table = (title: readonly string[], cells: readonly string[][]) => [
    `| ${title.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(title.length - 1)}`,
    ...cells.map((cell) => `| ${cell.join(' | ')} |`),
  ];
  const pairs = pairsOf(arms);
  return [
    `## On ${profile}, 0 s`,
    '',
    `Mean over ${chips} chips and ${seeds.length} seeds${limit}, with the interval over chips of the mean over seeds.`,
    '',
    ...table(
      head,
      arms.map(({ name }) => [name, ...noise.map((scale) => withInterval(overSeeds(at(name, scale))))]),
    ),
    '',
    'Differences on the same chips, in points: mean over seeds with the interval over chips; in brackets each seed alone.',
    '',
    ...table(
      ['difference', ...head.slice(1)],
      pairs.map(({ name, against }) => [
        `${name} − ${against}`,
        ...noise.map((scale) => {
          const [a, b] = [at(against, scale), at(name, scale)];
          const differences = b.map((chipsOf, seed) => chipsOf.map((value, chip) => value - a[seed]![chip]!));
          const each = differences.map((values) => signed(mean(values))).join(', ');
          return `${withInterval(overSeeds(differences), signed)} (${each})`;
        }),
      ]),
    ),
  ];
}

/** Each arm with those of the study that it is compared with. */
function pairsOf(arms: readonly StudyArm[]): { readonly name: string; readonly against: string }[] {
  const names = new Set(arms.map(({ name }) => name));
  return arms.flatMap(({ name, against = [] }) =>
    against.filter((other) => names.has(other)).map((other) => ({ name, against: other })),
  );
}

function withInterval(values: readonly number[], form: (value: number) => string = percent): string {
  const interval = tInterval(values);
  // Equal values of few seeds say nothing of the spread.
  if (interval === null || interval.low === interval.high) return form(mean(values));
  return `${form(mean(values))} [${form(interval.low)}, ${form(interval.high)}]`;
}

function percent(value: number): string {
  return (100 * value).toFixed(1);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`;
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
