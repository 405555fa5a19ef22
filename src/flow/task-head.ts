import type { Head } from '../adapter/adapter.ts';
import type { Task } from '../data/task.ts';
import type { Graph } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../model/model.ts';

/** A head for a task as the model's family has it. */
export function taskHead(model: Model, task: Pick<Task, 'kind' | 'labels'>): Head {
  const { width, scale, layers } = model.head;
  const outputs = task.kind === 'regression' ? 1 : task.labels.length;
  return { width, outputs, scale, labels: task.labels, ...(layers === undefined ? {} : { layers }) };
}

/** The part of a model's graph that a head reads: what adapting the rest would not change a logit. */
export function headGraph({ graph }: Model, { layers }: Head): Graph {
  const read = layers?.input === 'firstToken' ? 'hidden' : 'pooled';
  return prune({ ...graph, outputs: graph.outputs.filter(({ name }) => name === read) });
}
