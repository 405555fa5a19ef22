import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Condition, RunRecord } from '../../src/evaluate/run-record.ts';
import type { Sample } from '../../src/evaluate/sample.ts';
import { check } from '../../src/flow/check.ts';
import { writeReport } from '../../src/flow/report.ts';
import { type FixtureOptions, syntheticRun } from '../support/run-fixture.ts';

async function runFolder(
  t: ExecutionContext,
  run: RunRecord,
  samples: readonly Sample[],
  tail = '',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  await writeFile(
    join(folder, 'samples.jsonl'),
    samples.map((row) => `${JSON.stringify(row)}\n`).join('') + tail,
  );
  return folder;
}

async function fixtureFolder(t: ExecutionContext, options: FixtureOptions): Promise<string> {
  const { run, samples } = syntheticRun(options);
  return runFolder(t, run, samples);
}

test('writeReport(run, out) writes the whole folder, refuses an existing one, replaces it with force', async (t) => {
  const folder = await fixtureFolder(t, { chips: 2, examples: 40 });
  const out = join(folder, 'report');
  const { files, verdict } = await writeReport(folder, out);
  t.true(files.every((file) => existsSync(file)));
  t.is(files[0], join(out, 'report.html'));
  const summary = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as { verdict: string };
  t.is(summary.verdict, verdict);
  await t.throwsAsync(writeReport(folder, out), {
    message: `${out}: must not exist yet, got an existing one; choose another --out or pass --force`,
  });
  await writeReport(folder, out, { force: true });
});

test('writeReport(run, out) does not put a report in place of the run, not even with force', async (t) => {
  const folder = await fixtureFolder(t, { chips: 2, examples: 40 });
  await t.throwsAsync(writeReport(folder, folder, { force: true }), {
    message: `--out: must not be or hold the run that is read, got "${folder}" for "${folder}"; choose another --out`,
  });
  t.true(existsSync(join(folder, 'samples.jsonl')));
});

test('writeReport(run, out) reports a torn last line and refuses other faults, leaving nothing behind', async (t) => {
  const { run, samples } = syntheticRun({ chips: 2, examples: 40 });
  const torn = await runFolder(t, run, samples, '{"arm": "use-lite-gr');
  const { warnings } = await writeReport(torn, join(torn, 'report'));
  t.deepEqual(warnings, ['The last line of samples.jsonl was unfinished and was left out.']);

  const twice = await runFolder(t, run, [...samples, samples[3]!]);
  await t.throwsAsync(writeReport(twice, join(twice, 'report')), { message: /must occur once/ });
  t.false(existsSync(join(twice, 'report')));

  const stray = await runFolder(t, run, [{ ...samples[0]!, arm: 'other' }]);
  await t.throwsAsync(writeReport(stray, join(stray, 'report')), {
    message: `${join(stray, 'samples.jsonl')}:1: "arm" must be one of the run's (use-lite-grasp, use-lite-stochgrasp), got other; the file is of another run`,
  });

  const [, , chipRow] = samples;
  const others: readonly (readonly [Partial<Sample>, string])[] = [
    [{ chip: 77 }, '"chip" must be one of the run\'s (1, 2), got 77'],
    [
      { noise: 7 },
      '"seconds" and "noise" must be one of the run\'s (0s at noise 1, 1h at noise 1, 1d at noise 1, 1y at noise 1, 0s at noise 0.5, 0s at noise 2, 0s at noise 3), got 0s at noise 7',
    ],
    [{ read: 1 }, '"read" must be one of the run\'s (0), got 1'],
    [{ source: 'drift' }, '"source" must be one of the run\'s (all), got drift'],
  ];
  for (const [change, message] of others) {
    const other = await runFolder(t, run, [{ ...chipRow!, seconds: 0, ...change }]);
    await t.throwsAsync(writeReport(other, join(other, 'report')), {
      message: `${join(other, 'samples.jsonl')}:1: ${message}; the file is of another run`,
    });
  }

  const empty = await runFolder(t, run, samples.slice(0, 1));
  await t.throwsAsync(writeReport(empty, join(empty, 'report')), {
    message: `${empty}: must hold at least one row of a chip, got none; evaluate first`,
  });
  await t.throwsAsync(writeReport(join(empty, 'none'), join(empty, 'report')), {
    message: `${join(empty, 'none', 'run.json')}: must be an existing file, got nothing there; check the path`,
  });
});

