import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../../src/core/files.ts';
import { studyArms } from './arms.ts';
import { commandLine, holdfast } from './holdfast.ts';
import { type StudyResults, studyPage } from './page.ts';
import { drawnArms, robustnessSvg } from './robustness-figure.ts';

/**
 * Trains every method with several seeds on one task, writes each onto the same simulated chips, and tabulates clean
 * results, robustness and paired differences: `node build/bench/study/main.js --task reviews --out DIR --page FILE.md`.
 * It goes seed by seed, so that a stopped one has whole seeds; what is in DIR already is not made again. With `--settings` the
 * arms are GRASP, StochGRASP and StochGRASP with other settings.
 */
const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'use-lite' },
    task: { type: 'string', default: 'reviews' },
    data: { type: 'string' },
    out: { type: 'string' },
    page: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    arms: { type: 'string' },
    settings: { type: 'boolean', default: false },
    scale: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '4' },
    lora: { type: 'string', default: '*qkv_transform*' },
    train: { type: 'string', default: '' },
    profiles: { type: 'string', default: 'pcm-nandakumar-2019,reram-wan-2022' },
    noise: { type: 'string', default: '0.5,1,2,3' },
    chips: { type: 'string', default: '20' },
    limit: { type: 'string' },
    jobs: { type: 'string', default: '2' },
  },
});
if (options.out === undefined) {
  console.error('study: --out must name a folder for adapters, bundles and runs; pass one');
  process.exit(2);
}
const out = options.out;
const seeds = options.seeds.split(',');
const wanted = options.arms?.split(',');
const offered = studyArms(Number(options.scale), options.lora);
const unknown = wanted?.find((id) => !offered.some((arm) => arm.id === id));
if (unknown !== undefined) {
  const ids = offered.map(({ id }) => id).join(', ');
  console.error(`study: --arms must name arms among ${ids}, got "${unknown}"; leave it out`);
  process.exit(2);
}
const arms = offered.filter(
  ({ id, isSetting = false }) =>
    wanted?.includes(id) ?? (options.settings ? isSetting || id.endsWith('grasp') : !isSetting),
);
const profiles = options.profiles === '' ? [] : options.profiles.split(',');
const dataset = options.data === undefined ? [] : ['--data', options.data];
const commands = new Set([shown(process.argv.slice(2), 'node build/bench/study/main.js')]);
await mkdir(join(out, 'adapters'), { recursive: true });

for (const seed of seeds) {
  for (const arm of arms) {
    const adapter = join(out, 'adapters', `${arm.id}-${seed}`);
    const more = options.train.split(' ').filter((word) => word !== '');
    const words = [
      ...['train', '--model', options.model, '--task', options.task, ...dataset, ...arm.options],
      ...['--epochs', options.epochs, ...more, '--seed', seed],
    ];
    if (seed === seeds[0]) commands.add(shown([...words, '--out', adapter]));
    if (!existsSync(join(adapter, 'metrics.json'))) {
      const start = performance.now();
      holdfast([...words, '--out', adapter, '--force']);
      await writeFile(join(adapter, 'minutes'), String((performance.now() - start) / 60_000));
    }
    for (const profile of profiles) await onChips(arm.id, seed, adapter, profile);
  }
}
const noise = options.noise.split(',').map(Number);
// A figure of methods over noise scales: of a study of settings it would show two lines, of one scale points.
const isDrawn =
  options.page !== undefined && profiles.length > 0 && noise.length > 1 && drawnArms(arms).length > 2;
const drawing = isDrawn ? options.page!.replace(/\.md$/, '.svg') : undefined;
const study: StudyResults = {
  out,
  arms,
  seeds,
  profiles,
  noise,
  commands: [...commands],
  options,
  ...(drawing === undefined ? {} : { figure: basename(drawing) }),
};
const { page, metric } = await studyPage(study);
if (drawing !== undefined) await writeFileAtomic(drawing, await robustnessSvg(study, metric));
if (options.page === undefined) console.log(page);
else await writeFileAtomic(options.page, page);

/** The arm of one training seed on the chips of one profile. Chip seeds are the same for all, so differences are paired. */
async function onChips(id: string, seed: string, adapter: string, profile: string): Promise<void> {
  const bundle = join(out, 'bundles', profile, `${id}-${seed}`);
  const run = join(out, 'runs', profile, `${id}-${seed}`);
  const compile = [
    ...['compile', '--model', options.model, '--adapter', adapter, '--profile', profile],
    ...['--calibrate-on', options.task, ...dataset, '--out', bundle],
  ];
  if (!existsSync(join(bundle, 'manifest.json'))) holdfast(compile);
  const evaluate = [
    ...['evaluate', bundle, ...(options.model === 'use-lite' ? [] : ['--model', options.model])],
    ...[
      '--task',
      options.task,
      ...dataset,
      ...(options.limit === undefined ? [] : ['--limit', options.limit]),
    ],
    ...['--chips', options.chips, '--at', '0s', '--noise', options.noise, '--out', run],
  ];
  const done = join(run, 'done');
  if (!existsSync(done)) {
    holdfast([...evaluate, '--jobs', options.jobs]);
    await writeFile(done, '');
  }
  if (seed === seeds[0] && profile === profiles[0] && id === 'grasp') {
    commands.add(shown(compile));
    commands.add(shown(evaluate));
  }
}

/** A command with paths as they are below `--out`, and of other folders and files their own names. */
function shown(words: readonly string[], program?: string): string {
  const outside = new Set([options.model, options.data, options.page, out]);
  return commandLine(
    words.map((word) => (outside.has(word) ? basename(word) : word.replace(`${out}/`, ''))),
    program,
  );
}
