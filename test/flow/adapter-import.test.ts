import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { loadAdapter } from '../../src/adapter/file.ts';
import { foldAdapter } from '../../src/adapter/fold.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { readSafetensors, type StoredTensor } from '../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../src/core/safetensors-write.ts';
import { adapterExport } from '../../src/flow/adapter-export.ts';
import { adapterImport } from '../../src/flow/adapter-import.ts';
import { predict } from '../../src/flow/predict.ts';
import { float32, int64, type Tensor } from '../../src/graph/graph.ts';
import { loadModel } from '../../src/model/load.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { changeJson, fixture } from '../support/hf-fixtures.ts';
import { PEFT_FIXTURES, peftFixture, readPeftVectors } from '../support/peft-fixtures.ts';

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-peft-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const WEIGHTS = 'adapter_model.safetensors';

for (const name of PEFT_FIXTURES) {
  test(`adapter import: ${name} gives the logits that PEFT gives`, async (t) => {
    const folder = await temporary(t);
    const { family, rows } = await readPeftVectors(name);
    const [adapter, input, out] = ['adapter', 'in.jsonl', 'out.jsonl'].map((one) => join(folder, one));
    await adapterImport({ from: peftFixture(name), model: fixture(family), out: adapter!, force: false });
    await writeFile(input!, rows.map((row) => `${JSON.stringify(row.input)}\n`).join(''));
    const output = rows[0]!.logits === undefined ? 'hidden' : 'logits';
    await predict({ model: fixture(family), adapter: adapter!, input: input!, out: out!, output });
    const lines = (await readFile(out!, 'utf8')).trimEnd().split('\n');
    let worst = 0;
    for (const [index, line] of lines.entries()) {
      const got = (JSON.parse(line) as Record<string, number[][]>)[output]!.flat();
      const wanted = rows[index]![output]!;
      t.is(got.length, wanted.length);
      for (const [k, value] of got.entries()) worst = Math.max(worst, Math.abs(value - wanted[k]!));
    }
    t.log(`${rows.length} inputs, worst difference ${worst.toExponential(1)}`);
    t.true(worst < 1e-4);
  });

  test(`adapter import, export: ${name} comes back with the same names, shapes, types and numbers`, async (t) => {
    const folder = await temporary(t);
    const { family } = await readPeftVectors(name);
    const [adapter, out] = ['adapter', 'peft'].map((one) => join(folder, one));
    await adapterImport({ from: peftFixture(name), model: fixture(family), out: adapter!, force: false });
    await adapterExport({ adapter: adapter!, format: 'peft', out: out!, force: false });
    t.deepEqual((await readdir(out!)).sort(), ['adapter_config.json', WEIGHTS]);
    const [own, theirs] = [
      await readSafetensors(join(out!, WEIGHTS)),
      await readSafetensors(join(peftFixture(name), WEIGHTS)),
    ];
    const sorted = (tensors: ReadonlyMap<string, StoredTensor>) =>
      [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
    t.deepEqual(sorted(own.tensors), sorted(theirs.tensors));
    t.deepEqual(own.metadata, { format: 'pt' });

    // What was exported can be imported again, to the same adapter.
    const again = join(folder, 'again');
    await adapterImport({ from: out!, model: fixture(family), out: again, force: false });
    t.deepEqual((await loadAdapter(again)).adapter, (await loadAdapter(adapter!)).adapter);
  });
}

test('adapter import, fold: a folded adapter from PEFT is the same model', async (t) => {
  const folder = await temporary(t);
  const engine = await openEngine('onnxruntime');
  const how = { parameters: 'constant', draws: 'none' } as const;
  for (const name of ['bert-lora-patterns', 'bert-ia3', 'roberta-ia3'] as const) {
    const { family } = await readPeftVectors(name);
    const out = join(folder, name);
    await adapterImport({ from: peftFixture(name), model: fixture(family), out, force: false });
    const [{ graph }, { adapter }] = [await loadModel(fixture(family)), await loadAdapter(out)];
    const bare = { ...adapter, head: null };
    const none = { ...bare, method: 'head', options: { layers: [], seed: 0 } } as const;
    const feeds: Record<string, Tensor> = {
      ids: int64([2, 3], [2, 9, 3, 2, 7, 3]),
      mask: float32([2, 3], [1, 1, 1, 1, 1, 0]),
      ...(family === 'bert' ? { typeIds: int64([2, 3], [0, 0, 0, 0, 0, 0]) } : {}),
    };
    const [one, other] = await Promise.all(
      [attachAdapter(graph, bare, how), attachAdapter(foldAdapter(graph, bare), none, how)].map(
        async (each) => {
          const session = await engine.load(each);
          const { pooled } = await session.run(feeds, ['pooled']);
          await session.release();
          return pooled!.data as Float32Array;
        },
      ),
    );
    const worst = Math.max(...one!.map((value, k) => Math.abs(value - other![k]!)));
    t.log(`${name}: ${worst.toExponential(1)}`);
    t.true(worst < 1e-5);
  }
});

test('adapter export: the config of a LoRA adapter has the keys that PEFT reads', async (t) => {
  const folder = await temporary(t);
  const [adapter, out] = ['adapter', 'peft'].map((one) => join(folder, one));
  await adapterImport({
    from: peftFixture('bert-lora-patterns'),
    model: fixture('bert'),
    out: adapter!,
    force: false,
  });
  await adapterExport({ adapter: adapter!, format: 'peft', out: out!, force: false });
  const layer = (k: number, part: string) => `bert.encoder.layer.${k}.${part}`;
  t.deepEqual(JSON.parse(await readFile(join(out!, 'adapter_config.json'), 'utf8')), {
    alpha_pattern: { [layer(0, 'attention.self.query')]: 2.5, [layer(1, 'attention.self.query')]: 2.5 },
    auto_mapping: null,
    base_model_name_or_path: null,
    bias: 'none',
    exclude_modules: null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: 5,
    lora_dropout: 0,
    modules_to_save: ['classifier'],
    peft_type: 'LORA',
    r: 2,
    rank_pattern: { [layer(1, 'attention.self.key')]: 3, [layer(1, 'output.dense')]: 1 },
    revision: null,
    target_modules: [
      layer(0, 'attention.self.key'),
      layer(0, 'attention.self.query'),
      layer(1, 'attention.self.key'),
      layer(1, 'attention.self.query'),
      layer(1, 'output.dense'),
    ],
    task_type: 'SEQ_CLS',
    use_dora: false,
    use_rslora: true,
  });
});

test('adapter export: the dropout that a LoRA was trained with is lora_dropout', async (t) => {
  const folder = await temporary(t);
  const [adapter, out] = ['adapter', 'peft'].map((one) => join(folder, one)) as [string, string];
  await adapterImport({ from: peftFixture('bert-lora'), model: fixture('bert'), out: adapter, force: false });
  const path = join(adapter, 'adapter.json');
  const file = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...file, options: { ...file.options, dropout: 0.2 } }));
  await adapterExport({ adapter, format: 'peft', out, force: false });
  t.is(JSON.parse(await readFile(join(out, 'adapter_config.json'), 'utf8')).lora_dropout, 0.2);
});

