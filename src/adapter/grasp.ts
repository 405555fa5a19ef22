import { UsageError } from '../core/errors.ts';
import { exp, log } from '../core/math.ts';
import { permutation } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import type { Adapter, AdapterOptions } from './adapter.ts';
import { adaptedLinears, changedWeight, linearPlaces } from './linear-places.ts';
import type { Edits, Entry, Fold, Method, TensorForm } from './method.ts';

/**
 * GRASP in front of a linear layer: x~ = (x - beta_g) / gamma_g, one beta and one gamma for each of K groups of input
 * dimensions (arXiv 2512.04296). gamma is stored and trained as its logarithm, so it stays positive and never divides
 * by zero; `logGamma = 0, beta = 0` is the identity, where training starts.
 *
 * StochGRASP (our formulation) draws the inverse scale: x~ = (x - beta_g) / gamma_g x (1 + std_g x eps), eps ~ N(0, 1),
 * one draw for each example and input dimension, std stored as `logStd`. It is deployed by its means, that is as GRASP.
 */
export function initialGrasp(
  layers: readonly Pick<LinearLayer, 'name' | 'in'>[],
  groups: number,
  seed: number,
  targetStd?: Readonly<Record<string, number>>,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const layer of layers) {
    if (!Number.isInteger(groups) || groups < 1 || groups > layer.in) {
      throw new UsageError(
        '--groups',
        `must be a whole number in 1..${layer.in} for layer "${layer.name}", got ${groups}; choose fewer groups or leave the layer out with --layers`,
      );
    }
    tensors.set(`${layer.name}.logGamma`, float32([groups], new Float32Array(groups)));
    tensors.set(`${layer.name}.beta`, float32([groups], new Float32Array(groups)));
    if (targetStd !== undefined) {
      const target = targetStd[layer.name];
      if (target === undefined || !(target > 0)) {
        throw new UsageError(
          '--target-std',
          `must be above 0 for layer "${layer.name}", got ${target}; give a noisier profile or --target-std`,
        );
      }
      tensors.set(`${layer.name}.logStd`, float32([groups], new Float32Array(groups).fill(log(target))));
    }
    tensors.set(`${layer.name}.group`, {
      dtype: 'int32',
      shape: [layer.in],
      data: randomGroups(layer, groups, seed),
    });
  }
  return tensors;
}

/** Deals the input dimensions to the groups in a seeded random order: sizes are within one of each other. */
function randomGroups(layer: Pick<LinearLayer, 'name' | 'in'>, groups: number, seed: number): Int32Array {
  const order = permutation(layer.in, stream(seed, 'group', layer.name));
  const group = new Int32Array(layer.in);
  order.forEach((dimension, position) => {
    group[dimension] = position % groups;
  });
  return group;
}

/**
 * Adds GRASP's nodes behind the value `x` `[B, in]` or `[B, T, in]`.
 *
 * @param value Names of the values that hold the layer's parameters (`logGamma`, `beta`, `group`, and with a draw
 *   `logStd`), each of the adapter's shape.
 * @param draw Name of a value of standard normal numbers, `[B, in]` or of x's shape; null for the deterministic form.
 * @param overTokens Whether a draw `[B, in]` stands for all tokens of an x `[B, T, in]`.
 * @returns The name of x~, of the shape of `x`.
 */
export function addGrasp(
  builder: GraphBuilder,
  x: string,
  overTokens: boolean,
  layer: string,
  value: (parameter: string) => string,
  draw: string | null,
): string {
  const each = (parameter: string, suffix: string) =>
    builder.node('Gather', [parameter, value('group')], {
      name: `${layer}.grasp.${suffix}`,
      attributes: { axis: 0 },
    });
  const inverse = builder.node(
    'Exp',
    [builder.node('Neg', [value('logGamma')], { name: `${layer}.grasp.negative` })],
    {
      name: `${layer}.grasp.inverse`,
    },
  );
  const beta = each(value('beta'), 'shift');
  const centred = builder.node('Sub', [x, beta], { name: `${layer}.grasp.centred` });
  let scale = each(inverse, 'scale');
  if (draw !== null) {
    const std = each(builder.node('Exp', [value('logStd')], { name: `${layer}.grasp.std` }), 'spread');
    const noise = builder.node('Mul', [draw, std], { name: `${layer}.grasp.noise` });
    const factor = builder.node('Add', [noise, builder.scalar(1)], { name: `${layer}.grasp.factor` });
    scale = builder.node('Mul', [factor, scale], { name: `${layer}.grasp.drawn` });
    if (overTokens) {
      scale = builder.node('Unsqueeze', [scale, builder.ints([1])], { name: `${layer}.grasp.overTokens` });
    }
  }
  return builder.node('Mul', [centred, scale], { name: `${layer}.grasp` });
}

