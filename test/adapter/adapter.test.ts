import test from 'ava';
import type { MethodName } from '../../src/adapter/adapter.ts';
import { trainableCounts, trainableNames } from '../../src/adapter/adapter.ts';
import { chosenPlaces, startAdapter } from '../../src/adapter/start.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { encoderGraph } from '../support/encoder-graph.ts';
import { tinyGraph, untrained } from '../support/tiny-model.ts';

const BASE = encoderGraph({ blocks: 12, width: 768, inner: 3072, heads: 12, numbers: false });
const LARGE = encoderGraph({ blocks: 24, width: 1024, inner: 4096, heads: 16, numbers: false });

function counted(method: MethodName, graph: Graph, glob: string, groups = 64) {
  const places = chosenPlaces(graph, method, glob);
  const targetStd = Object.fromEntries(places.map(({ name }) => [name, 0.1]));
  const head = { width: 768, outputs: 2, scale: 1, labels: ['0', '1'] };
  const settings = { seed: 1, groups, rank: 8, alpha: 16, targetStd };
  return trainableCounts(startAdapter(graph, method, places, settings, head));
}

/** Counts on RoBERTa's shapes, as published: GRASP has 2K a layer, LoRA r (in + out), (IA)^3 L (2 d + d_ff). */
const COUNTS: readonly [MethodName, glob: string, groups: number, base: number, large: number][] = [
  ['grasp', '*.[qv]*', 16, 768, 1536],
  ['grasp', '*.[qv]*', 64, 3072, 6144],
  ['grasp', '*.[qv]*', 192, 9216, 18_432],
  ['grasp', '*', 16, 2304, 4608],
  ['grasp', '*', 64, 9216, 18_432],
  ['stochgrasp', '*{query,value}', 64, 24 * 3 * 64, 48 * 3 * 64],
  ['lora', '*{query,value}', 64, 294_912, 786_432],
  ['bitfit', '*', 64, 102_144, 271_360],
  ['ia3', '*', 64, 55_296, 147_456],
];

for (const [method, glob, groups, base, large] of COUNTS) {
  test(`trainableCounts: ${method} on RoBERTa, layers ${glob}, K = ${groups}: ${base} and ${large} without the head`, (t) => {
    t.deepEqual(counted(method, BASE, glob, groups), { withoutHead: base, withHead: base + 768 * 2 + 2 });
    t.is(counted(method, LARGE, glob, groups).withoutHead, large);
  });
}

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