/** A copy of a folder of PEFT's that may be changed. */
async function copied(t: ExecutionContext, name: string): Promise<string> {
  const folder = join(await temporary(t), name);
  await cp(peftFixture(name), folder, { recursive: true });
  return folder;
}

async function refused(
  t: ExecutionContext,
  from: string,
  family: string,
  file: string,
  message: string,
): Promise<void> {
  const out = `${from}-out`;
  await t.throwsAsync(adapterImport({ from, model: fixture(family), out, force: false }), {
    instanceOf: BadFileError,
    message: `${join(from, file)}: ${message}`,
  });
  await t.throwsAsync(readdir(out), { code: 'ENOENT' });
}

const MERGE = 'what it asks for cannot be carried exactly: merge the adapter into its model with PEFT';
const AGAIN = 'save it again with PEFT';

const SETTINGS: readonly [Readonly<Record<string, unknown>>, string][] = [
  [{ use_dora: true }, `"use_dora" must be unset, got true; ${MERGE}`],
  [{ lora_bias: true }, `"lora_bias" must be unset, got true; ${MERGE}`],
  [{ bias: 'lora_only' }, `"bias" must be "none", got "lora_only"; ${MERGE}`],
  [{ layer_replication: [[0, 1]] }, `"layer_replication" must be unset, got [[0,1]]; ${MERGE}`],
  [{ loftq_config: { loftq_bits: 4 } }, `"loftq_config" must be unset, got {"loftq_bits":4}; ${MERGE}`],
  [{ a_new_setting: 'x' }, `"a_new_setting" must be unset, got "x"; ${MERGE}`],
  [
    { init_lora_weights: 'pissa_niter_4' },
    '"init_lora_weights" must be a start that leaves the base as it is (true, false, "gaussian", "eva", "orthogonal"), got "pissa_niter_4"; save the adapter with path_initial_model_for_weight_conversion, which makes it a plain one',
  ],
  [
    { task_type: 'TOKEN_CLS' },
    `"task_type" must be SEQ_CLS, FEATURE_EXTRACTION or CAUSAL_LM, got "TOKEN_CLS"; ${MERGE}`,
  ],
  [
    { peft_type: 'ADALORA' },
    '"peft_type" must be LORA or IA3, got "ADALORA"; no other method can be imported',
  ],
  [{ r: 0 }, `"r" must be a whole number of at least 1, got 0; ${AGAIN}`],
  [{ lora_alpha: '16' }, `"lora_alpha" must be a number above 0, got "16"; ${AGAIN}`],
  [
    { rank_pattern: { query: 1.5 } },
    `"rank_pattern" must be an object of whole numbers of at least 1, got {"query":1.5}; ${AGAIN}`,
  ],
  [{ target_modules: null }, `"target_modules" must be a text or a list of texts, got null; ${AGAIN}`],
  [
    { target_modules: '(?i)query' },
    '"target_modules" must hold patterns that JavaScript reads too, got "^(?:(?i)query)$"; list the modules\' names instead',
  ],
  [
    { target_modules: ['query'] },
    '"target_modules" must match every adapted module, got a tensor for "bert.encoder.layer.0.attention.self.value", which PEFT would pass over; save the adapter again',
  ],
];

