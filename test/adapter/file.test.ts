import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { METHODS } from '../../src/adapter/adapter.ts';
import { checkAdapterModel, loadAdapter, saveAdapter } from '../../src/adapter/file.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { sha256 } from '../../src/core/files.ts';
import type { StoredTensor } from '../../src/core/safetensors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/core/safetensors.ts';
import { moved, tinyGraph, untrained } from '../support/tiny-model.ts';

const MODEL = { name: 'tiny', sha256: 'a1'.repeat(32) };

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-adapter-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** A saved StochGRASP adapter, in a folder of its own. */
async function saved(t: ExecutionContext) {
  const folder = await folderOf(t);
  const adapter = moved(untrained(tinyGraph(), 'stochgrasp', 5));
  const stored = await saveAdapter(folder, adapter, MODEL, { steps: 3 });
  return {
    folder,
    adapter,
    stored,
    json: join(folder, 'adapter.json'),
    path: join(folder, 'adapter.safetensors'),
  };
}

for (const method of METHODS) {
  test(`saveAdapter, loadAdapter: ${method} comes back as it was, and equal adapters are equal bytes`, async (t) => {
    const [one, two] = [await folderOf(t), await folderOf(t)];
    const adapter = moved(untrained(tinyGraph(), method, 5));
    const stored = await saveAdapter(one, adapter, MODEL);
    const loaded = await loadAdapter(one);
    t.deepEqual(loaded.adapter.options, adapter.options);
    t.deepEqual(loaded.adapter.head, adapter.head);
    t.is(loaded.adapter.method, method);
    const sorted = (tensors: typeof adapter.tensors) => [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
    t.deepEqual(sorted(loaded.adapter.tensors), sorted(adapter.tensors));
    t.is(loaded.sha256, stored.sha256);
    await saveAdapter(two, loaded.adapter, MODEL);
    for (const name of ['adapter.json', 'adapter.safetensors']) {
      t.deepEqual(await readFile(join(two, name)), await readFile(join(one, name)));
    }
  });
}

test('saveAdapter: adapter.json states method, counts, model, hash, versions and training', async (t) => {
  const { json, path } = await saved(t);
  const file = JSON.parse(await readFile(json, 'utf8')) as Record<string, unknown>;
  t.is(file.schemaVersion, 1);
  t.is(file.method, 'stochgrasp');
  t.is(file.trainableParameters, 3 * 3 * 4);
  t.is(file.trainableParametersWithHead, 3 * 3 * 4 + 18);
  t.deepEqual(file.model, MODEL);
  t.is(file.tensorsSha256, sha256(await readFile(path)));
  t.deepEqual(file.training, { steps: 3 });
  t.deepEqual(Object.keys(file.versions as object), ['holdfast']);
});

test('loadAdapter: refuses a folder without an adapter, and a file with another hash', async (t) => {
  const empty = await folderOf(t);
  await t.throwsAsync(loadAdapter(empty), {
    instanceOf: UsageError,
    message: `${empty}: must be an adapter's folder (with adapter.json), got none there; pass the --out of "holdfast train"`,
  });
  const { folder, path, stored } = await saved(t);
  const bytes = await readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, bytes);
  await t.throwsAsync(loadAdapter(folder), {
    instanceOf: BadFileError,
    message: `${path}: must have the sha-256 that adapter.json states (${stored.sha256}), got ${sha256(bytes)}; restore the file, or update "tensorsSha256" if you edited it on purpose`,
  });
});

test('checkAdapterModel: refuses an adapter of another model', async (t) => {
  const { stored } = await saved(t);
  t.notThrows(() => checkAdapterModel(stored, MODEL, '--adapter'));
  t.throws(() => checkAdapterModel(stored, { name: 'use-lite', sha256: 'b2'.repeat(32) }, '--adapter'), {
    instanceOf: BadFileError,
    message:
      '--adapter: must belong to model "use-lite" (sha-256 b2b2b2b2b2b2), got an adapter of "tiny" (a1a1a1a1a1a1); pass the model that it was trained on',
  });
});

type Edit = (tensors: Map<string, StoredTensor>) => void;

/** Edits the tensors and updates the hash, as one may. */
async function edited(t: ExecutionContext, edit: Edit) {
  const { folder, json, path, stored } = await saved(t);
  const tensors = new Map(decodeSafetensors(await readFile(path), path).tensors);
  edit(tensors);
  const bytes = encodeSafetensors(tensors);
  await writeFile(path, bytes);
  await writeFile(json, JSON.stringify({ ...stored.file, tensorsSha256: sha256(bytes) }));
  return { folder, path };
}

const ints = (...values: number[]): StoredTensor => ({
  dtype: 'int32',
  shape: [values.length],
  data: Int32Array.from(values),
});
const floats = (...values: number[]): StoredTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

