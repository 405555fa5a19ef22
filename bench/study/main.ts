import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../../src/core/files.ts';
import { studyArms } from './arms.ts';
import { commandLine, holdfast } from './holdfast.ts';
import { studyPage } from './page.ts';

/**
 * Trains every method with several seeds on one task, writes each onto the same simulated chips, and tabulates clean
 * results, robustness and paired differences: `node build/bench/study/main.js --task reviews --out DIR --page FILE.md`.
 * What is in DIR already is not made again.
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
const arms = studyArms(Number(options.scale), options.lora).filter(
  ({ name, isExtra }) => wanted?.includes(name) ?? isExtra !== true,
);
const profiles = options.profiles === '' ? [] : options.profiles.split(',');
const source = [
  '--model',
  options.model,
  '--task',
  options.task,
  ...(options.data === undefined ? [] : ['--data', options.data]),
];
const commands = new Set<string>();
await mkdir(join(out, 'adapters'), { recursive: true });

for (const arm of arms) {
  for (const seed of seeds) {
    const adapter = join(out, 'adapters', `${arm.name}-${seed}`);
    const more = options.train.split(' ').filter((word) => word !== '');
    const words = ['train', ...source, ...arm.options, '--epochs', options.epochs, ...more, '--seed', seed];
    if (seed === seeds[0]) commands.add(commandLine([...words, '--out', `adapters/${arm.name}-${seed}`]));
    if (!existsSync(join(adapter, 'metrics.json'))) {
      const start = performance.now();
      holdfast([...words, '--out', adapter, '--force']);
      await writeFile(join(adapter, 'minutes'), String((performance.now() - start) / 60_000));
    }
    for (const profile of profiles) await onChips(arm.name, seed, adapter, profile);
  }
}
const page = await studyPage({
  out,
  arms,
  seeds,
  profiles,
  noise: options.noise.split(',').map(Number),
  commands: [...commands],
  options,
});
if (options.page === undefined) console.log(page);
else await writeFileAtomic(options.page, page);

/** The arm of one training seed on the chips of one profile. Chip seeds are the same for all, so differences are paired. */
async function onChips(name: string, seed: string, adapter: string, profile: string): Promise<void> {
  const bundle = join(out, 'bundles', profile, `${name}-${seed}`);
  const run = join(out, 'runs', profile, `${name}-${seed}`);
  const calibration = [
    '--calibrate-on',
    options.task,
    ...(options.data === undefined ? [] : ['--data', options.data]),
  ];
  const compile = [
    'compile',
    '--model',
    options.model,
    '--adapter',
    adapter,
    '--profile',
    profile,
    ...calibration,
  ];
  if (!existsSync(join(bundle, 'manifest.json'))) holdfast([...compile, '--out', bundle]);
  const evaluate = [
    ...[
      'evaluate',
      bundle,
      '--task',
      options.task,
      ...(options.data === undefined ? [] : ['--data', options.data]),
    ],
    ...(options.model === 'use-lite' ? [] : ['--model', options.model]),
    ...['--chips', options.chips, '--at', '0s', '--noise', options.noise, '--jobs', options.jobs],
    ...(options.limit === undefined ? [] : ['--limit', options.limit]),
  ];
  const done = join(run, 'done');
  if (!existsSync(done)) {
    holdfast([...evaluate, '--out', run]);
    await writeFile(done, await readFile(join(run, 'run.json')).then(() => ''));
  }
  if (seed === seeds[0] && profile === profiles[0] && name === 'grasp') {
    const shown = (words: readonly string[], to: string) =>
      commandLine([...words.map((word) => word.replace(`${out}/`, '')), '--out', to]);
    commands.add(shown(compile, `bundles/${profile}/${name}-${seed}`));
    commands.add(shown(evaluate, `runs/${profile}/${name}-${seed}`));
  }
}
