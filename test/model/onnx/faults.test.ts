import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, UsageError } from '../../../src/core/errors.ts';
import { buildGraph, type GraphBuilder } from '../../../src/graph/build.ts';
import type { Dimension } from '../../../src/graph/graph.ts';
import { float32 } from '../../../src/graph/graph.ts';
import { encodeModel } from '../../../src/graph/write.ts';
import { encodeExample } from '../../../src/model/encode.ts';
import { modelInfo } from '../../../src/model/info.ts';
import { loadModel } from '../../../src/model/load.ts';
import { fixture } from '../../support/hf-fixtures.ts';
import { onnxCopy, onnxFixture } from '../../support/onnx-fixtures.ts';

const ROBERTA = 'roberta-torchscript-14.onnx';
const DATA = `${ROBERTA}.data`;

interface Sketch {
  readonly inputs?: readonly (readonly [string, readonly Dimension[]])[];
  /** Adds the nodes; default: the rows of a table as `last_hidden_state`. */
  readonly build?: (b: GraphBuilder) => void;
}

const FREE: readonly Dimension[] = ['batch', 'sequence'];
const USUAL = [
  ['input_ids', FREE],
  ['attention_mask', FREE],
] as const;

function embed(b: GraphBuilder): void {
  b.node('Gather', [b.constant('words', float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8])), 'input_ids'], {
    name: 'last_hidden_state',
  });
  b.output('last_hidden_state', 'float32', ['batch', 'sequence', 2]);
}

function sketch({ inputs = USUAL, build = embed }: Sketch): Uint8Array {
  const b = buildGraph('sketch');
  for (const [name, shape] of inputs) b.input(name, 'int64', shape);
  build(b);
  return encodeModel(b.finish());
}

const FAULTS: readonly (readonly [title: string, Sketch, message: string])[] = [
  [
    'an input for a cache',
    { inputs: [...USUAL, ['past_key_values.0.key', FREE]] },
    'its inputs must be among input_ids, attention_mask, token_type_ids, position_ids, got "past_key_values.0.key"; export the model without it',
  ],
  [
    'no mask',
    { inputs: [['input_ids', FREE]] },
    'it must have an input attention_mask, got input_ids; export the model with attention_mask',
  ],
  [
    'fixed sizes',
    {
      inputs: [
        ['input_ids', [1, 128]],
        ['attention_mask', [1, 128]],
      ],
    },
    'input "input_ids" must have free sizes [batch, sequence], got [1, 128]; export the model with dynamic axes',
  ],
  [
    'no hidden state',
    {
      build: (b) => {
        b.node('Cast', ['input_ids'], { name: 'scores', attributes: { to: 1 } });
        b.output('scores', 'float32', FREE);
      },
    },
    'it must give a hidden state [batch, sequence, width], got scores [B, T]; export the model with last_hidden_state',
  ],
  [
    'no table of tokens',
    {
      build: (b) => {
        const numbers = b.node('Cast', ['input_ids'], { name: 'numbers', attributes: { to: 1 } });
        const column = b.node('Unsqueeze', [numbers, b.ints([2])], { name: 'column' });
        b.node('MatMul', [column, b.constant('w', float32([1, 2], [1, 2]))], { name: 'last_hidden_state' });
        b.output('last_hidden_state', 'float32', ['batch', 'sequence', 2]);
      },
    },
    'it must pick rows of a table by input_ids, got no such table; use a model with an embedding of tokens',
  ],
];

for (const [title, made, message] of FAULTS) {
  test(`loadModel: an ONNX file with ${title} is a bad file`, async (t) => {
    const path = join(await onnxCopy(t), 'model.onnx');
    await writeFile(path, sketch(made));
    const error = await t.throwsAsync(loadModel(path), { instanceOf: BadFileError });
    t.is(error?.message, `${path}: ${message}`);
  });
}

