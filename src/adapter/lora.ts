import { UsageError } from '../core/errors.ts';
import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Adapter, AdapterOptions } from './adapter.ts';
import { adaptedLinears, changedWeight, linearPlaces } from './linear-places.ts';
import type { Edits, Entry, Fold, Method, Must, Place, Settings, TensorForm } from './method.ts';

/**
 * LoRA beside a linear layer (arXiv 2106.09685): y = x W + b + alpha / r (x A) B, A `[in, r]`, B `[r, out]`.
 *
 * The low-rank product is digital: it stands beside the crossbar, takes the layer's input before the DAC (and before
 * any draw), and is added behind ADC and bias. B starts at zero, so that training starts at the identity; A at seeded
 * normal numbers of the variance 1 / (3 in) of the Kaiming-uniform start that is common for LoRA.
 *
 * With dropout, training multiplies the x in front of A, number by number, by 0 (with probability p) or 1 / (1 - p), as PEFT's
 * `lora_dropout`; the layer itself takes all of x.
 *
 * Stored: `<layer>.loraA` and `<layer>.loraB`, as they stand in the formula: r (in + out) trained. Rank and alpha may
 * differ at single layers, and the factor be alpha / sqrt(r), as in adapters that come from PEFT.
 */
export const lora: Method = {
  rate: 2e-3,
  learnsStd: false,
  settings: ['rank', 'alpha', 'dropout'],
  places: linearPlaces,
  start,
  checkOptions,
  forms: (options) =>
    options.layers.flatMap((layer): TensorForm[] => [
      { layer, name: `${layer}.loraA`, kind: 'float', shape: ['inputs', rankOf(options, layer)] },
      { layer, name: `${layer}.loraB`, kind: 'float', shape: [rankOf(options, layer), 'outputs'] },
    ]),
  replaced: () => new Map(),
  attach,
  fold,
};

function start(_: Graph, places: readonly Place[], { rank, alpha, seed }: Settings) {
  const tensors = new Map<string, Tensor>();
  for (const { name, sizes } of places) {
    const [rows, columns] = [sizes.inputs!, sizes.outputs!];
    const most = Math.min(rows, columns);
    if (!Number.isInteger(rank) || rank < 1 || rank > most) {
      throw new UsageError(
        '--rank',
        `must be a whole number in 1..${most} for layer "${name}", got ${rank}; choose a lower rank or leave the layer out with --layers`,
      );
    }
    const first = new Float32Array(rows * rank);
    fillNormals(stream(seed, 'lora', name), first);
    const std = Math.sqrt(1 / (3 * rows));
    tensors.set(
      `${name}.loraA`,
      float32(
        [rows, rank],
        first.map((z) => z * std),
      ),
    );
    tensors.set(`${name}.loraB`, float32([rank, columns], new Float32Array(rank * columns)));
  }
  return { options: { rank, alpha }, tensors };
}

function checkOptions(options: Readonly<Record<string, unknown>>, must: Must): void {
  const { rank, alpha, ranks = {}, alphas = {}, rankStabilised = false, dropout } = options;
  const checkRank = (name: string, value: unknown) =>
    must(name, value, Number.isSafeInteger(value) && (value as number) >= 1, 'a whole number of at least 1');
  const checkAlpha = (name: string, value: unknown) =>
    must(name, value, Number.isFinite(value) && (value as number) > 0, 'a number above 0');
  checkRank('options.rank', rank);
  checkAlpha('options.alpha', alpha);
  must('options.rankStabilised', rankStabilised, typeof rankStabilised === 'boolean', 'true or false');
  const isShare = typeof dropout === 'number' && dropout > 0 && dropout < 1;
  must(
    'options.dropout',
    dropout,
    dropout === undefined || isShare,
    'a number above 0 and below 1, or absent',
  );
  for (const [key, values, check] of [
    ['options.ranks', ranks, checkRank],
    ['options.alphas', alphas, checkAlpha],
  ] as const) {
    must(key, values, typeof values === 'object' && values !== null, 'an object');
    for (const [layer, value] of Object.entries(values as object)) check(`${key}.${layer}`, value);
  }
}

export function rankOf({ rank, ranks }: AdapterOptions, layer: string): number {
  return ranks?.[layer] ?? rank!;
}

export function alphaOf({ alpha, alphas }: AdapterOptions, layer: string): number {
  return alphas?.[layer] ?? alpha!;
}

function factor({ options }: Adapter, layer: string): number {
  const rank = rankOf(options, layer);
  return alphaOf(options, layer) / (options.rankStabilised === true ? Math.sqrt(rank) : rank);
}

function attach({ builder, graph, adapter, parameter, current, dropout }: Entry): Edits {
  const names = new Set(adapter.options.layers);
  const beside = linearLayers(graph)
    .filter(({ name }) => names.has(name))
    .map(({ name, input, output }): [string, (y: string) => string] => [
      output,
      (y) => {
        const factors = dropout(name);
        const x =
          factors === null
            ? current(input)
            : builder.node('Mul', [current(input), factors], { name: `${name}.lora.kept` });
        const down = builder.node('MatMul', [x, parameter(`${name}.loraA`)], {
          name: `${name}.lora.down`,
        });
        const up = builder.node('MatMul', [down, parameter(`${name}.loraB`)], { name: `${name}.lora.up` });
        const scaled = builder.node('Mul', [up, builder.scalar(factor(adapter, name))], {
          name: `${name}.lora.scaled`,
        });
        return builder.node('Add', [y, scaled], { name: `${name}.lora` });
      },
    ]);
  return { outputs: new Map(beside) };
}

/** W' = W + alpha / r A B, computed in float64 and rounded once. */
function fold(graph: Graph, adapter: Adapter): ReadonlyMap<string, Fold> {
  const layers = adaptedLinears(graph, adapter).map((layer) => {
    const [rank, scale] = [rankOf(adapter.options, layer.name), factor(adapter, layer.name)];
    const a = adapter.tensors.get(`${layer.name}.loraA`)!.data as Float32Array;
    const b = adapter.tensors.get(`${layer.name}.loraB`)!.data as Float32Array;
    const weight = changedWeight(graph.initializers.get(layer.weight)!, layer, (value, row, column) => {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += a[row * rank + k]! * b[k * layer.out + column]!;
      return value + scale * sum;
    });
    return [layer.name, { weight }] as const;
  });
  return new Map(layers);
}
