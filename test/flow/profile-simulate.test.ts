import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { silentProgress } from '../../src/core/progress.ts';
import { simulate } from '../../src/flow/profile-simulate.ts';
import { parseMeasurements } from '../../src/profile/fit/measurements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const pcm = 'pcm-nandakumar-2019';

test('simulate(pcm) has the moments of aihwkit as written, aged and read, within five standard errors', async (t) => {
  const cells = 200_000;
  const { rows } = await simulate({ profile: pcm, targets: [25, 6.25], times: [0, 86_400], cells, seed: 1 });
  t.is(rows.length, 2 * (1 + 2 * 2));
  // aihwkit 1.1, PCMLikeNoiseModel, analytic: std of writing at x = 1 and 0.25.
  for (const [target, std] of [
    [25, 1.05538],
    [6.25, 0.681411],
  ] as const) {
    const written = rows.find((row) => row.targetMicrosiemens === target && row.stage === 'written')!;
    t.is(written.seconds, 0);
    t.true(Math.abs(written.mean - target) < (5 * std) / Math.sqrt(cells));
    t.true(Math.abs(written.std - std) < (5 * std) / Math.sqrt(2 * cells));
    t.true(Math.abs(written.q50 - target) < (5 * 1.2533 * std) / Math.sqrt(cells));
  }
  // Mean drift factor after a day at gMax 0.66501, its spread 0.06705 of it; writing's 1.05538/25 beside it.
  const aged = rows.find(
    (row) => row.targetMicrosiemens === 25 && row.stage === 'aged' && row.seconds === 86_400,
  )!;
  const mean = 25 * 0.66501;
  const relative = Math.sqrt((1 + 0.06705 ** 2) * (1 + (1.05538 / 25) ** 2) - 1);
  t.true(Math.abs(aged.mean - mean) < (5 * mean * relative) / Math.sqrt(cells) + 25 * 0.5e-5);
  t.true(Math.abs(aged.std - mean * relative) < (5 * mean * relative) / Math.sqrt(2 * cells) + 1e-3);
  const read = rows.find(
    (row) => row.targetMicrosiemens === 25 && row.stage === 'read' && row.seconds === 0,
  )!;
  // Read noise at age 0 and x near 1: 0.0088 x^-0.65 4.18382 relative, so g std = 0.92 x^0.35, within 1 % of its value at x = 1.
  const readStd = Math.hypot(1.05538, 25 * 0.0088 * 4.18382);
  t.true(Math.abs(read.std - readStd) < (5 * readStd) / Math.sqrt(2 * cells) + 0.01 * readStd);
});

test('simulate(ideal) gives the targets back, bit for bit', async (t) => {
  const { rows } = await simulate({
    profile: 'ideal',
    targets: [0, 7.5, 25],
    times: [0, 1e9],
    cells: 5,
    seed: 0,
  });
  for (const { targetMicrosiemens, mean, std, q05, q95 } of rows) {
    t.deepEqual([mean, std, q05, q95], [targetMicrosiemens, 0, targetMicrosiemens, targetMicrosiemens]);
  }
});

test('simulate(profile) is the same for the same seed, whatever else is asked for', async (t) => {
  const one = await simulate({ profile: pcm, targets: [10], times: [3600], cells: 100, seed: 0 });
  const more = await simulate({ profile: pcm, targets: [5, 10], times: [0, 3600], cells: 100, seed: 0 });
  const of = ({ rows }: typeof one) =>
    rows.find((row) => row.targetMicrosiemens === 10 && row.seconds === 3600 && row.stage === 'read');
  t.deepEqual(of(one), of(more));
  const other = await simulate({ profile: pcm, targets: [10], times: [3600], cells: 100, seed: 1 });
  t.notDeepEqual(of(one), of(other));
});