/** A run of one arm and one condition whose chips have these accuracies. */
async function gateFolder(
  t: ExecutionContext,
  values: readonly number[],
  conditions: readonly Condition[] = [{ seconds: 3600, noise: 1 }],
): Promise<string> {
  const { run, samples } = syntheticRun({
    chips: values.length,
    examples: 8,
    methods: ['grasp'],
    conditions,
  });
  let at = 0;
  return runFolder(
    t,
    run,
    samples.map((row) =>
      row.chip === null ? row : { ...row, metrics: { accuracy: values[at++]! }, outcomes: '' },
    ),
  );
}

const GATE = { metric: 'accuracy', min: 0.8, at: 3600, yield: 0.9, confidence: 0.95 };

test('check(options) is met where the exact lower bound of the yield reaches it: 29 of 29 chips prove 90 %', async (t) => {
  const met = await check({ ...GATE, run: await gateFolder(t, Array<number>(29).fill(0.8)) });
  t.is(met.gate, 'met');
  t.is(met.exitCode, 0);
  t.deepEqual(met.lines, [
    'met: accuracy of at least 80.0\u202f% on 90.0\u202f% of dies, at 1\u202fh and noise scale 1, confidence 95.0\u202f%',
    '  use-lite-grasp: met: 29 of 29 chips reach it, so the yield is at least 90.19\u202f%',
  ]);
});

test('check(options) counts copies of one chip, at noise scale 0, as one', async (t) => {
  const conditions = [{ seconds: 3600, noise: 0 }];
  const reaching = await gateFolder(t, Array<number>(5).fill(0.8), conditions);
  const met = await check({ ...GATE, noise: 0, yield: 0.99, run: reaching });
  t.is(met.gate, 'met');
  t.like(met.arms[0], { meeting: 1, chips: 1, yieldAtLeast: 1, yieldAtMost: 1, chipsNeeded: 1 });
  t.is(met.lines[1], '  use-lite-grasp: met: without noise all chips are copies of one, which reaches it');
  const missing = await check({
    ...GATE,
    noise: 0,
    run: await gateFolder(t, Array<number>(300).fill(0.79), conditions),
  });
  t.is(missing.gate, 'not met');
  t.like(missing.arms[0], { meeting: 0, chips: 1, yieldAtLeast: 0, yieldAtMost: 0 });
  const others = await check({ ...GATE, noise: 0, run: await gateFolder(t, [0.8, 0.9], conditions) });
  t.like(others.arms[0], { gate: 'inconclusive', chips: 2 });
});

