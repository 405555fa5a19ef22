import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { saveAdapter } from '../../src/adapter/file.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { predict } from '../../src/flow/predict.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadModel } from '../../src/model/load.ts';

async function folderOf(t: ExecutionContext, lines: readonly unknown[]) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-predict-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const input = join(folder, 'in.jsonl');
  await writeFile(
    input,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return { folder, input, out: join(folder, 'out.jsonl') };
}

/** A line of answers; which fields it has depends on what was asked for. */
interface Answer {
  readonly pooled: readonly number[];
  readonly hidden: readonly (readonly number[])[];
  readonly logits: readonly number[];
  readonly label: string;
}

async function readJsonl(path: string): Promise<Answer[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

const close = (a: readonly number[], b: readonly number[]) =>
  a.every((value, k) => Math.abs(value - b[k]!) < 1e-6);

test('predict: pooled has unit length, answers stand in order, and ids equal their text', async (t) => {
  const { tokenizer } = await loadModel('use-lite');
  const { ids } = tokenizer.encode('A fine phone.');
  const { input, out } = await folderOf(t, [{ text: 'Bad.' }, { text: 'A fine phone.' }, { ids }]);
  const result = await predict({ model: 'use-lite', input, out, output: 'pooled' });
  t.is(result.examples, 3);
  const [bad, fine, same] = (await readJsonl(out)).map((line) => line.pooled);
  t.true(Math.abs(fine!.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-5);
  t.true(close(fine!, same!));
  t.false(close(fine!, bad!));
});

test('predict: hidden has one row a token', async (t) => {
  const { input, out } = await folderOf(t, [{ ids: [6, 7, 8] }, { ids: [9] }]);
  await predict({ model: 'use-lite', input, out, output: 'hidden' });
  const hidden = (await readJsonl(out)).map((line) => line.hidden);
  t.deepEqual(
    hidden.map((rows) => [rows.length, rows[0]!.length]),
    [
      [3, 512],
      [1, 512],
    ],
  );
});

test("predict: logits and label by an adapter's head: scale x pooled x weight + bias", async (t) => {
  const model = await loadModel('use-lite');
  const { folder, input, out } = await folderOf(t, [{ text: 'A fine phone.' }, { text: 'Bad.' }]);
  const weight = Float32Array.from({ length: 1024 }, (_, k) => ((k * 37) % 101) / 101 - 0.5);
  const adapter: Adapter = {
    method: 'head',
    options: { groups: 0, layers: [], seed: 1 },
    head: { width: 512, outputs: 2, scale: 10, labels: ['no', 'yes'] },
    tensors: new Map([
      ['head.weight', float32([512, 2], weight)],
      ['head.bias', float32([2], [0.5, -0.5])],
    ]),
  };
  const path = join(folder, 'adapter');
  await saveAdapter(path, adapter, model);
  await predict({ model: 'use-lite', adapter: path, input, out, output: 'logits' });
  await predict({ model: 'use-lite', adapter: path, input, out: `${out}.pooled`, output: 'pooled' });
  const pooled = (await readJsonl(`${out}.pooled`)).map((line) => line.pooled);
  for (const [index, line] of (await readJsonl(out)).entries()) {
    const logits = line.logits;
    for (const [k, bias] of [0.5, -0.5].entries()) {
      const expected = pooled[index]!.reduce((sum, value, i) => sum + 10 * value * weight[2 * i + k]!, bias);
      t.true(Math.abs(logits[k]! - expected) < 1e-4);
    }
    t.is(line.label, logits[1]! > logits[0]! ? 'yes' : 'no');
  }
});

test('predict: logits without a head, an existing --out', async (t) => {
  const { input, out } = await folderOf(t, [{ text: 'a' }]);
  await t.throwsAsync(predict({ model: 'use-lite', input, out, output: 'logits' }), {
    instanceOf: UsageError,
    message:
      '--output: logits need a task head, got model use-lite without one; pass --adapter, or --output pooled or hidden',
  });
  await writeFile(out, '');
  await t.throwsAsync(predict({ model: 'use-lite', input, out, output: 'pooled' }), {
    instanceOf: UsageError,
    message: `${out}: must not exist yet, got an existing one; choose another --out or pass --force`,
  });
});

const faults: readonly [string, unknown, string][] = [
  ['other text', 'text', 'must be one JSON object, got other text; mend or remove the line'],
  [
    'no form of its own',
    { pair: 'b' },
    'must be {"text"}, {"text", "pair"} or {"ids", "typeIds"?}, got {"pair":"b"}; mend or remove the line',
  ],
  [
    'an id out of range',
    { ids: [8002] },
    '"ids" must be a list of whole numbers from 0 to 8001, got [8002]; use the model\'s own ids',
  ],
  ['too many ids', { ids: new Array(129).fill(6) }, '"ids" must be at most 128, got 129; cut them'],
  [
    'type ids',
    { ids: [6], typeIds: [0] },
    '"typeIds" must be left out: use-lite has no such input, got some; remove them',
  ],
];

for (const [name, line, message] of faults) {
  test(`predict: names the line with ${name}`, async (t) => {
    const { input, out } = await folderOf(t, [{ text: 'a' }, line]);
    await t.throwsAsync(predict({ model: 'use-lite', input, out, output: 'pooled' }), {
      instanceOf: BadFileError,
      message: `${input}:2: ${message}`,
    });
  });
}
