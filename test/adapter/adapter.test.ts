import test from 'ava';
import type { Adapter, MethodName } from '../../src/adapter/adapter.ts';
import { trainableCounts, trainableNames } from '../../src/adapter/adapter.ts';
import { initialGrasp } from '../../src/adapter/grasp.ts';
import { initialHead } from '../../src/adapter/head.ts';
import { selectLayers } from '../../src/adapter/select-layers.ts';
import type { LinearLayer } from '../../src/graph/linear-layers.ts';
import { tinyGraph, untrained } from '../support/tiny-model.ts';

/** The linear layers of RoBERTa's encoder by the checkpoint's names and shapes; no weight is needed to count. */
function robertaLayers(blocks: number, d: number): LinearLayer[] {
  const inBlock: readonly [string, number, number][] = [
    ['attention.self.query', d, d],
    ['attention.self.key', d, d],
    ['attention.self.value', d, d],
    ['attention.output.dense', d, d],
    ['intermediate.dense', d, 4 * d],
    ['output.dense', 4 * d, d],
  ];
  return Array.from({ length: blocks }, (_, block) =>
    inBlock.map(([name, rows, columns]): LinearLayer => {
      const layer = `roberta.encoder.layer.${block}.${name}`;
      const [input, output, weight] = [`${layer}.x`, `${layer}.y`, `${layer}.weight`];
      return {
        name: layer,
        input,
        output,
        weight,
        bias: null,
        transposed: true,
        in: rows,
        out: columns,
      };
    }),
  ).flat();
}

function counted(method: MethodName, layers: readonly LinearLayer[], glob: string, groups: number) {
  const chosen = selectLayers(layers, glob);
  const names = chosen.map(({ name }) => name);
  const targetStd =
    method === 'stochgrasp' ? Object.fromEntries(names.map((name) => [name, 0.1])) : undefined;
  const head = { width: 768, outputs: 2, scale: 1, labels: ['0', '1'] };
  const adapter: Adapter = {
    method,
    options: { groups, layers: names, seed: 1 },
    head,
    tensors: new Map([...initialGrasp(chosen, groups, 1, targetStd), ...initialHead(head, 1)]),
  };
  return trainableCounts(adapter);
}

/** 2K a layer: 12 blocks of RoBERTa-base, 24 of RoBERTa-large, two or six layers in each. */
const COUNTS: readonly [glob: string, groups: number, base: number, large: number][] = [
  ['*.[qv]*', 16, 768, 1536],
  ['*.[qv]*', 64, 3072, 6144],
  ['*.[qv]*', 192, 9216, 18_432],
  ['*', 16, 2304, 4608],
  ['*', 64, 9216, 18_432],
];

for (const [glob, groups, base, large] of COUNTS) {
  test(`trainableCounts: GRASP on RoBERTa, layers ${glob}, K = ${groups}: ${base} and ${large} without the head`, (t) => {
    t.deepEqual(counted('grasp', robertaLayers(12, 768), glob, groups), {
      withoutHead: base,
      withHead: base + 768 * 2 + 2,
    });
    t.is(counted('grasp', robertaLayers(24, 1024), glob, groups).withoutHead, large);
  });
}

test('trainableCounts: StochGRASP has 3K a layer', (t) => {
  t.is(counted('stochgrasp', robertaLayers(12, 768), '*{query,value}', 64).withoutHead, 24 * 3 * 64);
});

test('trainableCounts: a bare head counts only with the head', (t) => {
  t.deepEqual(trainableCounts(untrained(tinyGraph(), 'head', 5)), { withoutHead: 0, withHead: 5 * 3 + 3 });
});

test('trainableNames: all tensors but the group maps, in file order', (t) => {
  t.deepEqual(trainableNames(untrained(tinyGraph(), 'stochgrasp', 5)), [
    'block.first.logGamma',
    'block.first.beta',
    'block.first.logStd',
    'block.second.logGamma',
    'block.second.beta',
    'block.second.logStd',
    'pooler.logGamma',
    'pooler.beta',
    'pooler.logStd',
    'head.weight',
    'head.bias',
  ]);
});