const BAD_TENSORS: readonly [string, Edit, string][] = [
  [
    'a missing tensor',
    (tensors) => tensors.delete('pooler.beta'),
    'tensor "pooler.beta" must be float32 [4], got nothing',
  ],
  [
    'a missing group map',
    (tensors) => tensors.delete('pooler.group'),
    'tensor "pooler.group" must be integers [in], got nothing',
  ],
  [
    'another shape',
    (tensors) => tensors.set('pooler.logStd', floats(0, 0)),
    'tensor "pooler.logStd" must be float32 [4], got float32 [2]',
  ],
  [
    'another type',
    (tensors) => tensors.set('head.bias', { dtype: 'float64', shape: [3], data: new Float64Array(3) }),
    'tensor "head.bias" must be float32 [3], got float64 [3]',
  ],
  [
    'a number that is not finite',
    (tensors) => tensors.set('head.bias', floats(0, Number.NaN, 0)),
    'tensor "head.bias" must hold finite numbers, got NaN at 1',
  ],
  [
    'a group out of range',
    (tensors) => tensors.set('pooler.group', ints(0, 1, 2, 3, 4, 0)),
    'tensor "pooler.group" must hold values in 0..3, got 4 at 4',
  ],
  [
    'a negative group',
    (tensors) => tensors.set('pooler.group', ints(0, 1, -2, 3, 0, 0)),
    'tensor "pooler.group" must hold values in 0..3, got -2 at 2',
  ],
  [
    'a tensor too many',
    (tensors) => tensors.set('pooler.gamma', floats(1, 1, 1, 1)),
    'tensor "pooler.gamma" must not be there: method stochgrasp on these layers has no such tensor',
  ],
];

for (const [name, edit, what] of BAD_TENSORS) {
  test(`loadAdapter: refuses ${name}`, async (t) => {
    const { folder, path } = await edited(t, edit);
    await t.throwsAsync(loadAdapter(folder), {
      instanceOf: BadFileError,
      message: `${path}: ${what}; train again`,
    });
  });
}

test('loadAdapter: a group map of 64-bit integers, as other tools write them, is taken', async (t) => {
  const groups = [3, 2, 1, 0, 1, 2];
  const { folder } = await edited(t, (tensors) => {
    tensors.set('pooler.group', { dtype: 'int64', shape: [6], data: BigInt64Array.from(groups, BigInt) });
  });
  t.deepEqual((await loadAdapter(folder)).adapter.tensors.get('pooler.group'), ints(...groups));
});

type Json = Record<string, Record<string, unknown>>;

const BAD_JSON: readonly [string, (file: Json) => unknown, string][] = [
  ['a list', () => [], 'must be a JSON object, got []; write it again with "holdfast train"'],
  [
    'another schema version',
    (file) => ({ ...file, schemaVersion: 2 }),
    '"schemaVersion" must be 1, got 2; train again with this version',
  ],
  [
    'an unknown method',
    (file) => ({ ...file, method: 'vera' }),
    '"method" must be one of grasp, stochgrasp, lora, bitfit, ia3, head, full, got "vera"; train again',
  ],
  ['no head', ({ head: _, ...file }) => file, '"head" must be an object, or null, got nothing; train again'],
  [
    'a rank that is none',
    (file) => ({ ...file, method: 'lora', options: { ...file.options, rank: 0, alpha: 16 } }),
    '"options.rank" must be a whole number of at least 1, got 0; train again',
  ],
  [
    'an alpha of 0',
    (file) => ({ ...file, method: 'lora', options: { ...file.options, rank: 2, alpha: 0 } }),
    '"options.alpha" must be a number above 0, got 0; train again',
  ],
  [
    'no vectors',
    (file) => ({ ...file, method: 'ia3' }),
    '"options.vectors" must be an object, got nothing; train again',
  ],
  [
    'a vector of no known role',
    (file) => ({
      ...file,
      method: 'ia3',
      options: { ...file.options, layers: ['block.second'], vectors: { 'block.second': ['query'] } },
    }),
    '"options.vectors.block.second" must be a list of key, value, inner, input, output, got ["query"]; train again',
  ],
  [
    'no group count',
    (file) => ({ ...file, options: { ...file.options, groups: undefined } }),
    '"options.groups" must be a whole number of at least 1, got nothing; train again',
  ],
  [
    'a layer twice',
    (file) => ({ ...file, options: { ...file.options, layers: ['pooler', 'pooler'] } }),
    '"options.layers" must be a list of different names, got ["pooler","pooler"]; train again',
  ],
  [
    'a layer without a target std',
    (file) => ({ ...file, options: { ...file.options, targetStd: { pooler: 0.1, 'block.first': 0.1 } } }),
    '"options.targetStd.block.second" must be a number above 0, got nothing; train again',
  ],
  [
    'too few labels',
    (file) => ({ ...file, head: { ...file.head, labels: ['a'] } }),
    '"head.labels" must be a list of different names, one for each output or none, got ["a"]; train again',
  ],
  [
    'a model without a hash',
    (file) => ({ ...file, model: { name: 'tiny' } }),
    '"model.sha256" must be a text, got nothing; train again',
  ],
];

for (const [name, change, what] of BAD_JSON) {
  test(`loadAdapter: refuses an adapter.json with ${name}`, async (t) => {
    const { folder, json } = await saved(t);
    await writeFile(json, JSON.stringify(change(JSON.parse(await readFile(json, 'utf8')) as Json)));
    await t.throwsAsync(loadAdapter(folder), { instanceOf: BadFileError, message: `${json}: ${what}` });
  });
}

test('loadAdapter: refuses an adapter.json that is cut off', async (t) => {
  const { folder, json } = await saved(t);
  await writeFile(json, '{"schemaVersion": 1,');
  const error = await t.throwsAsync(loadAdapter(folder), { instanceOf: BadFileError });
  // What the JSON parser says in the middle differs between versions of Node.
  t.true(error.message.startsWith(`${json}: must be JSON, got `));
  t.true(error.message.endsWith('; write it again with "holdfast train"'));
});