test('loadModel: an operator that we do not have is named, with its node', async (t) => {
  const path = join(await onnxCopy(t), 'model.onnx');
  const build = (b: GraphBuilder) => {
    embed(b);
    b.node('Einsum', ['last_hidden_state'], { name: 'odd', attributes: { equation: 'btd->bt' } });
    b.output('odd', 'float32', FREE);
  };
  await writeFile(path, sketch({ build }));
  const error = await t.throwsAsync(loadModel(path), { instanceOf: BadFileError });
  t.regex(error?.message ?? '', /^node "odd" \(Einsum\): its operator must be one of Abs, .+, got Einsum; /);
});

test('loadModel: an empty file, a truncated one, and none', async (t) => {
  const folder = await onnxCopy(t, ROBERTA);
  const path = join(folder, ROBERTA);
  const bytes = await readFile(path);
  await writeFile(path, '');
  await t.throwsAsync(loadModel(path), {
    instanceOf: BadFileError,
    message: `${path}: an ONNX model must hold a graph, got an empty file; fetch or export it again`,
  });
  await writeFile(path, bytes.subarray(0, 9000));
  await t.throwsAsync(loadModel(path), { instanceOf: BadFileError, message: /truncated or not ONNX$/ });
  await rm(path);
  await t.throwsAsync(loadModel(path), {
    instanceOf: UsageError,
    message: `${path}: the model must be the embedded use-lite, a folder with config.json and model.safetensors, or an .onnx file, got nothing there; check the path, or pass --model use-lite`,
  });
});

test('loadModel: weights beside the file are read there, and nowhere else', async (t) => {
  const folder = await onnxCopy(t, ROBERTA, DATA);
  const path = join(folder, ROBERTA);
  const { sha256 } = await loadModel(path);
  const data = await readFile(join(folder, DATA));
  data[0]! ^= 1;
  await writeFile(join(folder, DATA), data);
  t.not((await loadModel(path)).sha256, sha256, 'the hash covers them');
  await writeFile(join(folder, DATA), data.subarray(0, 100));
  await t.throwsAsync(loadModel(path), {
    instanceOf: BadFileError,
    message:
      /tensor ".+": its values must end inside ".+\.data", got bytes \d+ to \d+ of 100; fetch it again$/,
  });
  await rm(join(folder, DATA));
  await t.throwsAsync(loadModel(path), {
    instanceOf: BadFileError,
    message: /: its values must lie in ".+\.data" beside the model, got no such file; fetch it too$/,
  });
  // As long a path as the name that stands in the file, so that every length in it stays true.
  const elsewhere = `../${'x'.repeat(DATA.length - 3)}`;
  const bytes = Buffer.from((await readFile(path)).toString('latin1').replaceAll(DATA, elsewhere), 'latin1');
  await writeFile(path, bytes);
  await t.throwsAsync(loadModel(path), {
    instanceOf: BadFileError,
    message: /: its values must lie in a file beside the model, got "\.\.\/x+"; export the model again$/,
  });
});

test('loadModel: an ONNX file without a tokenizer is a model all the same, and text is refused', async (t) => {
  const path = onnxFixture('bert-torchscript-11.onnx');
  const model = await loadModel(path);
  t.is(modelInfo(model).linearLayers.length, 13);
  t.throws(() => encodeExample(model, { text: 'the cat' }), {
    instanceOf: UsageError,
    message: `${path}: must have tokenizer.json beside it to read text, got none; pass --tokenizer, or give "ids"`,
  });
});

test('loadModel: a tokenizer that is not there, does not fit, or has no use', async (t) => {
  const path = onnxFixture('bert-torchscript-11.onnx');
  await t.throwsAsync(loadModel(path, 'absent'), {
    instanceOf: UsageError,
    message:
      '--tokenizer: must be a tokenizer.json or a folder with one, got absent, where there is none; check the path',
  });
  await t.throwsAsync(loadModel(path, fixture('roberta')), {
    instanceOf: BadFileError,
    message: `${join(fixture('roberta'), 'tokenizer.json')}: the vocabulary must have ids from 0 to 119, as many as the model has, got ids to 329; use the tokenizer that belongs to the checkpoint`,
  });
  await t.throwsAsync(loadModel(fixture('bert'), fixture('bert')), {
    instanceOf: UsageError,
    message: `--tokenizer: must go with an ONNX file, got model ${fixture('bert')}, which has its own; leave it out`,
  });
});
