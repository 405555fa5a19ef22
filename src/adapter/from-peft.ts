import { BadFileError } from '../core/errors.ts';
import type { StoredTensor } from '../core/safetensors.ts';
import { float32, type Graph, type Tensor } from '../graph/graph.ts';
import { type LinearLayer, linearLayers } from '../graph/linear-layers.ts';
import { prune } from '../graph/prune.ts';
import { transpose } from '../graph/transpose.ts';
import type { Adapter, AdapterOptions, Ia3Role } from './adapter.ts';
import { vectorName } from './ia3.ts';
import type { PeftConfig } from './peft-config.ts';
import { floatsOf } from './peft-floats.ts';
import { headFromPeft, type PeftHead } from './peft-head.ts';
import { layerOf, PEFT_ROOT } from './peft-names.ts';
import { isFeedForward, isTarget, patternValue } from './peft-targets.ts';

/** What an adapter of PEFT is put onto. */
export interface PeftBase extends PeftHead {
  /** The model's graph, and the same with the checkpoint's own head, where it has one. */
  readonly graph: Graph;
  readonly graphWithHead?: Graph;
}

/** Where its parts were read from, for messages. */
export interface PeftPlaces {
  readonly config: string;
  readonly tensors: string;
}

/** A tensor of one layer: `lora_A`, `lora_B` or `ia3_l`. */
interface Part {
  readonly tensor: StoredTensor;
  /** Its name in the file. */
  readonly name: string;
}

interface Adapted {
  readonly module: string;
  readonly layer: LinearLayer;
  readonly parts: ReadonlyMap<string, Part>;
}

/**
 * An adapter of ours from the tensors of PEFT's `adapter_model.safetensors`: LoRA's A `[r, in]` and B `[out, r]` the
 * other way round; (IA)^3's vectors over a layer's input `[1, in]` or output `[out, 1]`; the task head as it is.
 * The module names in front are mapped to the model's layers, and must be those that the config's targets match.
 *
 * @throws BadFileError if a tensor is missing, is of another model's shape, or of a kind that we cannot carry
 */
export function adapterFromPeft(
  base: PeftBase,
  config: PeftConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
  where: PeftPlaces,
): Adapter {
  const { head, tensors: ofHead, names } = headFromPeft(base, config, tensors, where.tensors);
  const graph = head === null ? (base.graphWithHead ?? base.graph) : base.graph;
  const adapted = adaptedLayers(graph, config, tensors, names, where);
  const taken = config.type === 'LORA' ? loraOf(adapted, config, where) : ia3Of(adapted, config, where);
  return {
    method: config.type === 'LORA' ? 'lora' : 'ia3',
    options: { ...taken.options, layers: adapted.map(({ layer }) => layer.name), seed: 0 },
    head,
    tensors: new Map([...taken.tensors, ...ofHead]),
  };
}

const PART = /^(.+)\.(?:(lora_[AB])\.weight|(ia3_l))$/;

/** The adapted layers in graph order, each with its tensors. */
function adaptedLayers(
  graph: Graph,
  config: PeftConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
  ofHead: ReadonlySet<string>,
  where: PeftPlaces,
): Adapted[] {
  const layers = new Map(linearLayers(graph).map((layer) => [layer.name, layer]));
  const names = new Set(layers.keys());
  const found = new Map<string, { module: string; layer: LinearLayer; parts: Map<string, Part> }>();
  for (const [name, tensor] of tensors) {
    if (ofHead.has(name)) continue;
    const match = name.startsWith(PEFT_ROOT) ? PART.exec(name.slice(PEFT_ROOT.length)) : null;
    const part = match?.[2] ?? match?.[3];
    if (match === null || part === undefined || part.startsWith('lora') !== (config.type === 'LORA')) {
      throw bad(
        where.tensors,
        `tensor "${name}" must be a part of ${config.type} at a linear layer, or of the task head, got another; it cannot be carried exactly`,
      );
    }
    const module = match[1]!;
    const layer = layers.get(layerOf(module, names) ?? '');
    if (layer === undefined) {
      throw bad(
        where.tensors,
        `tensor "${name}" must stand at a linear layer of the model, got none of that name; pass the model that it was trained on`,
      );
    }
    if (!isTarget(config, module, where.config)) {
      throw bad(
        where.config,
        `"target_modules" must match every adapted module, got a tensor for "${module}", which PEFT would pass over; save the adapter again`,
      );
    }
    const entry = found.get(layer.name) ?? { module, layer, parts: new Map<string, Part>() };
    entry.parts.set(part, { tensor, name });
    found.set(layer.name, entry);
  }
  const adapted = [...layers.keys()].flatMap((name) => found.get(name) ?? []);
  if (adapted.length === 0) throw bad(where.tensors, 'must adapt a layer, got none; save the adapter again');
  checkWhole(graph, config, adapted, where);
  return adapted;
}