/** GRASP; stored: `<layer>.logGamma` and `<layer>.beta` `[K]`, `<layer>.group` (integers 0..K-1) `[in]`: 2K trained. */
export const grasp: Method = {
  rate: 5e-3,
  learnsStd: false,
  settings: ['groups'],
  places: linearPlaces,
  start: (graph, places, { groups, seed }) => ({
    options: { groups },
    tensors: initialGrasp(chosen(graph, places), groups, seed),
  }),
  checkOptions: ({ groups }, must) =>
    must(
      'options.groups',
      groups,
      Number.isSafeInteger(groups) && (groups as number) >= 1,
      'a whole number of at least 1',
    ),
  forms: (options) => forms(options, ['logGamma', 'beta']),
  replaced: () => new Map(),
  attach,
  fold,
};

/** StochGRASP; as GRASP, and `<layer>.logStd` `[K]`: 3K trained, of which 2K are deployed. */
export const stochgrasp: Method = {
  ...grasp,
  learnsStd: true,
  settings: ['groups'],
  start: (graph, places, { groups, seed, targetStd = {} }) => ({
    options: { groups },
    tensors: initialGrasp(chosen(graph, places), groups, seed, targetStd),
  }),
  checkOptions: (options, must) => {
    grasp.checkOptions(options, must);
    if (options.targetStd === undefined) return;
    for (const layer of options.layers as readonly string[]) {
      const std = (options.targetStd as Readonly<Record<string, unknown>>)[layer];
      must(`options.targetStd.${layer}`, std, std !== undefined, 'a number above 0');
    }
  },
  forms: (options) => forms(options, ['logGamma', 'beta', 'logStd']),
};

function chosen(graph: Graph, places: readonly { readonly name: string }[]): LinearLayer[] {
  const names = new Set(places.map(({ name }) => name));
  return linearLayers(graph).filter(({ name }) => names.has(name));
}

function forms({ layers, groups }: AdapterOptions, parameters: readonly string[]): TensorForm[] {
  return layers.flatMap((layer): TensorForm[] => [
    ...parameters.map(
      (name): TensorForm => ({ layer, name: `${layer}.${name}`, kind: 'float', shape: [groups!] }),
    ),
    { layer, name: `${layer}.group`, kind: { below: groups! }, shape: ['inputs'] },
  ]);
}

function attach({ builder, adapter, parameter, draw }: Entry): Edits {
  // GRASP's own std is none: what it is drawn with, if anything, is fixed and not its matter.
  const drawn = (layer: string) => (adapter.tensors.has(`${layer}.logStd`) ? draw(layer) : null);
  return {
    inputs: new Map(
      adapter.options.layers.map((layer) => [
        layer,
        (x) => {
          const noise = drawn(layer);
          const value = (suffix: string) => parameter(`${layer}.${suffix}`);
          return addGrasp(builder, x, noise?.overTokens ?? false, layer, value, noise?.value ?? null);
        },
      ]),
    ),
  };
}

/**
 * ((x - beta) / gamma) W = x (diag(1/gamma) W) - (beta / gamma) W: the last term becomes a constant that is added behind
 * the product. Computed in float64, rounded once.
 */
function fold(graph: Graph, adapter: Adapter): ReadonlyMap<string, Fold> {
  const number = (layer: string, name: string) =>
    adapter.tensors.get(`${layer}.${name}`)!.data as Float32Array;
  const layers = adaptedLinears(graph, adapter).map((layer) => {
    const [logGamma, beta] = [number(layer.name, 'logGamma'), number(layer.name, 'beta')];
    const group = adapter.tensors.get(`${layer.name}.group`)!.data as Int32Array;
    const inverse = Float64Array.from(group, (g) => exp(-logGamma[g]!));
    const shift = new Float64Array(layer.out);
    const weight = changedWeight(graph.initializers.get(layer.weight)!, layer, (value, row, column) => {
      const scaled = value * inverse[row]!;
      shift[column] = shift[column]! - beta[group[row]!]! * scaled;
      return scaled;
    });
    return [layer.name, { weight, shift: float32([layer.out], Float32Array.from(shift)) }] as const;
  });
  return new Map(layers);
}
