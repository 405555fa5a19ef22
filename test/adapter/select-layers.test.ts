import test from 'ava';
import { selectLayers } from '../../src/adapter/select-layers.ts';
import type { LinearLayer } from '../../src/graph/linear-layers.ts';

const NAMES = [
  'encoder.0/attention/query',
  'encoder.0/attention/key',
  'encoder.0/attention/value',
  'encoder.0/ffn/dense.1',
  'encoder.1/attention/query',
  'encoder.1/ffn/dense.2',
  'pooler(tanh)',
];

const LAYERS = NAMES.map(
  (name): LinearLayer => ({
    name,
    input: 'x',
    output: 'y',
    weight: 'w',
    bias: null,
    transposed: false,
    in: 8,
    out: 8,
  }),
);

const GLOBS: readonly [glob: string, chosen: readonly number[], why: string][] = [
  ['*', [0, 1, 2, 3, 4, 5, 6], '* is any text'],
  ['*query', [0, 4], '* crosses dots and slashes'],
  ['encoder.0*', [0, 1, 2, 3], 'a dot is a dot'],
  ['encoder.?/ffn/*', [3, 5], '? is one character'],
  ['*/[qv]*', [0, 2, 4], '[qv] is one of a set'],
  ['*/attention/[!qv]*', [1], '[!qv] is none of a set'],
  ['*dense.[0-1]', [3], '[0-1] is a range'],
  ['*{query,value}', [0, 2, 4], '{a,b} is one of several words'],
  ['encoder.{0/{ffn,attention},1/*}/*y', [0, 1, 4], 'braces nest'],
  ['pooler(tanh)', [6], 'other marks stand for themselves'],
];

for (const [glob, chosen, why] of GLOBS) {
  test(`selectLayers: ${why}: ${glob}`, (t) => {
    t.deepEqual(
      selectLayers(LAYERS, glob).map(({ name }) => name),
      chosen.map((index) => NAMES[index]),
    );
  });
}

test('selectLayers: a glob that matches nothing is refused, with some names to go by', (t) => {
  t.throws(() => selectLayers(LAYERS, 'encoder-0*'), {
    name: 'UsageError',
    message:
      '--layers: must match a linear layer, got "encoder-0*", which matches none of 7 ("encoder.0/attention/query", "encoder.0/attention/key", "encoder.0/attention/value", …); see "holdfast model info"',
  });
  t.throws(() => selectLayers(LAYERS.slice(0, 1), 'query'), {
    message:
      '--layers: must match a linear layer, got "query", which matches none of 1 ("encoder.0/attention/query"); see "holdfast model info"',
  });
});

for (const glob of ['*{query,value', '*[qv', '[z-a]*']) {
  test(`selectLayers: a glob that is not closed is refused: ${glob}`, (t) => {
    t.throws(() => selectLayers(LAYERS, glob), {
      name: 'UsageError',
      message: `--layers: must be a glob such as "*query" or "{a,b}*", got "${glob}"; close its brackets and braces`,
    });
  });
}
