import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { BadFileError, HoldfastError, SurroundingsError, UsageError } from '../../src/core/errors.ts';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { compile } from '../../src/flow/compile.ts';
import { type EvaluateJob, evaluate } from '../../src/flow/evaluate.ts';
import { merge } from '../../src/flow/merge.ts';
import { readRun } from '../../src/flow/read-run.ts';
import { useLiteAdapter } from '../support/use-lite-adapter.ts';

/*
 * The embedded model, a random head, eight sentences: nothing is to be learned from the numbers, but they must be the
 * same whatever becomes of the run. All tests use the bundles and the whole run that are made first.
 */

const state = { folder: '' };
const place = (...parts: string[]) => join(state.folder, ...parts);

function plan(change: Partial<EvaluateJob> = {}): EvaluateJob {
  return {
    bundles: [place('one')],
    task: 'reviews',
    chips: 2,
    at: [0, 86_400],
    noise: [1],
    cross: false,
    out: place('run'),
    baseline: true,
    limit: 8,
    read: 'frozen',
    reads: 1,
    compensate: 'global',
    seed: 1,
    jobs: 1,
    engine: 'onnxruntime',
    progress,
    ...change,
  };
}

async function rows(run: string): Promise<string[]> {
  return (await readFile(join(run, 'samples.jsonl'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

test.before(async () => {
  state.folder = await mkdtemp(join(tmpdir(), 'holdfast-evaluate-'));
  const adapter = await useLiteAdapter(state.folder, 'grasp', 1);
  const common = {
    model: 'use-lite',
    adapter,
    deploy: 'digital',
    calibrateOn: 'reviews',
    seed: 1,
    force: false,
    progress,
  } as const;
  await compile({ ...common, profile: 'pcm-nandakumar-2019', out: place('one') });
  await compile({ ...common, profile: 'ideal', out: place('ideal') });
  await evaluate(plan());
});

test.after.always(() => rm(state.folder, { recursive: true, force: true }));

test.serial(
  'evaluate: a row for each arm, chip and condition, and one of the clean model for each arm',
  async (t) => {
    const out = place('run-of-two-arms');
    await cp(place('one'), place('two'), { recursive: true });
    await evaluate(plan({ out, bundles: [place('one'), place('two')] }));
    const { run, samples } = await readRun(out);
    t.is(samples.length, 2 * (1 + 2 * 2));
    t.deepEqual(
      run.arms.map(({ arm }) => arm),
      ['one', 'two'],
    );
    t.deepEqual(run.chips, [1, 2]);
    t.true(run.idealCheck!.passed);
    // The second bundle is a copy of the first: the same chip, the same rows.
    const without = (arm: string) =>
      samples.filter((sample) => sample.arm === arm).map((sample) => ({ ...sample, arm: '' }));
    t.deepEqual(without('one'), without('two'));
    // And what stands beside an arm changes nothing.
    t.deepEqual(
      (await rows(out)).filter((row) => row.includes('"one"')),
      await rows(place('run')),
    );
  },
);

test.serial('evaluate: two jobs at a time give the bytes of one', async (t) => {
  await evaluate(plan({ out: place('run-of-two-jobs'), jobs: 2 }));
  t.deepEqual(await rows(place('run-of-two-jobs')), await rows(place('run')));
});

test.serial(
  'evaluate --read live: the bytes of one job with two, resumed too; the record says live',
  async (t) => {
    const live = { read: 'live', at: [86_400], chips: 2 } as const;
    const [one, two] = [place('run-live'), place('run-live-two')];
    await evaluate(plan({ ...live, out: one }));
    await evaluate(plan({ ...live, out: two, jobs: 2 }));
    const whole = await rows(one);
    t.is(whole.length, 3);
    t.deepEqual(await rows(two), whole);
    t.notDeepEqual(whole, await rows(place('run')));
    await writeFile(join(two, 'samples.jsonl'), `${whole[0]}\n`);
    t.is((await evaluate(plan({ ...live, out: two }))).resumedRows, 1);
    t.deepEqual(await rows(two), whole);
    const { run } = await readRun(one);
    t.is(run.readMode, 'live');
    t.true(run.simulated!.some((text) => text.startsWith('read noise, new at each product')));
    t.false(run.notSimulated!.some((text) => text.startsWith('read noise')));
  },
);

test.serial('evaluate: a finished run asked for again makes nothing', async (t) => {
  const before = await readFile(place('run', 'samples.jsonl'));
  const result = await evaluate(plan());
  t.deepEqual([result.rows, result.resumedRows], [5, 5]);
  t.deepEqual(await readFile(place('run', 'samples.jsonl')), before);
});

test.serial(
  'evaluate: a run killed in the middle, resumed by the same command, gives the bytes of an unbroken one',
  async (t) => {
    const out = place('run-killed');
    const words = [
      'evaluate',
      place('one'),
      '--task',
      'reviews',
      '--chips',
      '2',
      '--at',
      '0s,1d',
      '--limit',
      '8',
      '--compensate',
      'global',
      '--jobs',
      '1',
      '--out',
      out,
    ];
    const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
    const child = spawn(process.execPath, [main, ...words], { stdio: 'ignore' });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('exit', (_, signal) => resolve(signal)),
    );
    const look = setInterval(() => {
      rows(out).then(
        (lines) => lines.length > 0 && child.kill('SIGKILL'),
        () => undefined, // There is no file yet.
      );
    }, 5);
    t.is(await ended, 'SIGKILL');
    clearInterval(look);
    const left = await rows(out);
    t.log(`killed after ${left.length} of 5 rows`);
    t.true(left.length < 5);
    // What a kill in the middle of a write would leave.
    await writeFile(join(out, 'samples.jsonl'), `${left.join('\n')}\n{"arm":"one","chi`);
    const result = await evaluate(plan({ out, jobs: 2 }));
    t.is(result.resumedRows, left.length);
    t.deepEqual(await rows(out), await rows(place('run')));
  },
);

test.serial('evaluate: an interrupted run says where it stopped and goes on', async (t) => {
  const out = place('run-interrupted');
  const stop = new AbortController();
  const progressThatStops = { ...progress, advance: (by = 1) => (by === 1 ? stop.abort() : undefined) };
  const error = await t.throwsAsync(
    evaluate(plan({ out, progress: progressThatStops, signal: stop.signal })),
    {
      instanceOf: HoldfastError,
      message: /^.*samples\.jsonl: interrupted after \d+ rows; the same command goes on from there$/,
    },
  );
  t.is(error.exitCode, 130);
  // Ctrl-C before there is anything to stop.
  await t.throwsAsync(evaluate(plan({ out, signal: stop.signal })), {
    message: /: interrupted after \d rows; /,
  });
  await evaluate(plan({ out }));
  t.deepEqual(await rows(out), await rows(place('run')));
});

test.serial('merge: the shards of a plan joined are the whole run', async (t) => {
  const shards = [1, 2].map((index) => ({ out: place(`shard-${index}`), shard: { index, of: 2 } }));
  for (const shard of shards) await evaluate(plan(shard));
  const out = place('merged');
  const result = await merge({ runs: shards.map((shard) => shard.out), out, force: false });
  t.deepEqual([result.runs, result.rows], [2, 5]);
  t.deepEqual(await rows(out), await rows(place('run')));
  t.deepEqual(await readFile(join(out, 'run.json')), await readFile(place('run', 'run.json')));
});

test.serial('evaluate: another plan for the same --out is refused', async (t) => {
  await t.throwsAsync(evaluate(plan({ chips: 3, compensate: 'none' })), {
    instanceOf: UsageError,
    message: `${place('run', 'run.json')}: must be of the same plan to go on with, got other chips, compensate, simulated; repeat the first command, or choose another --out`,
  });
  const out = place('run-broken');
  await mkdir(out);
  await writeFile(join(out, 'run.json'), '{');
  await t.throwsAsync(evaluate(plan({ out })), {
    instanceOf: BadFileError,
    message: /^.*run\.json: must be JSON, got a fault \(.*\); restore the file$/,
  });
});

test.serial('evaluate: other data under the same names are another plan', async (t) => {
  const out = place('run-of-own-data');
  const data = place('own');
  await mkdir(data);
  const write = (texts: readonly string[]) =>
    Promise.all(
      ['train', 'dev'].map((split) =>
        writeFile(
          join(data, `${split}.jsonl`),
          texts.map((text, i) => JSON.stringify({ text, label: ['negative', 'positive'][i % 2] })).join('\n'),
        ),
      ),
    );
  const own = plan({ out, task: 'custom', data, chips: 1, at: [0], limit: 2 });
  await write(['It broke.', 'It works.', 'A waste.']);
  await evaluate(own);
  const { run } = await readRun(out);
  t.deepEqual(run.notes, ['Only the first 2 of 3 dev examples were run.']);
  await write(['It broke down.', 'It works.', 'A waste.']);
  await t.throwsAsync(evaluate(own), {
    instanceOf: UsageError,
    message: `${join(out, 'run.json')}: must be of the same plan to go on with, got other task; repeat the first command, or choose another --out`,
  });
});

test.serial('evaluate: an --out that is a folder of something else, or a file, is refused', async (t) => {
  const out = place('letters');
  await mkdir(out);
  await writeFile(join(out, 'letter.txt'), 'Dear reader');
  await t.throwsAsync(evaluate(plan({ out })), {
    instanceOf: UsageError,
    message: `${out}: must be a new or empty folder, or one with a run.json, got one with letter.txt; choose another --out`,
  });
  await t.throwsAsync(evaluate(plan({ out: join(out, 'letter.txt') })), {
    instanceOf: UsageError,
    message: `${join(out, 'letter.txt')}: must be a folder, got a file; choose another --out`,
  });
});

test.serial('evaluate: plans that no run can hold are refused before anything is read', async (t) => {
  const refused = (change: Partial<EvaluateJob>, message: string) =>
    t.throwsAsync(evaluate(plan({ bundles: [place('none')], out: place('never'), ...change })), {
      instanceOf: UsageError,
      message,
    });
  await refused(
    { seed: Number.MAX_SAFE_INTEGER },
    '--seed: must leave room below 2^53 for the seeds of 2 chips, got 9007199254740991; choose a smaller one',
  );
  await refused(
    { chips: 9e12 },
    '--chips: times arms, ages, noise scales, reads and sources must be at most 1000000 rows, got 18000000000000; ask for fewer',
  );
});

test.serial(
  'evaluate: a worker that fails ends the run with an error when the others have done their jobs',
  async (t) => {
    const out = place('run-failed');
    await cp(place('one'), place('failing'), { recursive: true });
    const progressThatBreaks = {
      ...progress,
      // The workers read the bundles by themselves.
      stage: (name: string) => {
        if (name === 'evaluate') rmSync(place('failing', 'tiles.safetensors'), { force: true });
      },
    };
    const error = await t.throwsAsync(
      evaluate(plan({ out, bundles: [place('failing')], jobs: 2, progress: progressThatBreaks })),
      {
        instanceOf: SurroundingsError,
        message: /^evaluate: a worker failed: .*; run the same command again to go on$/,
      },
    );
    t.is(error.exitCode, 3);
  },
);

test.serial('evaluate: an --out that cannot be written is one clear error of exit code 3', async (t) => {
  await writeFile(place('file'), '');
  const out = place('file', 'run');
  const error = await t.throwsAsync(evaluate(plan({ out })), {
    instanceOf: SurroundingsError,
    message: `${join(out, 'run.json')}: cannot write: a part of the path is a file, not a folder; check the path`,
  });
  t.is(error.exitCode, 3);
  if (process.platform !== 'linux') return;
  // Here even root may not make a folder, and Node's recursive mkdir would try for ever.
  const inProc = join('/proc/holdfast', 'run');
  await t.throwsAsync(evaluate(plan({ out: inProc })), {
    instanceOf: SurroundingsError,
    message: `${join(inProc, 'run.json')}: cannot write: no such file or folder; check the path`,
  });
});

test.serial('evaluate: refuses what it cannot do, by full text', async (t) => {
  const out = place('never');
  const refused = (change: Partial<EvaluateJob>, message: string) =>
    t.throwsAsync(evaluate(plan({ out, ...change })), { instanceOf: UsageError, message });
  await refused(
    { ablate: ['heat'] },
    '--ablate: must be of writing, variation, faults, drift, read, wires, conduction, converters, got "heat"; choose among them',
  );
  await refused(
    { bundles: [place('one'), place('one')] },
    `${place('one')}: must have a folder name of its own, got "one" twice; rename one, for arms are named by their folders`,
  );
  await refused(
    { at: [20 * 365 * 86_400] },
    'pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got 20y; choose one within, or widen "validity" in a copy of the profile if your data support it',
  );
  // A bundle of another task's labels, and one without a head.
  await cp(place('one'), place('of-another-task'), { recursive: true });
  const manifest = place('of-another-task', 'manifest.json');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace(/"labels": \[[^\]]*\]/, '"labels": ["no", "yes"]'));
  await refused(
    { bundles: [place('of-another-task')] },
    'of-another-task: must have the labels of task "reviews" (negative, positive), got no, yes; evaluate on the task that it was trained on',
  );
  const named = (names: string) =>
    writeFile(manifest, text.replace(/"labels": \[[^\]]*\]/, `"labels": [${names}]`));
  await named('"LABEL_0", "LABEL_1", "LABEL_2"');
  await refused(
    { bundles: [place('of-another-task')] },
    'of-another-task: must have the labels of task "reviews" (negative, positive), got LABEL_0, LABEL_1, LABEL_2; evaluate on the task that it was trained on',
  );
  // Adapters from PEFT bring no names: these are numbers.
  await named('"LABEL_0", "LABEL_1"');
  const numbered = plan({ bundles: [place('of-another-task')], out: place('numbered'), chips: 1 });
  t.is((await evaluate(numbered)).out, place('numbered'));
  await compile({
    model: 'use-lite',
    profile: 'ideal',
    out: place('bare'),
    deploy: 'digital',
    calibrateOn: 'reviews',
    seed: 1,
    force: false,
    progress,
  });
  await refused(
    { bundles: [place('bare')] },
    'bare: must hold an adapter with a task head to be evaluated, got a bare model; compile it with --adapter',
  );
  await t.throwsAsync(readFile(join(out, 'run.json')));
});

