import { BadFileError } from '../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Adapter } from './adapter.ts';
import type { Method, TensorForm } from './method.ts';

/** @throws BadFileError if the adapter was made for another model: a layer is missing or has another width. */
export function checkFit(adapter: Adapter, method: Method, graph: Graph): void {
  const places = new Map(
    (method.standings ?? method.places)(graph).map((place) => [place.name, place.sizes]),
  );
  for (const form of method.forms(adapter.options)) {
    const sizes = places.get(form.layer);
    const shape = adapter.tensors.get(form.name)?.shape ?? [];
    form.shape.forEach((size, axis) => {
      if (typeof size === 'number') return;
      const has = sizes?.[size];
      if (has !== undefined && has === shape[axis]) return;
      throw misfit(form, `${shape[axis] ?? '?'} ${size}`, has ?? `no such ${sizes ? 'place' : 'layer'}`);
    });
  }
}

function misfit({ layer }: TensorForm, got: string, has: number | string): BadFileError {
  return new BadFileError(
    'adapter',
    `must fit the model, got an adapter for a layer "${layer}" of ${got} where the model has ${has}; pass the model that it was trained on`,
  );
}
