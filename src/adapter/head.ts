import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import { activateHead } from '../graph/activate.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32, int64, sizeOf } from '../graph/graph.ts';
import type { Head } from './adapter.ts';
import type { Method } from './method.ts';

/** Spread of a new head's weights: small enough to start near chance, not zero, so that adapters get a gradient at once. */
const INITIAL_STD = 0.02;

export interface HeadForm {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The tensors that are stored of a head. One of our own: `head.weight` `[width, outputs]` and `head.bias`. One of a
 * checkpoint's family: each layer's `<layer>.weight` `[out, in]` and `<layer>.bias` `[out]`, named and shaped as there.
 */
export function headForms(head: Head | null): readonly HeadForm[] {
  if (head === null) return [];
  const { width, outputs, layers } = head;
  if (layers === undefined) {
    return [
      { name: 'head.weight', shape: [width, outputs] },
      { name: 'head.bias', shape: [outputs] },
    ];
  }
  const layer = (name: string, out: number): HeadForm[] => [
    { name: `${name}.weight`, shape: [out, width] },
    { name: `${name}.bias`, shape: [out] },
  ];
  const { dense, last, isBare = false } = layers;
  const end = layer(last, outputs).slice(0, isBare ? 1 : 2);
  return [...(dense === undefined ? [] : layer(dense.name, width)), ...end];
}

/** A new head: seeded normal weights, zero biases. */
export function initialHead(head: Head, seed: number): Map<string, Tensor> {
  const first = headForms(head)[0]!.name;
  return new Map(
    headForms(head).map(({ name, shape }) => {
      const data = new Float32Array(sizeOf(shape));
      if (shape.length === 1) return [name, float32(shape, data)];
      // The first weight has the stream that a head of one layer has.
      fillNormals(name === first ? stream(seed, 'head') : stream(seed, 'head', name), data);
      return [
        name,
        float32(
          shape,
          data.map((z) => z * INITIAL_STD),
        ),
      ];
    }),
  );
}

/**
 * Adds a head's nodes: `[B, width]` to `logits` `[B, outputs]`.
 * @param value Gives what stands for the model's `hidden` or `pooled`.
 * @param weight Gives the value of a stored tensor, `[in, out]` if it is a weight that is stored the other way.
 */
export function addHead(
  builder: GraphBuilder,
  head: Head,
  value: (name: string) => string,
  weight: (name: string, transposed: boolean) => string,
): void {
  const { layers, scale, outputs } = head;
  const linear = (x: string, layer: string, name: string, product: string): string => {
    const isBare = layers?.isBare === true && layer === layers.last;
    const matrix = weight(`${layer}.weight`, layers !== undefined);
    const y = builder.node('MatMul', [x, matrix], { name: isBare ? name : product });
    if (isBare) return y;
    return builder.node('Add', [y, weight(`${layer}.bias`, false)], { name });
  };
  let x: string;
  if (layers?.input === 'firstToken') {
    const index = builder.constant('head.first.index', int64([], [0]));
    x = builder.node('Gather', [value('hidden'), index], { name: 'head.first', attributes: { axis: 1 } });
  } else {
    x = value('pooled');
  }
  if (scale !== 1) x = builder.node('Mul', [x, builder.scalar(scale)], { name: 'head.scaled' });
  if (layers?.dense !== undefined) {
    const dense = linear(x, layers.dense.name, 'head.dense', 'head.dense.product');
    x = activateHead(builder, layers.dense.activation, dense, 'head.features');
  }
  linear(x, layers?.last ?? 'head', 'logits', 'head.product');
  builder.output('logits', 'float32', ['B', outputs]);
}

/** The frozen probe: no layer is adapted; the head alone is trained. */
export const head: Method = {
  rate: 5e-3,
  learnsStd: false,
  settings: [],
  places: () => [],
  start: () => ({ options: {}, tensors: new Map() }),
  checkOptions: () => {},
  forms: () => [],
  replaced: () => new Map(),
  attach: () => ({}),
  fold: () => new Map(),
};
