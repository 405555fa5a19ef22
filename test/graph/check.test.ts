import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { checkGraph } from '../../src/graph/check.ts';
import type { Graph, Node, Tensor } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import { operatorCases } from '../support/operator-cases.ts';

const node = (op: string, name: string, inputs: readonly string[]): Node => ({
  op,
  name,
  inputs,
  outputs: [name],
  attributes: {},
});

const SOUND: Graph = {
  name: 'g',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['B', 2] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['B', 2] }],
  initializers: new Map([['b', float32([2], [1, 2])]]),
  nodes: [node('Tanh', 'h', ['x']), node('Add', 'y', ['h', 'b'])],
};

test('checkGraph(graph) accepts every operator case', (t) => {
  t.notThrows(() => checkGraph(SOUND));
  for (const { graph } of operatorCases) t.notThrows(() => checkGraph(graph));
});

const wrong: Tensor = { dtype: 'int32', shape: [2], data: Float32Array.of(1, 2) };
const short: Tensor = { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2) };

const FAULTS: readonly [string, Partial<Graph>, string][] = [
  [
    'two nodes of one name',
    { nodes: [...SOUND.nodes, { ...node('Tanh', 'y', ['x']), outputs: ['z'] }] },
    'graph "g": node names must be unique, got "y" twice',
  ],
  [
    'a value made twice',
    { nodes: [...SOUND.nodes, { ...node('Tanh', 'z', ['x']), outputs: ['h'] }] },
    'graph "g": the value "h" must be made once, got it again from node "z" (Tanh)',
  ],
  [
    'an input that is a constant too',
    { inputs: [...SOUND.inputs, { name: 'b', dtype: 'float32', shape: [2] }] },
    'graph "g": the value "b" must be made once, got it again from a constant',
  ],
  [
    'nodes in the wrong order',
    { nodes: SOUND.nodes.toReversed() },
    'node "y" (Add): its input "h" must be made before it, got a value made later',
  ],
  [
    'an unknown input',
    { nodes: [node('Tanh', 'y', ['q'])] },
    'node "y" (Tanh): its input "q" must be made before it, got no such value',
  ],
  [
    'too many inputs',
    { nodes: [node('Tanh', 'y', ['x', 'x'])] },
    'node "y" (Tanh): it must have 1 inputs, got 2',
  ],
  [
    'too few inputs',
    { nodes: [node('Slice', 'y', ['x'])] },
    'node "y" (Slice): it must have 3 to 5 inputs, got 1',
  ],
  [
    'a needed input left out',
    { nodes: [node('Add', 'y', ['', 'x'])] },
    'node "y" (Add): input 0 must be given, got none',
  ],
  [
    'an output that nothing makes',
    { outputs: [{ name: 'z', dtype: 'float32', shape: [2] }] },
    'graph "g": output "z" must be a value of the graph, got no such value',
  ],
  [
    'an output of another shape',
    { outputs: [{ name: 'y', dtype: 'float32', shape: ['B', 3] }] },
    'graph "g": output "y" must be as declared, float32 [B, 3], got float32 [B, 2]',
  ],
  [
    'an output twice',
    { outputs: [...SOUND.outputs, ...SOUND.outputs] },
    'graph "g": an output must be listed once, got "y" twice',
  ],
  [
    'a constant in the wrong array',
    { initializers: new Map([['b', wrong]]) },
    'graph "g": constant "b" of int32 must be held in a Int32Array, got Float32Array',
  ],
  [
    'a constant that does not fill its shape',
    { initializers: new Map([['b', short]]) },
    'graph "g": constant "b" of shape [3] must hold 3 values, got 2',
  ],
];

for (const [title, change, message] of FAULTS) {
  test(`checkGraph(graph) says what is wrong: ${title}`, (t) => {
    t.throws(() => checkGraph({ ...SOUND, ...change }), { instanceOf: BadFileError, message });
  });
}
