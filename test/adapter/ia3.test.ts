import test from 'ava';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { ia3 } from '../../src/adapter/ia3.ts';
import { ia3Places } from '../../src/adapter/ia3-places.ts';
import { chosenPlaces } from '../../src/adapter/start.ts';
import { encoderGraph, SMALL, smallFeeds } from '../support/encoder-graph.ts';
import { interpretAll64 } from '../support/interpreter64.ts';
import { moved, tinyGraph, untrained } from '../support/tiny-model.ts';

const BLOCK = 'roberta.encoder.layer.0';

test('ia3: starts at 1, with the vectors of each layer in its options', (t) => {
  const graph = encoderGraph(SMALL);
  const { options, tensors } = untrained(graph, 'ia3', 4);
  t.deepEqual(options.vectors, {
    [`${BLOCK}.attention.self.key`]: ['key'],
    [`${BLOCK}.attention.self.value`]: ['value'],
    [`${BLOCK}.output.dense`]: ['inner'],
  });
  const names = [...tensors.keys()].filter((name) => !name.startsWith('head.'));
  t.deepEqual(names, [
    `${BLOCK}.attention.self.key.keyScale`,
    `${BLOCK}.attention.self.value.valueScale`,
    `${BLOCK}.output.dense.innerScale`,
  ]);
  t.deepEqual(
    names.map((name) => Array.from(tensors.get(name)!.data, Number)),
    [4, 4, 6].map((width) => new Array(width).fill(1)),
  );
});

test('ia3: rescales keys and values behind the bias, and inner activations in front of the product', (t) => {
  const graph = encoderGraph(SMALL);
  const adapter = moved(untrained(graph, 'ia3', 4));
  const values = interpretAll64(
    attachAdapter(graph, adapter, { parameters: 'constant', draws: 'none' }),
    smallFeeds,
  );
  const sites: readonly [layer: string, role: string, from: string][] = ia3Places(graph).map(
    ({ layer, role, value }) => [layer.name, role, value],
  );
  for (const [layer, role, from] of sites) {
    const l = adapter.tensors.get(`${layer}.${role}Scale`)!.data;
    const [before, after] = [values.get(from)!, values.get(`${layer}.ia3.${role}`)!];
    t.deepEqual(
      Array.from(after.data, Number),
      Array.from(before.data, Number).map((value, at) => value * Number(l[at % l.length])),
    );
  }
});

test('ia3: --layers chooses among the layers that have vectors', (t) => {
  const graph = encoderGraph(SMALL);
  t.deepEqual(
    chosenPlaces(graph, 'ia3', '*{key,value}').map(({ name, sizes }) => [name, sizes]),
    [
      [`${BLOCK}.attention.self.key`, { keys: 4 }],
      [`${BLOCK}.attention.self.value`, { values: 4 }],
    ],
  );
  t.throws(() => chosenPlaces(graph, 'ia3', '*query'), {
    message: /^--layers: must match a linear layer, got "\*query", which matches none of 3 /,
  });
});

test('ia3: refuses an adapter with a vector that the model has no place for', (t) => {
  const adapter = untrained(encoderGraph(SMALL), 'ia3', 4);
  const key = `${BLOCK}.attention.self.key`;
  const odd = {
    ...adapter,
    options: { ...adapter.options, vectors: { ...adapter.options.vectors, [key]: ['inner'] as const } },
  };
  t.throws(() => attachAdapter(encoderGraph(SMALL), odd, { parameters: 'constant', draws: 'none' }), {
    name: 'BadFileError',
    message: `adapter: must fit the model, got an adapter for a layer "${key}" of ? inner activations where the model has no such place; pass the model that it was trained on`,
  });
  t.deepEqual(ia3.replaced(tinyGraph(), adapter), new Map());
});
