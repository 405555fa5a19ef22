import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { headNames } from '../../src/adapter/adapter.ts';
import { saveAdapter } from '../../src/adapter/file.ts';
import { readSafetensors } from '../../src/core/safetensors.ts';
import { newAdapter } from '../../src/flow/new-adapter.ts';
import { predict } from '../../src/flow/predict.ts';
import { linearLayers } from '../../src/graph/linear-layers.ts';
import { loadModel } from '../../src/model/load.ts';
import { changeJson, changeWeights, copyOf, fixture, readVectors } from '../support/hf-fixtures.ts';

const job = { method: 'head', groups: 4, seed: 1 } as const;

type Labels = readonly string[];

function taskOf(labels: Labels) {
  const kind = labels.length === 0 ? ('regression' as const) : ('classification' as const);
  const none = { metrics: [], train: [], dev: [], test: [], origin: '', licence: '', notes: [] };
  return { name: 'custom', kind, labels, ...none };
}

async function adapterOf(folder: string, labels: Labels) {
  return newAdapter(job, await loadModel(folder), taskOf(labels));
}

const FAMILIES: readonly [string, Labels, readonly string[]][] = [
  ['bert', ['0', '1', '2'], ['classifier.weight', 'classifier.bias']],
  [
    'roberta',
    [],
    [
      'classifier.dense.weight',
      'classifier.dense.bias',
      'classifier.out_proj.weight',
      'classifier.out_proj.bias',
    ],
  ],
  [
    'electra',
    ['0', '1', '2'],
    [
      'classifier.dense.weight',
      'classifier.dense.bias',
      'classifier.out_proj.weight',
      'classifier.out_proj.bias',
    ],
  ],
  [
    'distilbert',
    ['0', '1'],
    ['pre_classifier.weight', 'pre_classifier.bias', 'classifier.weight', 'classifier.bias'],
  ],
];

for (const [family, labels, names] of FAMILIES) {
  test(`newAdapter: ${family}'s own head is the start, its tensors named and shaped as in the checkpoint`, async (t) => {
    const adapter = await adapterOf(fixture(family), labels);
    t.deepEqual([...headNames(adapter)], names);
    const { tensors } = await readSafetensors(join(fixture(family), 'model.safetensors'));
    for (const name of names) t.deepEqual(adapter.tensors.get(name), tensors.get(name));
  });

  test(`predict: the own head of ${family} as an adapter gives transformers' logits`, async (t) => {
    const folder = await temporary(t);
    const model = await loadModel(fixture(family));
    const [input, out, path] = ['in.jsonl', 'out.jsonl', 'adapter'].map((name) => join(folder, name));
    await saveAdapter(path!, await adapterOf(fixture(family), labels), model);
    const { rows } = await readVectors(family);
    await writeFile(input!, rows.map((row) => `${JSON.stringify(row.input)}\n`).join(''));
    await predict({ model: fixture(family), adapter: path!, input: input!, out: out!, output: 'logits' });
    const lines = (await readFile(out!, 'utf8')).trimEnd().split('\n');
    let worst = 0;
    for (const [index, line] of lines.entries()) {
      const { logits } = JSON.parse(line) as { logits: number[] };
      for (const [k, value] of logits.entries())
        worst = Math.max(worst, Math.abs(value - rows[index]!.logits[k]!));
    }
    t.log(`worst ${worst}`);
    t.true(worst < 1e-4);
  });
}

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-head-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

test('newAdapter: rows of the own head follow the names of the labels, in any case; unknown names are numbers', async (t) => {
  const { tensors } = await readSafetensors(join(fixture('bert'), 'model.safetensors'));
  const own = Array.from(tensors.get('classifier.bias')!.data as Float32Array);
  const bias = async (labels: Labels) =>
    Array.from((await adapterOf(fixture('bert'), labels)).tensors.get('classifier.bias')!.data, Number);
  t.deepEqual(await bias(['Maybe', 'NO', 'yes']), [own[1]!, own[0]!, own[2]!]);
  t.deepEqual(await bias(['a', 'b', 'c']), own);
});

test('newAdapter: a head for another number of outputs is new; RoBERTa has a dense layer in it', async (t) => {
  const { tensors } = await adapterOf(fixture('roberta'), ['a', 'b']);
  t.deepEqual(
    [...tensors].map(([name, { shape }]) => [name, shape]),
    [
      ['classifier.dense.weight', [12, 12]],
      ['classifier.dense.bias', [12]],
      ['classifier.out_proj.weight', [2, 12]],
      ['classifier.out_proj.bias', [2]],
    ],
  );
  t.true([...tensors.get('classifier.dense.weight')!.data].some((value) => value !== 0));
});

test('newAdapter: a pooler that RoBERTa has, but its head does not read, is not adapted', async (t) => {
  const folder = await copyOf(t, 'roberta');
  await changeJson(join(folder, 'config.json'), { architectures: ['RobertaModel'] });
  await changeWeights(folder, (name, tensor) => {
    const pooler = name.replace('classifier.dense', 'roberta.pooler.dense');
    return name.startsWith('classifier.out_proj') ? [] : [[pooler, tensor]];
  });
  const model = await loadModel(folder);
  t.is(linearLayers(model.graph).length, 13);
  const { options, head } = await newAdapter({ ...job, method: 'lora' }, model, taskOf(['a', 'b']));
  t.is(options.layers.length, 12);
  t.is(head!.layers!.input, 'firstToken');
});
