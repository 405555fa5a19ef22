import type { Adapter, AdapterOptions } from '../adapter/adapter.ts';
import { type AdapterFile, loadAdapter } from '../adapter/file.ts';
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
    lines: adapterLines(adapter, file),
  };
}

/** The same to read. */
export function adapterLines({ options, method, head, ...rest }: Adapter, file: AdapterFile): string[] {
  const { model, trainableParameters, trainableParametersWithHead } = file;
  return [
    `${method} for ${model.name} (sha-256 ${model.sha256.slice(0, 12)})`,
    head === null
      ? `${trainableParameters} trained numbers, and no head of its own`
      : `${trainableParameters} trained numbers, ${trainableParametersWithHead} with the head of ${head.outputs} outputs`,
    ...(options.layers.length === 0
      ? ['no layer adapted: a head on the frozen model']
      : [`${options.layers.length} layers${settingsOf(options)}:`]),
    ...options.layers.map((layer) => `  ${layer}${notes(options, layer)}`),
    ...drawLine({ options, method, head, ...rest }),
  ];
}

function settingsOf({ groups, rank, alpha, rankStabilised, dropout }: AdapterOptions): string {
  if (groups !== undefined) return ` in ${groups} groups each`;
  if (rank === undefined) return '';
  const root = rankStabilised === true ? ' / sqrt(rank)' : '';
  const dropped = dropout === undefined ? '' : `, trained with dropout ${dropout}`;
  return `, rank ${rank}, alpha ${alpha}${root}${dropped}`;
}

/** What is a layer's own: the roles of its vectors, or a rank and alpha that differ. */
function notes({ vectors, ranks, alphas }: AdapterOptions, layer: string): string {
  const own = [
    ...(vectors?.[layer] ?? []),
    ...(ranks?.[layer] === undefined ? [] : [`rank ${ranks[layer]}`]),
    ...(alphas?.[layer] === undefined ? [] : [`alpha ${alphas[layer]}`]),
  ];
  return own.length === 0 ? '' : `: ${own.join(', ')}`;
}

function drawLine(adapter: Adapter): string[] {
  const drawn = drawnLayers(adapter);
  return drawn.length === 0 ? [] : [`trained with draws in front of ${drawn.length} layers`];
}
