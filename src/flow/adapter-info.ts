import type { Adapter, AdapterOptions } from '../adapter/adapter.ts';
import { loadAdapter } from '../adapter/file.ts';
import { drawnLayers } from '../adapter/methods.ts';

/** What `adapter info` tells of an adapter's folder. */
export async function adapterInfo(folder: string) {
  const { adapter, file, sha256 } = await loadAdapter(folder);
  const { method, options, head } = adapter;
  const { trainableParameters, trainableParametersWithHead, model } = file;
  return {
    method,
    model,
    sha256,
    ...options,
    head,
    trainableParameters,
    trainableParametersWithHead,
    lines: [
      `${method} for ${model.name} (sha-256 ${model.sha256.slice(0, 12)})`,
      head === null
        ? `${trainableParameters} trained numbers, and no head`
        : `${trainableParameters} trained numbers, ${trainableParametersWithHead} with the head of ${head.outputs} outputs`,
      ...(options.layers.length === 0
        ? ['no layer adapted: a head on the frozen model']
        : [`${options.layers.length} layers${settingsOf(options)}:`]),
      ...options.layers.map((layer) => `  ${layer}${roles(options, layer)}`),
      ...drawLine(adapter),
    ],
  };
}

function settingsOf({ groups, rank, alpha }: AdapterOptions): string {
  if (groups !== undefined) return ` in ${groups} groups each`;
  return rank === undefined ? '' : `, rank ${rank}, alpha ${alpha}`;
}

function roles({ vectors }: AdapterOptions, layer: string): string {
  const own = vectors?.[layer];
  return own === undefined ? '' : `: ${own.join(', ')}`;
}

function drawLine(adapter: Adapter): string[] {
  const drawn = drawnLayers(adapter);
  return drawn.length === 0 ? [] : [`trained with draws in front of ${drawn.length} layers`];
}
