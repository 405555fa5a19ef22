import type { Adapter, Head } from '../adapter/adapter.ts';
import { headForms } from '../adapter/head.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import type { Model } from '../model/model.ts';

/**
 * The tensors of the checkpoint's own head, as the start of a head for a task; null where it has none, or one of another
 * number of outputs. Where it names the task's labels in another order (as MNLI's checkpoints do), its rows are put in
 * the task's order; names that the task does not know are taken for numbers, as transformers' own scripts do.
 */
export function ownHead({ classifier }: Model, head: Head): ReadonlyMap<string, Tensor> | null {
  if (classifier === undefined || classifier.outputs !== head.outputs || head.layers === undefined)
    return null;
  const forms = headForms(head);
  if (!forms.every(({ name }) => classifier.tensors.has(name))) return null;
  const order = rowOrder(classifier.labels, head.labels);
  const last = head.layers.last;
  return new Map(
    forms.map(({ name }) => {
      const tensor = classifier.tensors.get(name)!;
      return [name, name.startsWith(`${last}.`) ? inOrder(tensor, order) : tensor];
    }),
  );
}

/**
 * An adapter with its head for a task of as many labels: where the head has their names, in any case, its last layer's
 * rows are put in the task's order; other names are taken for numbers.
 */
export function relabelled(adapter: Adapter, head: Head, labels: readonly string[]): Adapter {
  const order = rowOrder(head.labels, labels);
  const last = head.layers?.last ?? 'head';
  const moved = headForms(head)
    .filter(({ name }) => name.startsWith(`${last}.`))
    .map(({ name }) => {
      const tensor = adapter.tensors.get(name)!;
      const isTurned = head.layers === undefined && tensor.shape.length === 2;
      return [name, isTurned ? columnsInOrder(tensor, order) : inOrder(tensor, order)] as const;
    });
  return { ...adapter, head: { ...head, labels }, tensors: new Map([...adapter.tensors, ...moved]) };
}

/** For each label of a task, its row in a head of labels `own`; null unless they are the same names, in any case. */
export function knownRows(own: readonly string[], wanted: readonly string[]): readonly number[] | null {
  const lower = own.map((label) => label.toLowerCase());
  const rows = wanted.map((label) => lower.indexOf(label.toLowerCase()));
  return rows.every((row) => row >= 0) && new Set(rows).size === own.length ? rows : null;
}

function rowOrder(own: readonly string[], wanted: readonly string[]): readonly number[] {
  return knownRows(own, wanted) ?? wanted.map((_, index) => index);
}

function inOrder({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const source = data as Float32Array;
  if (order.length === 0) return float32(shape, source.slice());
  const width = source.length / order.length;
  const target = new Float32Array(source.length);
  order.forEach((row, index) => {
    target.set(source.subarray(row * width, (row + 1) * width), index * width);
  });
  return float32(shape, target);
}

/** Of a matrix `[width, outputs]`. */
function columnsInOrder({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const source = data as Float32Array;
  if (order.length === 0) return float32(shape, source.slice());
  const outputs = order.length;
  return float32(
    shape,
    source.map((_, at) => source[at - (at % outputs) + order[at % outputs]!]!),
  );
}