for (const [change, message] of SETTINGS) {
  test(`adapter import: refuses ${JSON.stringify(change)} and writes nothing`, async (t) => {
    const from = await copied(t, 'bert-lora');
    await changeJson(join(from, 'adapter_config.json'), change);
    await refused(t, from, 'bert', 'adapter_config.json', message);
  });
}

type Edit = (tensors: Map<string, StoredTensor>) => void;

const ROOT = 'base_model.model.';
const QUERY = `${ROOT}bert.encoder.layer.0.attention.self.query`;
const floats = (...shape: number[]): StoredTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

const TENSORS: readonly [string, Edit, string][] = [
  [
    'a rank that the config does not state',
    (tensors) => tensors.set(`${QUERY}.lora_A.weight`, floats(4, 12)),
    `tensor "${QUERY}.lora_A.weight" must be [2, 12] for this model, got [4, 12]; pass the model that it was trained on`,
  ],
  [
    'half a product',
    (tensors) => tensors.delete(`${QUERY}.lora_B.weight`),
    'must hold lora_B of layer "bert.encoder.layer.0.attention.self.query", got none; save the adapter again with PEFT',
  ],
  [
    'a layer cut out',
    (tensors) => {
      tensors.delete(`${QUERY}.lora_A.weight`);
      tensors.delete(`${QUERY}.lora_B.weight`);
    },
    'must hold the tensors of "bert.encoder.layer.0.attention.self.query", which "target_modules" matches, got none; save the adapter again',
  ],
  [
    'half a head',
    (tensors) => tensors.delete(`${ROOT}classifier.weight`),
    `must hold the whole task head of the model's family (classifier.weight, classifier.bias), got no "${ROOT}classifier.weight"; save it with "modules_to_save"`,
  ],
  [
    'a module that is saved whole and is no head',
    (tensors) => tensors.set(`${ROOT}bert.pooler.dense.weight`, floats(12, 12)),
    `tensor "${ROOT}bert.pooler.dense.weight" must be a part of LORA at a linear layer, or of the task head, got another; it cannot be carried exactly`,
  ],
  [
    "DoRA's magnitudes",
    (tensors) => tensors.set(`${QUERY}.lora_magnitude_vector.weight`, floats(12)),
    `tensor "${QUERY}.lora_magnitude_vector.weight" must be a part of LORA at a linear layer, or of the task head, got another; it cannot be carried exactly`,
  ],
  [
    'an embedding',
    (tensors) => tensors.set(`${ROOT}bert.embeddings.word_embeddings.lora_A.weight`, floats(2, 12)),
    `tensor "${ROOT}bert.embeddings.word_embeddings.lora_A.weight" must stand at a linear layer of the model, got none of that name; pass the model that it was trained on`,
  ],
  [
    'a number that is not finite',
    (tensors) => tensors.get(`${QUERY}.lora_A.weight`)!.data.fill(Number.NaN as never, 3, 4),
    `tensor "${QUERY}.lora_A.weight" must hold finite numbers, got NaN at 3`,
  ],
];