test('simulate(profile, { cellsOut }) writes the cells as read, [targets, times, cells]', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-simulate-'));
  try {
    const cellsOut = join(folder, 'cells.npy');
    const { rows } = await simulate({
      profile: pcm,
      targets: [10, 20],
      times: [0, 60, 3600],
      cells: 4,
      seed: 3,
      cellsOut,
    });
    const bytes = await readFile(cellsOut);
    t.true(bytes.toString('latin1', 0, 128).includes("'shape': (2, 3, 4)"));
    t.is(bytes.length, 128 + 2 * 3 * 4 * 4);
    const last = [0, 1, 2, 3].map((i) => bytes.readFloatLE(128 + 4 * (20 + i)));
    t.true(Math.abs(last.reduce((a, b) => a + b) / 4 - rows.at(-1)!.mean) < 1e-5);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('simulate(profile, { cellsOut: F.csv }) writes what parseMeasurements() reads, each cell a device', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-simulate-'));
  try {
    const job = { profile: pcm, targets: [10, 20], times: [0, 60], cells: 3, seed: 3 };
    const [csv, npy] = [join(folder, 'cells.csv'), join(folder, 'cells.npy')];
    await simulate({ ...job, cellsOut: csv });
    await simulate({ ...job, cellsOut: npy });
    const rows = parseMeasurements(await readFile(csv, 'utf8'), csv);
    t.deepEqual(
      rows.map(({ device, targetMicrosiemens, seconds }) => [device, targetMicrosiemens, seconds]),
      [10, 20].flatMap((target, i) =>
        [0, 60].flatMap((seconds) => [0, 1, 2].map((cell) => [String(3 * i + cell), target, seconds])),
      ),
    );
    const bytes = await readFile(npy);
    t.deepEqual(
      rows.map(({ measuredMicrosiemens }) => Math.fround(measuredMicrosiemens)),
      rows.map((_, i) => bytes.readFloatLE(128 + 4 * i)),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('simulate(profile) refuses targets, ages and counts by full text', async (t) => {
  const job = { profile: pcm, targets: [10], times: [0], cells: 10, seed: 1 };
  const refused = async (change: Partial<typeof job>) =>
    (await t.throwsAsync(simulate({ ...job, ...change })))?.message;
  t.is(
    await refused({ targets: [10, 26] }),
    '--target: must be within 0 to 25 uS, got 26; choose conductances that pcm-nandakumar-2019 can be written to',
  );
  t.is(
    await refused({ targets: [10, 10] }),
    '--target: must name each target once, got 10 twice; leave one out',
  );
  t.is(
    await refused({ cells: 3e8 }),
    '--cells: must be at most 268435456 with all targets and times, got 300000000; draw fewer cells, targets or times at once',
  );
  t.true(
    (await refused({ times: [1e9] }))?.startsWith(
      'pcm-nandakumar-2019: must be asked for an age from 0s to 10y, got ',
    ),
  );
});

test('simulate({ temperature }) ages cells faster where the profile says so, and refuses what it does not support', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'hot.json');
  const temperature = {
    reference: '300 K',
    from: '300 K',
    to: '360 K',
    activationEnergy: '0.2 eV',
    source: 'none',
  };
  const provenance = { source: 'none', taken: 'nothing' };
  const file = { schemaVersion: 1, name: 'hot', extends: 'pcm-nandakumar-2019', provenance, temperature };
  await writeFile(path, JSON.stringify(file));
  const job = { profile: path, targets: [12.5], times: [86_400], cells: 1000, seed: 1 };
  const [cool, hot] = [await simulate(job), await simulate({ ...job, temperature: 358.15 })];
  t.deepEqual(hot.rows[0], cool.rows[0], 'as written');
  t.true(hot.rows[1]!.mean < 0.96 * cool.rows[1]!.mean);
  t.true(hot.lines[0]!.includes('358.15 K'));
  const ideal = simulate({ ...job, profile: 'ideal', temperature: 350 });
  t.regex((await t.throwsAsync(ideal))?.message ?? '', /^--temperature: must be absent for ideal/u);
});

test('simulate({ cycles }) draws worn cells where the profile says how they wear, and refuses more than it knows', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'worn.json');
  const endurance = {
    ratedCycles: 1e6,
    gMax: { form: 'table', cycles: [1e3, 1e6], y: [25, 20], unit: 'uS' },
    stuckLow: { form: 'table', cycles: [1e3, 1e6], y: [0, 10], unit: '%' },
    source: 'none',
  };
  await writeFile(path, JSON.stringify({ schemaVersion: 1, name: 'worn', extends: 'ideal', endurance }));
  const job = { profile: path, targets: [10, 25], times: [0], cells: 20_000, seed: 1 };
  const [fresh, worn] = [await simulate(job), await simulate({ ...job, cycles: 1e6 })];
  const written = ({ rows }: typeof fresh) => rows.filter(({ stage }) => stage === 'written');
  t.deepEqual(
    written(fresh).map(({ mean }) => mean),
    [10, 25],
  );
  t.true(worn.lines[0]!.includes('after 1000000 write cycles'));
  for (const [i, reached] of [10, 20].entries()) {
    // A tenth is stuck at 0: five standard errors of a share are 5 sqrt(0.09/n).
    t.true(Math.abs(written(worn)[i]!.mean / reached - 0.9) < 5 * Math.sqrt(0.09 / job.cells) + 0.001);
    t.true(Math.abs(written(worn)[i]!.q95 - reached) < 0.02);
  }
  const beyond = simulate({ ...job, cycles: 1e7 });
  t.is(
    (await t.throwsAsync(beyond))?.message,
    '--cycles: must be within 1 to 1000000 for worn, got 10000000; choose fewer',
  );
  const ideal = simulate({ ...job, profile: 'ideal', cycles: 10 });
  t.regex((await t.throwsAsync(ideal))?.message ?? '', /^--cycles: must be absent for ideal/u);
});

test('simulate(profile, { cellsOut }) refuses an existing file without force, before any cell is drawn', async (t) => {
  const folder = await temporaryFolder(t);
  const cellsOut = join(folder, 'cells.npy');
  await writeFile(cellsOut, 'kept');
  const job = { profile: 'ideal', targets: [5], times: [0], cells: 3, seed: 1, cellsOut };
  const error = await t.throwsAsync(simulate(job));
  t.is(
    error?.message,
    `${cellsOut}: must not exist yet, got an existing one; choose another --cells-out or pass --force`,
  );
  t.is(String(await readFile(cellsOut)), 'kept');
  await simulate({ ...job, force: true });
  t.not(String(await readFile(cellsOut)), 'kept');
});

test('simulate(profile of few levels) draws a target between levels as it is, and warns', async (t) => {
  const warnings: string[] = [];
  const progress = { ...silentProgress, warn: (text: string) => warnings.push(text) };
  // isaac has cells of 2 bits: 4 levels from 0.5 to 500 uS.
  const targets = [0.5, 167, 200, 500];
  const { rows } = await simulate({ profile: 'isaac', targets, times: [0], cells: 2, seed: 1, progress });
  t.deepEqual(
    rows.filter(({ stage }) => stage === 'written').map(({ mean }) => Math.round(mean * 10) / 10),
    targets,
  );
  t.deepEqual(warnings, [
    '200 uS is none of the 4 levels of isaac: drawn as it is, where a program would hold 167 uS',
  ]);
});
