import { linearLayers } from '../graph/linear-layers.ts';
import type { Model } from './model.ts';

/** What `holdfast model info --json` prints. */
export interface ModelInfo {
  readonly name: string;
  readonly family: string;
  readonly sha256: string;
  readonly parameters: number;
  /** In graph order; `in` and `out` as in x W. */
  readonly linearLayers: readonly { readonly name: string; readonly in: number; readonly out: number }[];
  /** Numbers in the weights of the linear layers, without biases: what goes onto crossbars. */
  readonly linearWeights: number;
  readonly maxLength: number;
  readonly pooledWidth: number;
}

export function modelInfo(model: Model): ModelInfo {
  const layers = linearLayers(model.graph).map(({ name, in: rows, out }) => ({ name, in: rows, out }));
  return {
    name: model.name,
    family: model.family,
    sha256: model.sha256,
    parameters: model.parameters,
    linearLayers: layers,
    linearWeights: layers.reduce((sum, layer) => sum + layer.in * layer.out, 0),
    maxLength: model.maxLength,
    pooledWidth: model.head.width,
  };
}
