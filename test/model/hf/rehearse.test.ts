import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError } from '../../../src/core/errors.ts';
import { readSafetensors } from '../../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../../src/core/safetensors-write.ts';
import { rehearse } from '../../../src/model/hf/rehearse.ts';
import { loadModel } from '../../../src/model/load.ts';
import { changeJson, changeWeights, copyOf } from '../../support/hf-fixtures.ts';

const CURE = 'fetch the checkpoint again, or mend config.json';

/** Weights whose files are not there: whatever would be read of them would fail. */
const STORED = {
  where: 'w.safetensors',
  files: [{ path: 'nowhere/w.safetensors', listed: null }],
  isTied: false,
  shapes: new Map([
    ['a', [2, 3]],
    ['b', [4]],
  ]),
};

test('rehearse: asks for what the graph takes without a file being read, a matrix turned or not', (t) => {
  const seen: (readonly number[])[] = [];
  rehearse(STORED, (weights) => {
    t.deepEqual([weights.where, weights.has('a'), weights.has('c')], ['w.safetensors', true, false]);
    const matrix = weights.take('a', [null, 3]);
    seen.push(matrix.shape, weights.turned(matrix).shape);
    t.false(weights.has('a'));
  });
  t.deepEqual(seen, [
    [2, 3],
    [3, 2],
  ]);
});

test('rehearse: a fault has the message that taking has, several are told at once', (t) => {
  t.throws(() => rehearse(STORED, (weights) => weights.take('b', [2, 2])), {
    instanceOf: BadFileError,
    message: `w.safetensors: "b" must be [2, 2] by config.json, got [4]; ${CURE}`,
  });
  // What is thrown behind a tensor that is missing may come from it; what is thrown without a fault stands.
  const labels = new RangeError('labels');
  const faulty = (names: readonly string[]) => () =>
    rehearse(STORED, (weights) => {
      for (const name of names) weights.take(name, [null, 5]);
      throw labels;
    });
  t.is(t.throws(faulty([])), labels);
  t.throws(faulty(['c', 'a']), {
    instanceOf: BadFileError,
    message: `w.safetensors: must hold every tensor as config.json has it, got 2 faults; ${CURE}:\n  must hold the tensor "c", got none\n  "a" must be [?, 5] by config.json, got [2, 3]`,
  });
  const seven = t.throws(faulty(['c', 'd', 'e', 'f', 'g', 'h', 'i']));
  t.regex(
    seven?.message ?? '',
    /got 7 faults;.*\n(?: {2}must hold the tensor "[c-g]", got none\n){5} {2}and 2 more$/u,
  );
});

test('rehearse: a size that a missing tensor would have told agrees with any', (t) => {
  t.throws(
    () =>
      rehearse(STORED, (weights) => {
        const [outputs] = weights.take('c', [null]).shape;
        weights.take('a', [outputs!, 3]);
        weights.take('b', [outputs!, 1]);
      }),
    {
      message: `w.safetensors: must hold every tensor as config.json has it, got 2 faults; ${CURE}:\n  must hold the tensor "c", got none\n  "b" must be [?, 1] by config.json, got [4]`,
    },
  );
});

test('loadModel: a config.json of another width names the first tensors and counts the others', async (t) => {
  const folder = await copyOf(t, 'bert');
  await changeJson(join(folder, 'config.json'), { hidden_size: 24 });
  const error = await t.throwsAsync(loadModel(folder), { instanceOf: BadFileError });
  const [first, second, ...others] = error!.message.split('\n');
  t.regex(first!, /model\.safetensors: must hold every tensor as config\.json has it, got (\d+) faults; /u);
  t.regex(
    second!,
    /^ {2}"bert\.embeddings\.word_embeddings\.weight" must be \[\d+, 24\] by config\.json, got \[\d+, 12\]$/u,
  );
  t.is(others.length, 5);
  const faults = Number(/got (\d+) faults/u.exec(first!)![1]);
  t.is(others[4], `  and ${faults - 5} more`);
});

test('loadModel: all weight files are looked at before any is read', async (t) => {
  const folder = await copyOf(t, 'bert');
  const { tensors } = await readSafetensors(join(folder, 'model.safetensors'));
  const names = [...tensors.keys()];
  const half = names.length >> 1;
  const map: Record<string, string> = {};
  for (const [file, part] of [
    ['a.safetensors', names.slice(0, half)],
    ['b.safetensors', names.slice(half)],
  ] as const) {
    for (const name of part) map[name] = file;
    const held = part.filter((name) => !(file === 'b.safetensors' && part.indexOf(name) < 7));
    await writeFile(
      join(folder, file),
      encodeSafetensors(new Map(held.map((name) => [name, tensors.get(name)!]))),
    );
  }
  const index = join(folder, 'model.safetensors.index.json');
  await rename(join(folder, 'model.safetensors'), join(folder, 'whole'));
  await writeFile(index, JSON.stringify({ weight_map: map }));
  const first = names.slice(half, half + 5).map((name) => `"${name}"`);
  await t.throwsAsync(loadModel(folder), {
    instanceOf: BadFileError,
    message: `${index}: "b.safetensors" must hold the tensors ${first.join(', ')} and 2 more, got a file without them; fetch the checkpoint again`,
  });
  // Listed nowhere, they are missed by the graph.
  for (const name of names.slice(half, half + 7)) delete map[name];
  await writeFile(index, JSON.stringify({ weight_map: map }));
  await t.throwsAsync(loadModel(folder), {
    message: new RegExp(`^${index}: must hold every tensor as `, 'u'),
  });
  t.truthy(await readFile(join(folder, 'whole')));
});

test('loadModel: a tensor of integers is known by its header', async (t) => {
  const folder = await copyOf(t, 'bert');
  const name = 'bert.pooler.dense.weight';
  await changeWeights(folder, (each, tensor) => {
    const { shape, data } = tensor;
    return [[each, each === name ? { dtype: 'int32', shape, data: new Int32Array(data.length) } : tensor]];
  });
  await t.throwsAsync(loadModel(folder), {
    instanceOf: BadFileError,
    message: `${join(folder, 'model.safetensors')}: "${name}" must be of floats, got I32; use a checkpoint that is not quantised`,
  });
});
