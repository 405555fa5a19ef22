import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Engine, Feeds } from '../runtime/engine.ts';

/**
 * Where a loss that is not finite comes from: the first of the named nodes whose output holds a number that is not, by
 * running the graph again with their outputs. Null where all are finite.
 *
 * @param graph A loss graph, and what it was fed.
 * @param names Names of nodes in the order of the graph: its linear layers.
 */
export async function firstNotFinite(
  engine: Engine,
  graph: Graph,
  feeds: Feeds,
  names: readonly string[],
): Promise<string | null> {
  const shapes = inferShapes(graph);
  const byName = new Map(graph.nodes.map((node) => [node.name, node.outputs[0]!]));
  const outputs = names.flatMap((name) => {
    const value = byName.get(name);
    return value === undefined ? [] : [{ name: value, ...shapes.get(value)! }];
  });
  const session = await engine.load({ ...graph, outputs });
  try {
    const results = await session.run(feeds);
    const bad = names.find((name) => {
      const data = results[byName.get(name) ?? '']?.data as Float32Array | undefined;
      return data?.some((value) => !Number.isFinite(value)) === true;
    });
    return bad ?? null;
  } finally {
    await session.release();
  }
}
