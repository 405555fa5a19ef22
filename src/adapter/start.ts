import { UsageError } from '../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Adapter, Head, MethodName } from './adapter.ts';
import { initialHead } from './head.ts';
import type { Place, Settings } from './method.ts';
import { methodNamed } from './methods.ts';
import { selectLayers } from './select-layers.ts';

/**
 * The layers at which a method will stand: those that match a glob, of all where it can; all of them without one.
 *
 * @throws UsageError if there are none
 */
export function chosenPlaces(graph: Graph, method: MethodName, glob?: string): readonly Place[] {
  if (method === 'head') {
    // The head stands on none, but what matches nothing is a slip.
    if (glob !== undefined) selectLayers(linearLayers(graph), glob);
    return [];
  }
  const places = methodNamed(method).places(graph);
  if (places.length === 0) {
    throw new UsageError(
      '--method',
      `must find layers to adapt in model "${graph.name}", got none for ${method}; choose another method`,
    );
  }
  return selectLayers(places, glob ?? '*');
}

/**
 * An untrained adapter: the identity, and a new head.
 *
 * @param places Where it stands, from `chosenPlaces`.
 * @throws UsageError if a setting does not fit a layer
 */
export function startAdapter(
  graph: Graph,
  method: MethodName,
  places: readonly Place[],
  settings: Settings,
  head: Head,
): Adapter {
  const { seed, targetStd } = settings;
  const { options, tensors } = methodNamed(method).start(graph, places, settings);
  return {
    method,
    options: {
      ...options,
      layers: places.map(({ name }) => name),
      seed,
      ...(targetStd === undefined ? {} : { targetStd }),
    },
    head,
    tensors: new Map([...tensors, ...initialHead(head, seed)]),
  };
}
