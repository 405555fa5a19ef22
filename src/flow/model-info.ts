import { modelInfo as infoOf, type ModelInfo } from '../model/info.ts';
import { loadModel } from '../model/load.ts';

/**
 * `holdfast model info`: the record, and the same as lines to read.
 * @param tokenizer Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. Its sha-256 goes by it.
 * @throws UsageError if there is no such model
 */
export async function modelInfo(
  model: string,
  tokenizer?: string,
): Promise<ModelInfo & { readonly lines: readonly string[] }> {
  const info = infoOf(await loadModel(model, tokenizer));
  const width = info.linearLayers.reduce((most, layer) => Math.max(most, layer.name.length), 0);
  const lines = [
    `${info.name}: family ${info.family}, ${info.parameters} parameters, at most ${info.maxLength} tokens`,
    `sha-256 ${info.sha256} (weights and vocabulary)`,
    `${info.linearLayers.length} linear layers, ${info.linearWeights} weights:`,
    ...info.linearLayers.map((layer) => `  ${layer.name.padEnd(width)}  ${layer.in} -> ${layer.out}`),
  ];
  return { ...info, lines };
}
