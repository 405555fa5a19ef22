import { BadFileError } from '../../core/errors.ts';
import { buildGraph } from '../../graph/build.ts';
import type { Graph, ValueInfo } from '../../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../../graph/linear-layers.ts';
import { prune } from '../../graph/prune.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { firstToken, type Pooling } from '../hf/encoder.ts';
import { meanOfTokens } from '../padding.ts';

/** A foreign graph's values that are what our models have. */
export interface Found {
  /** `[B, T, D]` */
  readonly hidden: string;
  /** `[B, P]`; null where the graph has none of its own. */
  readonly pooled: string | null;
  /** `[B, outputs]`, or `[B, T, outputs]` of a head over tokens; null where there is none. */
  readonly logits: string | null;
  /** The last layer, where the logits are its output. */
  readonly last: LinearLayer | null;
}

const HIDDEN = /^(last_hidden_state|hidden_states?|token_embeddings|sequence_output|encoder_output)$/;
const POOLED = /^(pooler_output|pooled_output|sentence_embedding|text_embeds|embeddings?)$/;
const LOGITS = /^(logits|scores|predictions)$/;

/**
 * Finds the last hidden state, the pooled value and the logits among a graph's outputs: by their names, else by rank:
 * `[B, T, D]` is hidden; of `[B, N]` the one beside it is pooled, and one alone is logits. A graph that gives logits only
 * is followed back from them: what its last layer reads is pooled, and the nearest `[B, T, D]` in front is hidden.
 * @param names what the file calls the outputs, in order
 * @throws BadFileError if there is no hidden state
 */
export function findOutputs(graph: Graph, names: readonly string[], where: string): Found {
  const outputs = graph.outputs.map((output, index) => ({ ...output, title: names[index]! }));
  const ranked = (rank: number) => (output: ValueInfo) =>
    output.dtype === 'float32' && output.shape.length === rank;
  const named = (pattern: RegExp) =>
    outputs.find(({ title, dtype }) => dtype === 'float32' && pattern.test(title));
  let logits = named(LOGITS);
  const hidden = named(HIDDEN) ?? outputs.find((output) => ranked(3)(output) && output !== logits);
  let pooled = named(POOLED);
  const other = outputs.find((output) => ranked(2)(output) && output !== pooled && output !== logits);
  if (hidden === undefined) logits ??= other;
  else pooled ??= other;
  const last = logits === undefined ? null : lastLayer(graph, logits.name);
  const features = last?.input ?? logits?.name;
  const behind = hidden?.name ?? (features === undefined ? undefined : nearestHidden(graph, features));
  if (behind === undefined) {
    const shapes = outputs.map(({ title, shape }) => `${title} [${shape.join(', ')}]`).join(', ');
    throw new BadFileError(
      where,
      `it must give a hidden state [batch, sequence, width], got ${shapes || 'no output'}; export the model with last_hidden_state`,
    );
  }
  const ranks = inferShapes(graph);
  const read = last !== null && ranks.get(last.input)!.shape.length === 2 ? last.input : null;
  return {
    hidden: behind,
    pooled: pooled?.name ?? (hidden === undefined ? read : null),
    logits: logits?.name ?? null,
    last,
  };
}

/** The linear layer whose output, with or without its bias, a value is. */
function lastLayer(graph: Graph, logits: string): LinearLayer | null {
  return linearLayers(graph).find(({ output }) => output === logits) ?? null;
}

function nearestHidden(graph: Graph, from: string): string | undefined {
  const shapes = inferShapes(graph);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const seen = new Set<string>();
  for (let front = [from]; front.length > 0; ) {
    for (const value of front) {
      const known = shapes.get(value);
      const [b, t, width] = known?.shape ?? [];
      const isHidden = known?.shape.length === 3 && b === 'B' && t === 'T' && typeof width === 'number';
      if (isHidden && known?.dtype === 'float32' && !graph.initializers.has(value)) return value;
    }
    front = front
      .flatMap((value) => makers.get(value)?.inputs ?? [])
      .filter((value) => value !== '' && !seen.has(value) && seen.add(value));
  }
  return undefined;
}

/**
 * The graph with our outputs: `hidden` and `pooled`, behind `logits` where `withLogits`. Nodes that no output needs are
 * left out, and so are constants.
 */
export function withOurOutputs(graph: Graph, found: Found, pooling: Pooling, withLogits: boolean): Graph {
  const b = buildGraph(graph.name, { ...graph, outputs: [] });
  const shapes = inferShapes(graph);
  const hidden = shapes.get(found.hidden)!.shape;
  const width = hidden[2]!;
  b.node('Identity', [found.hidden], { name: 'hidden' });
  let pooledWidth = width;
  if (pooling === 'mean') b.node('Identity', [meanOfTokens(b, 'hidden', 'mask')], { name: 'pooled' });
  else if (pooling === 'cls' || found.pooled === null) firstToken(b, 'hidden', 'pooled');
  else {
    b.node('Identity', [found.pooled], { name: 'pooled' });
    pooledWidth = shapes.get(found.pooled)!.shape[1]!;
  }
  if (withLogits) {
    b.node('Identity', [found.logits!], { name: 'logits' });
    b.output('logits', 'float32', shapes.get(found.logits!)!.shape);
  }
  b.output('hidden', 'float32', ['B', 'T', width]);
  b.output('pooled', 'float32', ['B', pooledWidth]);
  return prune(b.finish());
}
