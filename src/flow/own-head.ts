import type { Head } from '../adapter/adapter.ts';
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

/** For each label of the task, its row in the checkpoint's head. */
function rowOrder(own: readonly string[], wanted: readonly string[]): readonly number[] {
  const lower = own.map((label) => label.toLowerCase());
  const rows = wanted.map((label) => lower.indexOf(label.toLowerCase()));
  const known = rows.every((row) => row >= 0) && new Set(rows).size === own.length;
  return known ? rows : wanted.map((_, index) => index);
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
