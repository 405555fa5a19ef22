import { EngineError } from '../core/errors.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Feeds } from './engine.ts';
import { checkFeeds } from './feeds.ts';
import { checkOperators, interpret } from './tfjs-interpret.ts';
import type { Tf } from './tfjs-namespace.ts';
import type { Value } from './tfjs-value.ts';
import { computed, enter, leave, tensorOf } from './tfjs-value.ts';

/**
 * tfjs' own gradients of a graph's scalar value `loss` with respect to the float32 inputs `wrt`: the independent check of
 * the gradient pass. Works on the backend that is set; the wasm backend lacks the kernel for the gradient of Gather.
 *
 * @returns `loss` itself and `gradient.<input>` for each input of `wrt`, shaped like the input.
 * @throws EngineError if the loss is not a scalar, if it does not depend on an input of `wrt`, or if tfjs lacks a gradient.
 */
export async function tfjsGradients(
  tf: Tf,
  graph: Graph,
  loss: string,
  wrt: readonly string[],
  feeds: Feeds,
): Promise<Record<string, Tensor>> {
  const where = `tfjs: gradient of "${loss}" in graph "${graph.name}"`;
  tf.enableProdMode();
  checkOperators(graph);
  checkFeeds(where, graph.inputs, feeds);
  for (const name of wrt) {
    if (feeds[name]?.dtype !== 'float32') {
      throw new EngineError(where, `gradients must be of float32 inputs, got "${name}"; take it out of wrt`);
    }
  }
  const kept: Record<string, Value> = {};
  tf.tidy(() => {
    const given = new Map<string, Value>();
    for (const [name, tensor] of [...graph.initializers, ...Object.entries(feeds)]) {
      given.set(name, enter(tf, `${where}: "${name}"`, tensor));
    }
    const run = tf.valueAndGrads((...xs) => {
      wrt.forEach((name, index) => {
        given.set(name, computed('float32', xs[index]!));
      });
      const [value] = interpret(tf, graph, given, [loss], false);
      if (value!.shape.length !== 0) {
        throw new EngineError(
          where,
          `the loss must be a scalar, got shape [${value!.shape.join(', ')}]; reduce it first`,
        );
      }
      return tensorOf(value!, where) as ReturnType<Tf['scalar']>;
    });
    const xs = wrt.map((name) => tensorOf(given.get(name)!, where));
    const { value, grads } = differentiated(where, () => run(xs));
    kept[loss] = computed('float32', tf.keep(value));
    wrt.forEach((name, index) => {
      kept[`gradient.${name}`] = computed('float32', tf.keep(grads[index]!));
    });
  });
  try {
    const entries = Object.entries(kept).map(
      async ([name, value]) => [name, await leave(value, where)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    for (const { tensor } of Object.values(kept)) tensor?.dispose();
  }
}

function differentiated<T>(where: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(
      where,
      `tfjs must have the gradient, got "${(error as Error).message}"; check the graph`,
      error,
    );
  }
}