test.serial(
  'evaluate: with --ablate a row for each source, and the converters alone are one chip as another',
  async (t) => {
    const out = place('run-ablated');
    await evaluate(
      plan({
        out,
        bundles: [place('one')],
        at: [86_400],
        ablate: ['writing', 'drift', 'converters'],
        baseline: false,
      }),
    );
    const { run, samples } = await readRun(out);
    t.deepEqual(run.sources, ['writing', 'drift', 'converters']);
    t.is(samples.length, 2 * 3);
    const [a, b] = samples.filter(({ source }) => source === 'converters');
    t.deepEqual({ ...a!, chip: 0 }, { ...b!, chip: 0 });
  },
);

test.serial('evaluate: --ablate conduction leaves the law of current by voltage alone on', async (t) => {
  const profile = place('curved.json');
  const conduction = { form: 'sinh', readVoltage: '1 V', voltageScale: '0.2 V' };
  await writeFile(
    profile,
    JSON.stringify({
      schemaVersion: 1,
      name: 'curved',
      extends: 'ideal',
      converters: { dac: { bits: 8 } },
      conduction,
    }),
  );
  const adapter = await useLiteAdapter(state.folder, 'grasp', 1);
  const calibrated = { model: 'use-lite', adapter, deploy: 'digital', calibrateOn: 'reviews' } as const;
  await compile({ ...calibrated, seed: 1, force: false, progress, profile, out: place('curved') });
  const out = place('run-curved');
  const ablate = ['conduction', 'writing', 'all'];
  await evaluate(plan({ out, bundles: [place('curved')], chips: 1, limit: 48, at: [0], noise: [1], ablate }));
  const { samples } = await readRun(out);
  const outcomes = (source: string, chip: number | null = 1) =>
    samples.find((sample) => sample.chip === chip && (chip === null || sample.source === source))!.outcomes;
  t.is(outcomes('writing'), outcomes('all', null));
  t.not(outcomes('conduction'), outcomes('writing'));
  t.not(outcomes('all'), outcomes('writing'));
});

test.serial('evaluate: chips of the ideal profile are the digital model', async (t) => {
  const out = place('run-ideal');
  await evaluate(plan({ out, bundles: [place('ideal')], chips: 1, limit: 24 }));
  const { run, samples } = await readRun(out);
  t.true(run.idealCheck!.passed);
  t.log(`largest difference of a logit ${run.idealCheck!.maxAbsoluteError}, bound ${run.idealCheck!.bound}`);
  const [clean, ...chips] = samples;
  t.is(clean!.chip, null);
  for (const { outcomes, metrics } of chips)
    t.deepEqual({ outcomes, metrics }, { outcomes: clean!.outcomes, metrics: clean!.metrics });
});