for (const [name, edit, message] of TENSORS) {
  test(`adapter import: refuses ${name} and writes nothing`, async (t) => {
    const from = await copied(t, 'bert-lora');
    const { tensors } = await readSafetensors(join(from, WEIGHTS));
    const changed = new Map(tensors);
    edit(changed);
    await writeFile(join(from, WEIGHTS), encodeSafetensors(changed));
    await refused(t, from, 'bert', WEIGHTS, message);
  });
}

test('adapter import: refuses the adapter of another model, by its names and by its shapes', async (t) => {
  const from = await copied(t, 'bert-lora');
  await refused(
    t,
    from,
    'distilbert',
    WEIGHTS,
    `must hold the whole task head of the model's family (pre_classifier.weight, pre_classifier.bias, classifier.weight, classifier.bias), got no "${ROOT}pre_classifier.weight"; save it with "modules_to_save"`,
  );
  const bodyless = await copied(t, 'bert-lora-encoder');
  await refused(
    t,
    bodyless,
    'distilbert',
    WEIGHTS,
    `tensor "${ROOT}encoder.layer.1.attention.output.dense.lora_A.weight" must stand at a linear layer of the model, got none of that name; pass the model that it was trained on`,
  );
  const { tensors } = await readSafetensors(join(from, WEIGHTS));
  const wider = [...tensors].map(([name, { shape, ...tensor }]): [string, StoredTensor] => {
    const wide = shape.map((size) => (size === 12 ? 16 : size));
    return [name, { ...tensor, ...floats(...wide) }];
  });
  await writeFile(join(from, WEIGHTS), encodeSafetensors(new Map(wider)));
  await refused(
    t,
    from,
    'bert',
    WEIGHTS,
    `tensor "${ROOT}classifier.weight" must be [3, 12] for this model, got [3, 16]; pass the model that it was trained on`,
  );
});

test('adapter import: onto an ONNX model takes the tokenizer that goes with it', async (t) => {
  const model = join(packageRoot(), 'test/fixtures/onnx/bert-torchscript-11.onnx');
  const tokenizer = fixture('bert');
  const folder = await temporary(t);
  const from = peftFixture('bert-lora-encoder');
  const out = join(folder, 'ours');
  await adapterImport({ from, model, tokenizer, out, force: false });
  const { sha256 } = await loadModel(model, tokenizer);
  const { file } = await loadAdapter(out);
  t.is(file.model.sha256, sha256);
  await t.throwsAsync(
    adapterImport({ from, model, tokenizer: join(folder, 'none'), out: join(folder, 'no'), force: false }),
    { message: /none/u },
  );
});

test('adapter import: refuses a pickle, an empty folder and the adapter itself as --out', async (t) => {
  const from = await copied(t, 'bert-lora');
  const job = { from, model: fixture('bert'), out: join(await temporary(t), 'out'), force: false };
  await rm(join(from, WEIGHTS));
  await writeFile(join(from, 'adapter_model.bin'), '');
  await t.throwsAsync(adapterImport(job), {
    instanceOf: UsageError,
    message: /the weights must be in adapter_model.safetensors, got only adapter_model.bin, a pickle/,
  });
  await rm(join(from, 'adapter_model.bin'));
  await t.throwsAsync(adapterImport(job), {
    instanceOf: UsageError,
    message: `${from}: must hold adapter_model.safetensors, got none; save the adapter again with PEFT`,
  });
  await rm(join(from, 'adapter_config.json'));
  await t.throwsAsync(adapterImport(job), {
    instanceOf: UsageError,
    message: `${from}: must hold adapter_config.json, got a folder without it; pass a folder that PEFT's save_pretrained wrote`,
  });
  await t.throwsAsync(adapterImport({ ...job, out: from }), {
    instanceOf: UsageError,
    message: `--out: must not be or hold the adapter that is read, got "${from}" for "${from}"; choose another --out`,
  });
});