/** What the targets match in the encoder's blocks must be there: a file that lacks some was cut. */
function checkWhole(graph: Graph, config: PeftConfig, adapted: readonly Adapted[], where: PeftPlaces): void {
  const { module, layer } = adapted[0]!;
  const cut = layer.name.length - module.length;
  const moduleOf = (name: string) => (cut > 0 ? name.slice(cut) : module.slice(0, -cut || 0) + name);
  const blocks = prune({ ...graph, outputs: graph.outputs.filter(({ name }) => name === 'hidden') });
  const there = new Set(adapted.map((each) => each.layer.name));
  const missing = linearLayers(blocks).find(
    ({ name }) => !there.has(name) && isTarget(config, moduleOf(name), where.config),
  );
  if (missing === undefined) return;
  throw bad(
    where.tensors,
    `must hold the tensors of "${moduleOf(missing.name)}", which "target_modules" matches, got none; save the adapter again`,
  );
}

interface Taken {
  readonly options: Partial<AdapterOptions>;
  readonly tensors: readonly (readonly [string, Tensor])[];
}

function loraOf(adapted: readonly Adapted[], config: PeftConfig, where: PeftPlaces): Taken {
  const { rank, alpha, rankPattern, alphaPattern, rankStabilised } = config;
  const ranks: Record<string, number> = {};
  const alphas: Record<string, number> = {};
  const tensors = adapted.flatMap(({ module, layer, parts }) => {
    const r = patternValue(rankPattern, module, 'rank_pattern', where.config) ?? rank;
    const a = patternValue(alphaPattern, module, 'alpha_pattern', where.config) ?? alpha;
    if (r !== rank) ranks[layer.name] = r;
    if (a !== alpha) alphas[layer.name] = a;
    const down = partOf(parts, 'lora_A', [r, layer.in], layer, where);
    const up = partOf(parts, 'lora_B', [layer.out, r], layer, where);
    return [
      [`${layer.name}.loraA`, transpose(down)] as const,
      [`${layer.name}.loraB`, transpose(up)] as const,
    ];
  });
  return {
    tensors,
    options: {
      rank,
      alpha,
      ...(Object.keys(ranks).length > 0 ? { ranks } : {}),
      ...(Object.keys(alphas).length > 0 ? { alphas } : {}),
      ...(rankStabilised ? { rankStabilised } : {}),
    },
  };
}

function ia3Of(adapted: readonly Adapted[], config: PeftConfig, where: PeftPlaces): Taken {
  const vectors: Record<string, readonly Ia3Role[]> = {};
  const tensors = adapted.map(({ module, layer, parts }) => {
    const isInput = isFeedForward(config, module, where.config);
    const role: Ia3Role = isInput ? 'input' : 'output';
    vectors[layer.name] = [role];
    const shape = isInput ? [1, layer.in] : [layer.out, 1];
    const { data } = partOf(parts, 'ia3_l', shape, layer, where);
    return [vectorName(layer.name, role), float32([data.length], data as Float32Array)] as const;
  });
  return { tensors, options: { vectors } };
}

function partOf(
  parts: ReadonlyMap<string, Part>,
  name: string,
  shape: readonly number[],
  layer: LinearLayer,
  where: PeftPlaces,
): Tensor {
  const part = parts.get(name);
  if (part === undefined) {
    throw bad(
      where.tensors,
      `must hold ${name} of layer "${layer.name}", got none; save the adapter again with PEFT`,
    );
  }
  return floatsOf(part.tensor, part.name, shape, where.tensors);
}

function bad(where: string, what: string): BadFileError {
  return new BadFileError(where, what);
}
