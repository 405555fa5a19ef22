import type { GraphBuilder } from '../../src/graph/build.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Dimension, Tensor } from '../../src/graph/graph.ts';
import { float32, int64, sizeOf } from '../../src/graph/graph.ts';
import type { OperatorCase } from './operator-case.ts';
import { spread } from './operator-case.ts';

const [B, T, D, F, H, V, LABELS] = [2, 3, 8, 12, 2, 11, 3];

/** Inputs, feeds and a builder that can make a weight a trainable input or a frozen constant. */
interface Sketch {
  readonly g: GraphBuilder;
  readonly feeds: Record<string, Tensor>;
  readonly wrt: string[];
  weight(name: string, shape: readonly number[], around?: number): string;
  fed(name: string, shape: readonly Dimension[], tensor: Tensor): string;
}

function sketch(name: string, trainable: (weight: string) => boolean): Sketch {
  const g = buildGraph(name);
  const feeds: Record<string, Tensor> = {};
  const wrt: string[] = [];
  let seed = 100;
  const fed = (input: string, shape: readonly Dimension[], tensor: Tensor): string => {
    feeds[input] = tensor;
    return g.input(input, tensor.dtype, shape);
  };
  return {
    g,
    feeds,
    wrt,
    fed,
    weight(weight, shape, around = 0) {
      seed += 1;
      const tensor = float32(shape, spread(sizeOf(shape), seed, around - 0.6, around + 0.6));
      if (!trainable(weight)) return g.constant(weight, tensor);
      wrt.push(weight);
      return fed(weight, shape, tensor);
    },
  };
}

function linear({ g, weight }: Sketch, name: string, x: string, rows: number, columns: number): string {
  const product = g.node('MatMul', [x, weight(`${name}.weight`, [rows, columns])], { name });
  return g.node('Add', [product, weight(`${name}.bias`, [columns])], { name: `${name}.out` });
}

function norm({ g, weight }: Sketch, name: string, x: string): string {
  const inputs = [x, weight(`${name}.scale`, [D], 1), weight(`${name}.shift`, [D])];
  return g.node('LayerNormalization', inputs, { name, attributes: { axis: -1, epsilon: 1e-6 } });
}

/** Multi-head attention over a fused query-key-value product; masked tokens get -1e9. */
function attention(s: Sketch, name: string, x: string, maskBias: string): string {
  const { g } = s;
  const parts = g.nodes('Split', [linear(s, `${name}.qkv`, x, D, 3 * D), g.ints([D, D, D])], 3, {
    name: `${name}.parts`,
    attributes: { axis: -1 },
  });
  const head = (part: string, perm: readonly number[]) =>
    g.node('Transpose', [g.node('Reshape', [part, g.ints([0, 0, H, D / H])])], { attributes: { perm } });
  const [q, k, v] = [
    head(parts[0]!, [0, 2, 1, 3]),
    head(parts[1]!, [0, 2, 3, 1]),
    head(parts[2]!, [0, 2, 1, 3]),
  ];
  const scores = g.node('Mul', [g.node('MatMul', [q, k]), g.scalar((D / H) ** -0.5)]);
  const share = g.node('Softmax', [g.node('Add', [scores, maskBias])], { attributes: { axis: -1 } });
  const mixed = g.node('Transpose', [g.node('MatMul', [share, v])], { attributes: { perm: [0, 2, 1, 3] } });
  return linear(s, `${name}.proj`, g.node('Reshape', [mixed, g.ints([0, 0, D])]), D, D);
}

function gelu({ g }: Sketch, x: string): string {
  const erf = g.node('Erf', [g.node('Mul', [x, g.scalar(Math.SQRT1_2)])]);
  return g.node('Mul', [g.node('Mul', [x, g.scalar(0.5)]), g.node('Add', [erf, g.scalar(1)])]);
}

function block(
  s: Sketch,
  name: string,
  x: string,
  maskBias: string,
  activation: (h: string) => string,
): string {
  const { g } = s;
  const attended = g.node('Add', [
    x,
    attention(s, `${name}.attention`, norm(s, `${name}.norm1`, x), maskBias),
  ]);
  const hidden = activation(linear(s, `${name}.up`, norm(s, `${name}.norm2`, attended), D, F));
  return g.node('Add', [attended, linear(s, `${name}.down`, hidden, F, D)]);
}

/**
 * A two-block transformer classifier: embeddings, pre-norm blocks with masked attention, mean over real tokens, tanh,
 * unit length, softmax cross entropy.
 */
function transformer(name: string, trainable: (weight: string) => boolean): OperatorCase {
  const s = sketch(name, trainable);
  const { g, fed, weight } = s;
  const ids = fed('ids', ['B', 'T'], int64([B, T], [1, 4, 9, 4, 7, 0]));
  const mask = fed('mask', ['B', 'T'], float32([B, T], [1, 1, 1, 1, 1, 0]));
  const labels = fed('labels', ['B', LABELS], float32([B, LABELS], [0, 1, 0, 1, 0, 0]));

  const hiddenPart = g.node('Mul', [g.node('Sub', [mask, g.scalar(1)]), g.scalar(1e9)]);
  const maskBias = g.node('Unsqueeze', [hiddenPart, g.ints([1, 2])]);
  const embedded = g.node('Gather', [weight('embedding', [V, D]), ids], { attributes: { axis: 0 } });
  const first = block(s, 'block0', embedded, maskBias, (h) => g.node('Relu', [h]));
  const second = block(s, 'block1', first, maskBias, (h) => gelu(s, h));

  const kept = g.node('Mul', [second, g.node('Unsqueeze', [mask, g.ints([2])])]);
  const total = g.node('ReduceSum', [kept, g.ints([1])], { attributes: { keepdims: 0 } });
  const count = g.node('ReduceSum', [mask, g.ints([1])], { attributes: { keepdims: 1 } });
  const pooled = g.node('Tanh', [linear(s, 'pool', g.node('Div', [total, count]), D, D)]);
  const squares = g.node('ReduceSum', [g.node('Mul', [pooled, pooled]), g.ints([1])], {
    attributes: { keepdims: 1 },
  });
  const unit = g.node('Div', [pooled, g.node('Sqrt', [squares])]);
  const logits = g.node('Gemm', [unit, weight('head.weight', [D, LABELS]), weight('head.bias', [LABELS])], {
    name: 'logits',
  });
  const logP = g.node('LogSoftmax', [logits], { attributes: { axis: -1 } });
  const picked = g.node('ReduceSum', [g.node('Mul', [logP, labels]), g.ints([1])], {
    attributes: { keepdims: 0 },
  });
  g.node('Neg', [g.node('ReduceMean', [picked, g.ints([0])], { attributes: { keepdims: 0 } })], {
    name: 'loss',
  });
  g.output('logits', 'float32', ['B', LABELS]);
  g.output('loss', 'float32', []);
  return { name, graph: g.finish(), feeds: s.feeds, wrt: s.wrt };
}

export const TRANSFORMER_CASES: readonly OperatorCase[] = [
  transformer('transformer, all weights trained', () => true),
  transformer(
    'transformer, norms and biases trained',
    (weight) => !weight.endsWith('.weight') && weight !== 'embedding',
  ),
  transformer('transformer, last block trained', (weight) => /^(block1|pool|head)/.test(weight)),
];
