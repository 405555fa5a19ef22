import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { stableJson } from '../../src/core/files.ts';
import { merge } from '../../src/flow/merge.ts';
import { readRun } from '../../src/flow/read-run.ts';
import { syntheticRun } from '../support/run-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// That real shards join to the whole run is shown in evaluate.test.ts.

const { run, samples } = syntheticRun({ chips: 2, examples: 8 });
const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`);

/** Two shards, of which the second may be spoilt, and where to join them. */
async function shards(t: ExecutionContext, second: { readonly plan?: object; readonly rows?: string } = {}) {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const write = async (path: string, plan: object, rows: string) => {
    await mkdir(path);
    await writeFile(join(path, 'run.json'), stableJson(plan));
    await writeFile(join(path, 'samples.jsonl'), rows);
  };
  await write(a, run, lines.slice(0, 9).join(''));
  await write(b, second.plan ?? run, second.rows ?? lines.slice(7).join(''));
  return {
    a,
    b,
    out: join(folder, 'out'),
    join: () => merge({ runs: [a, b], out: join(folder, 'out'), force: false }),
  };
}

test('merge: all rows of all runs, those that two of them hold once', async (t) => {
  const { a, out, join: attempt } = await shards(t);
  const result = await attempt();
  t.deepEqual([result.runs, result.rows], [2, samples.length]);
  t.deepEqual((await readRun(out)).samples, samples);
  t.deepEqual(await readFile(join(out, 'run.json')), await readFile(join(a, 'run.json')));
});

test('merge: does not replace one of the runs that it joins', async (t) => {
  const { a, b } = await shards(t);
  await t.throwsAsync(merge({ runs: [a, b], out: a, force: true }), {
    message: `--out: must not be or hold the run that is read, got "${a}" for "${a}"; choose another --out`,
  });
  t.is((await readRun(a)).samples.length, 9);
});

test('merge: refuses another plan', async (t) => {
  const { a, b, join: attempt } = await shards(t, { plan: { ...run, seed: run.seed + 1 } });
  await t.throwsAsync(attempt(), {
    instanceOf: BadFileError,
    message: `${join(b, 'run.json')}: must be the same plan as ${join(a, 'run.json')}, got another; merge only shards of one command, made on one machine`,
  });
});

test('merge: refuses rows that disagree', async (t) => {
  const other = JSON.stringify({ ...samples[8], saturatedConversions: 0.75 });
  const { b, join: attempt } = await shards(t, { rows: `${other}\n` });
  const error = await t.throwsAsync(attempt(), { instanceOf: BadFileError });
  t.true(error.message.startsWith(`${join(b, 'samples.jsonl')}: row ["${samples[8]!.arm}"`), error.message);
  t.true(
    error.message.endsWith('got other numbers; run both again, for a run must not depend on where it runs'),
  );
});

test('merge: refuses a torn run', async (t) => {
  const { b, join: attempt } = await shards(t, { rows: lines.slice(7).join('').slice(0, -9) });
  await t.throwsAsync(attempt(), {
    instanceOf: BadFileError,
    message: `${join(b, 'samples.jsonl')}: must end with a whole line, got a torn one, as a killed run leaves it; run that shard to its end first`,
  });
});
