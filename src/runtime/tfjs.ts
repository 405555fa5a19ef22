import { EngineError } from '../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { decodeModel } from '../graph/read.ts';
import type { Engine, EngineName, Feeds, Session, SessionOptions } from './engine.ts';
import { checkFeeds, wantedOutputs } from './feeds.ts';
import { checkOperators, interpret } from './tfjs-interpret.ts';
import type { Tf } from './tfjs-namespace.ts';
import type { Value } from './tfjs-value.ts';
import { enter, leave } from './tfjs-value.ts';

type TfjsName = Exclude<EngineName, 'onnxruntime'>;

const BACKENDS = { 'tfjs-node': 'tensorflow', 'tfjs-wasm': 'wasm', 'tfjs-cpu': 'cpu' } as const;

/**
 * Makes an engine of a tfjs namespace: it interprets a graph with tfjs operations on the backend that its name stands
 * for. Integers are computed in 32 bits and float64 is refused, since tfjs has no more. `threads`, `memoryPattern` and
 * `optimize` have no meaning here.
 *
 * @throws EngineError if the namespace does not have that backend.
 */
export async function tfjsEngine(tf: Tf, name: TfjsName): Promise<Engine> {
  tf.enableProdMode();
  await useBackend(tf, name);
  const versions = tf.version as Readonly<Record<string, string>>;
  return {
    name,
    version: versions['tfjs-node'] ?? versions.tfjs ?? versions['tfjs-core'] ?? 'unknown',
    load: async (graph, options = {}) =>
      load(tf, name, graph instanceof Uint8Array ? decodeModel(graph, name) : graph, options),
  };
}

async function useBackend(tf: Tf, name: TfjsName): Promise<void> {
  if (tf.getBackend() === BACKENDS[name]) return;
  if (!(await tf.setBackend(BACKENDS[name]))) {
    throw new EngineError(
      name,
      `tfjs must have the backend ${BACKENDS[name]}, got none of that name; import its package first`,
    );
  }
}

async function load(tf: Tf, name: TfjsName, graph: Graph, options: SessionOptions): Promise<Session> {
  const where = `${name}: graph "${graph.name}"`;
  checkOperators(graph);
  await useBackend(tf, name);
  const constants = new Map<string, Value>();
  for (const [key, tensor] of graph.initializers)
    constants.set(key, enter(tf, `${where}: initializer "${key}"`, tensor));
  const outputs = graph.outputs.map((output) => output.name);
  let open = true;
  return {
    async run(feeds, wanted) {
      if (!open)
        throw new EngineError(where, 'the session must be open, got a released one; load the graph again');
      checkFeeds(where, graph.inputs, feeds, options.freeDimensions);
      const names = wantedOutputs(where, outputs, wanted);
      // Another engine may have set its own backend; from here to the last operator nothing else runs.
      while (tf.getBackend() !== BACKENDS[name]) await useBackend(tf, name);
      return collect(where, names, computeOutputs(tf, where, graph, constants, feeds, names));
    },
    async release() {
      if (!open) return;
      open = false;
      for (const { tensor } of constants.values()) tensor?.dispose();
    },
  };
}

/** Runs the graph; the tensors that come back are the caller's to dispose of, and nothing else is left. */
function computeOutputs(
  tf: Tf,
  where: string,
  graph: Graph,
  constants: ReadonlyMap<string, Value>,
  feeds: Feeds,
  names: readonly string[],
): readonly Value[] {
  let values: readonly Value[] = [];
  tf.tidy(() => {
    const given = new Map(constants);
    for (const [key, feed] of Object.entries(feeds))
      given.set(key, enter(tf, `${where}: feed "${key}"`, feed));
    values = interpret(tf, graph, given, names, true).map((value) =>
      value.tensor === null ? value : { ...value, tensor: tf.keep(tf.clone(value.tensor)) },
    );
  });
  return values;
}

async function collect(
  where: string,
  names: readonly string[],
  values: readonly Value[],
): Promise<Awaited<ReturnType<Session['run']>>> {
  try {
    const tensors = await Promise.all(
      values.map((value, index) => leave(value, `${where}: output "${names[index]}"`)),
    );
    return Object.fromEntries(names.map((key, index) => [key, tensors[index]!]));
  } finally {
    for (const { tensor } of values) tensor?.dispose();
  }
}