test('writeReport(run, out) with a limit: yields in summary.json, in the table and as failures for a build server', async (t) => {
  const folder = await gateFolder(t, [0.7, 0.8, 0.9, 0.9], [{ seconds: 3600, noise: 1 }]);
  const out = join(folder, 'report');
  const { summary } = await writeReport(folder, out, { limit: 0.77, confidence: 0.9 });
  // Clopper and Pearson at 90 %: 0.05 quantile of Beta(3, 2) and 0.95 quantile of Beta(4, 1).
  const cell = summary.arms[0]!.cells[0]!;
  t.like(cell, { yield: 0.75, yieldLimit: 0.77 });
  t.true(Math.abs(cell.yieldLow! - 0.2486) < 1e-4, `${cell.yieldLow}`);
  t.true(Math.abs(cell.yieldHigh! - 0.9873) < 1e-4, `${cell.yieldHigh}`);
  t.is(summary.confidence, 0.9);
  const junit = await readFile(join(out, 'report.junit.xml'), 'utf8');
  t.regex(junit, /<failure message="1 of 4 chips miss 77\.0/u);
  const page = await readFile(join(out, 'report.md'), 'utf8');
  t.regex(page, /\u2265 77\.0/u);

  const copies = await gateFolder(t, [0.8, 0.8, 0.8], [{ seconds: 3600, noise: 0 }]);
  const { summary: same } = await writeReport(copies, join(copies, 'report'), { limit: 0.8 });
  t.like(same.arms[0]!.cells[0], { yield: 1, yieldLow: 1, yieldHigh: 1 });
});

test('check(options) says where a run never had all sources of error', async (t) => {
  const sources = ['writing', 'drift'];
  const conditions = [{ seconds: 3600, noise: 1 }];
  const folder = await fixtureFolder(t, { chips: 29, examples: 8, methods: ['grasp'], conditions, sources });
  const { lines, source } = await check({ ...GATE, min: 0, run: folder });
  t.is(source, 'writing');
  t.true(lines[0]!.endsWith(', of chips with writing as the only source of error'));
  const { warnings } = await writeReport(folder, join(folder, 'report'));
  t.deepEqual(warnings, [
    'No chip had all sources of error (--ablate without all): the main numbers are of chips with writing as the only one.',
  ]);
});

test('check(options) is inconclusive with too few chips, and says how many would do', async (t) => {
  const open = await check({ ...GATE, run: await gateFolder(t, Array<number>(20).fill(0.9)) });
  t.is(open.gate, 'inconclusive');
  t.is(open.exitCode, 1);
  t.is(
    open.lines[1],
    '  use-lite-grasp: inconclusive: 20 of 20 chips reach it, so the yield is between 86.09\u202f% and 100.00\u202f%; 29 chips would do if no more of them fail',
  );
  t.is(
    (await check({ ...GATE, yield: 0.99, run: await gateFolder(t, [0.9, 0.9]) })).arms[0]?.chipsNeeded,
    299,
  );
});

test('check(options) of the strictest question ends, and is said with all its digits', async (t) => {
  const strict = { ...GATE, yield: 0.999999999, confidence: 0.9995 };
  const { lines, arms } = await check({ ...strict, run: await gateFolder(t, [0.9, 0.9]) });
  t.true(lines[0]!.includes('on 99.9999999\u202f% of dies'));
  t.true(lines[0]!.endsWith('confidence 99.95\u202f%'));
  // ln(1 - c) / ln(y)
  const needed = Math.log(1 - strict.confidence) / Math.log1p(strict.yield - 1);
  t.true(Math.abs(arms[0]!.chipsNeeded / needed - 1) < 1e-7);
});

test('check(options) is not met where the exact upper bound stays below', async (t) => {
  const values = [0.9, 0.9, ...Array<number>(8).fill(0.7)];
  const missed = await check({ ...GATE, run: await gateFolder(t, values) });
  t.is(missed.gate, 'not met');
  t.is(
    missed.lines[1],
    '  use-lite-grasp: not met: 2 of 10 chips reach it, so the yield is at most 50.69\u202f%',
  );
});

test('check(options) refuses what the run does not have', async (t) => {
  const run = await gateFolder(t, [0.9, 0.9]);
  await t.throwsAsync(check({ ...GATE, run, metric: 'f1' }), {
    message: "--metric: must be one of the run's (accuracy), got f1; choose one of them",
  });
  await t.throwsAsync(check({ ...GATE, run, at: 0 }), {
    message: `${run}: must have been evaluated at 0s and noise 1, got only 1h at noise 1; evaluate that or ask for one of these`,
  });
  await t.throwsAsync(check({ ...GATE, run, yield: 1 }), {
    message: '--yield: must be above 0 and at most 0.999999999, got 1; correct it',
  });
  await t.throwsAsync(check({ ...GATE, run, arm: 'b' }), {
    message: "--arm: must be one of the run's (use-lite-grasp), got b; choose one of them",
  });
});
