import { loadAdapter } from '../adapter/file.ts';

/** What `adapter info` tells of an adapter's folder. */
export async function adapterInfo(folder: string) {
  const { adapter, file, sha256 } = await loadAdapter(folder);
  const { method, options, head } = adapter;
  const { trainableParameters, trainableParametersWithHead, model } = file;
  return {
    method,
    model,
    sha256,
    groups: options.groups,
    seed: options.seed,
    layers: options.layers,
    head,
    trainableParameters,
    trainableParametersWithHead,
    lines: [
      `${method} for ${model.name} (sha-256 ${model.sha256.slice(0, 12)})`,
      `${trainableParameters} trained numbers, ${trainableParametersWithHead} with the head of ${head.outputs} outputs`,
      ...(options.layers.length === 0
        ? ['no layer adapted: a head on the frozen model']
        : [`${options.layers.length} layers in ${options.groups} groups each:`]),
      ...options.layers.map((layer) => `  ${layer}`),
    ],
  };
}
