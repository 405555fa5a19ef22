import test from 'ava';
import { addGrasp, initialGrasp } from '../../src/adapter/grasp.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import type { LinearLayer } from '../../src/graph/linear-layers.ts';
import { interpret64 } from '../support/interpreter64.ts';

function layerOf(name: string, inputs: number): LinearLayer {
  return {
    name,
    input: `${name}.x`,
    output: `${name}.y`,
    weight: `${name}.w`,
    bias: null,
    transposed: false,
    in: inputs,
    out: 4,
  };
}

function groupOf(name: string, inputs: number, groups: number, seed: number): number[] {
  const tensors = initialGrasp([layerOf(name, inputs)], groups, seed);
  return Array.from(tensors.get(`${name}.group`)!.data, Number);
}

for (const [inputs, groups] of [
  [768, 64],
  [10, 3],
  [7, 7],
  [5, 1],
  [513, 192],
] as const) {
  test(`initialGrasp: ${inputs} inputs in ${groups} groups, sizes within one of each other`, (t) => {
    const sizes = new Array<number>(groups).fill(0);
    for (const group of groupOf('a', inputs, groups, 1)) sizes[group]! += 1;
    t.is(
      sizes.reduce((a, b) => a + b),
      inputs,
    );
    t.true(Math.max(...sizes) - Math.min(...sizes) <= 1);
  });
}

test('initialGrasp: groups are seeded, differ by layer and seed, and are not contiguous', (t) => {
  const first = groupOf('block.0.query', 64, 8, 1);
  t.deepEqual(first, groupOf('block.0.query', 64, 8, 1));
  t.notDeepEqual(first, groupOf('block.0.value', 64, 8, 1));
  t.notDeepEqual(first, groupOf('block.0.query', 64, 8, 0));
  const neighbours = first.filter((group, i) => group === first[i + 1]).length;
  // 63 pairs of neighbours, each alike with probability 7/63: 7 expected, where contiguous groups would have 56.
  t.true(neighbours < 25, `${neighbours} neighbours share a group`);
});

test('initialGrasp: starts as the identity, with the std at its target', (t) => {
  const tensors = initialGrasp([layerOf('a', 6)], 2, 1, { a: 0.25 });
  t.deepEqual([...tensors.keys()], ['a.logGamma', 'a.beta', 'a.logStd', 'a.group']);
  t.deepEqual(tensors.get('a.logGamma'), float32([2], [0, 0]));
  t.deepEqual(tensors.get('a.beta'), float32([2], [0, 0]));
  t.deepEqual(tensors.get('a.logStd'), float32([2], [Math.log(0.25), Math.log(0.25)]));
  t.is(tensors.get('a.group')!.dtype, 'int32');
});

test('initialGrasp: refuses more groups than inputs, none, and parts', (t) => {
  for (const groups of [0, 2.5, 9]) {
    t.throws(() => initialGrasp([layerOf('wide', 64), layerOf('narrow', 8)], groups, 1), {
      name: 'UsageError',
      message: `--groups: must be a whole number in 1..${groups === 9 ? 8 : 64} for layer "${
        groups === 9 ? 'narrow' : 'wide'
      }", got ${groups}; choose fewer groups or leave the layer out with --layers`,
    });
  }
});

test('initialGrasp: refuses a layer without a target std, or with one of 0', (t) => {
  for (const [targets, got] of [
    [{ a: 0.1 }, undefined],
    [{ a: 0.1, b: 0 }, 0],
  ] as const) {
    t.throws(() => initialGrasp([layerOf('a', 8), layerOf('b', 8)], 2, 1, targets), {
      name: 'UsageError',
      message: `--target-std: must be above 0 for layer "b", got ${got}; give a noisier profile or --target-std`,
    });
  }
});

/** x~ of an x `[1, 2, 3]`, in float64; the draw `[1, 3]` stands for both tokens. */
function xTilde(draw: readonly number[] | null): number[] {
  const g = buildGraph('grasp');
  const constants: Readonly<Record<string, Tensor>> = {
    logGamma: float32([2], [Math.fround(Math.log(2)), Math.fround(Math.log(0.5))]),
    beta: float32([2], [1, -0.5]),
    logStd: float32([2], [Math.fround(Math.log(0.25)), 0]),
    group: { dtype: 'int32', shape: [3], data: Int32Array.of(1, 0, 1) },
  };
  for (const [name, tensor] of Object.entries(constants)) g.constant(name, tensor);
  const x = g.input('x', 'float32', [1, 2, 3]);
  const drawn = draw === null ? null : g.input('draw', 'float32', [1, 3]);
  g.output(
    addGrasp(g, x, true, 'layer', (name) => name, drawn),
    'float32',
    [1, 2, 3],
  );
  const feeds = {
    x: float32([1, 2, 3], [1, 2, 3, -4, 0, 0.5]),
    ...(draw === null ? {} : { draw: float32([1, 3], draw) }),
  };
  return Array.from(interpret64(g.finish(), feeds)['layer.grasp']!.data, Number);
}

/** The logarithms are float32: gamma is 2 and 1/2 to 3e-8. */
function near(got: readonly number[], wanted: readonly number[]): boolean {
  return got.length === wanted.length && got.every((value, i) => Math.abs(value - wanted[i]!) < 1e-6);
}

test('addGrasp: x~ = (x - beta) / gamma, by hand', (t) => {
  // Group 0 (the middle number): (x - 1) / 2. Group 1: (x + 0.5) / 0.5.
  const got = xTilde(null);
  t.true(near(got, [3, 0.5, 7, -7, -0.5, 2]), got.join());
});

test('addGrasp: x~ = (x - beta) / gamma x (1 + std eps), one draw for all tokens, by hand', (t) => {
  // Group 0: std 0.25, eps 2: factor 1.5. Group 1: std 1, eps -1 and 0.5: factors 0 and 1.5.
  const got = xTilde([-1, 2, 0.5]);
  t.true(near(got, [0, 0.75, 10.5, 0, -0.75, 3]), got.join());
});
