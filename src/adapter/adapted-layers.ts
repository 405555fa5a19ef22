import { BadFileError } from '../core/errors.ts';
import type { LinearLayer } from '../graph/linear-layers.ts';
import type { Adapter } from './adapter.ts';

/**
 * The layers that an adapter stands in front of, found in a model.
 *
 * @throws BadFileError if the adapter was made for another model (a layer is missing or has another width).
 */
export function adaptedLayers(adapter: Adapter, layers: readonly LinearLayer[]): Map<string, LinearLayer> {
  const known = new Map(layers.map((layer) => [layer.name, layer]));
  const names = adapter.method === 'head' ? [] : adapter.options.layers;
  return new Map(names.map((name) => [name, fitting(name, known.get(name), adapter)]));
}

function fitting(name: string, layer: LinearLayer | undefined, adapter: Adapter): LinearLayer {
  const width = adapter.tensors.get(`${name}.group`)?.data.length;
  if (layer === undefined || width !== layer.in) {
    throw new BadFileError(
      'adapter',
      `must fit the model, got an adapter for a layer "${name}" of ${width ?? '?'} inputs where the model has ${layer?.in ?? 'no such layer'}; pass the model that it was trained on`,
    );
  }
  return layer;
}
