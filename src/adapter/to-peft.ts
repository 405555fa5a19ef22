import { UsageError } from '../core/errors.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import { transpose } from '../graph/transpose.ts';
import type { Adapter, Head, Ia3Role } from './adapter.ts';
import { headForms } from './head.ts';
import { vectorName } from './ia3.ts';
import { PEFT_ROOT } from './peft-names.ts';

/** How the classes that PEFT wraps name and store what our layers are. */
export interface PeftNaming {
  readonly moduleOf: (layer: string) => string;
  /** Whether the base stores its weights as `[in, out]` (GPT-2). */
  readonly fanInFanOut: boolean;
  readonly taskType: string | null;
}

/** `adapter_config.json` and the tensors of `adapter_model.safetensors`. */
export interface PeftFiles {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * An adapter as PEFT stores it; the inverse of `adapterFromPeft`. Targets are listed by their whole names.
 * @throws UsageError if PEFT has no such method, no such head, or no vector for what a layer has
 */
export function adapterToPeft(adapter: Adapter, where: string, naming: PeftNaming): PeftFiles {
  const { method, options } = adapter;
  if (method !== 'lora' && method !== 'ia3') {
    throw new UsageError(
      where,
      `must be an adapter of method lora or ia3 to be exported to PEFT, got ${method}; PEFT has no such method`,
    );
  }
  const modules = options.layers.map(naming.moduleOf).sort();
  const { saved, tensors } = headToPeft(adapter, where);
  const config = {
    auto_mapping: null,
    // Where the base lies is not known here: PEFT fills in the model that the adapter is put onto.
    base_model_name_or_path: null,
    exclude_modules: null,
    fan_in_fan_out: naming.fanInFanOut,
    inference_mode: true,
    modules_to_save: saved.length === 0 ? null : saved,
    revision: null,
    target_modules: modules,
    task_type: naming.taskType,
  };
  const own = method === 'lora' ? loraToPeft(adapter, naming) : ia3ToPeft(adapter, where, naming);
  return { config: { ...config, ...own.config }, tensors: new Map([...own.tensors, ...tensors]) };
}

function loraToPeft(adapter: Adapter, { moduleOf }: PeftNaming): PeftFiles {
  const {
    layers,
    rank,
    alpha,
    ranks = {},
    alphas = {},
    rankStabilised = false,
    dropout = 0,
  } = adapter.options;
  const patternsOf = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([layer, value]) => [moduleOf(layer), value]));
  const tensors = layers.flatMap((layer) => [
    [
      `${PEFT_ROOT}${moduleOf(layer)}.lora_A.weight`,
      transpose(adapter.tensors.get(`${layer}.loraA`)!),
    ] as const,
    [
      `${PEFT_ROOT}${moduleOf(layer)}.lora_B.weight`,
      transpose(adapter.tensors.get(`${layer}.loraB`)!),
    ] as const,
  ]);
  return {
    tensors: new Map(tensors),
    config: {
      peft_type: 'LORA',
      r: rank,
      lora_alpha: alpha,
      rank_pattern: patternsOf(ranks),
      alpha_pattern: patternsOf(alphas),
      use_rslora: rankStabilised,
      bias: 'none',
      init_lora_weights: true,
      layers_pattern: null,
      layers_to_transform: null,
      lora_dropout: dropout,
      use_dora: false,
    },
  };
}

const BEFORE: readonly Ia3Role[] = ['inner', 'input'];

function ia3ToPeft(adapter: Adapter, where: string, { moduleOf }: PeftNaming): PeftFiles {
  const { layers, vectors = {} } = adapter.options;
  const feedForward: string[] = [];
  const tensors = layers.map((layer): [string, Tensor] => {
    const [role, ...more] = vectors[layer]!;
    if (more.length > 0) {
      throw new UsageError(
        where,
        `layer "${layer}" must have one vector to be exported to PEFT, got ${vectors[layer]!.join(' and ')}; train it on a model whose keys and values are layers of their own`,
      );
    }
    const { data } = adapter.tensors.get(vectorName(layer, role!))!;
    const before = BEFORE.includes(role!);
    if (before) feedForward.push(moduleOf(layer));
    const shape = before ? [1, data.length] : [data.length, 1];
    return [`${PEFT_ROOT}${moduleOf(layer)}.ia3_l`, float32(shape, data as Float32Array)];
  });
  return {
    tensors: new Map(tensors),
    config: { peft_type: 'IA3', feedforward_modules: feedForward.sort(), init_ia3_weights: true },
  };
}

/** The head as modules that are saved whole, by their names in the classes of the checkpoint's family. */
function headToPeft(
  { head, tensors }: Adapter,
  where: string,
): { saved: readonly string[]; tensors: readonly (readonly [string, Tensor])[] } {
  if (head === null) return { saved: [], tensors: [] };
  const names = savedLayers(head, where);
  return {
    saved: [...new Set(names.map((name) => name.split('.')[0]!))],
    tensors: headForms(head).map(({ name }) => [PEFT_ROOT + name, tensors.get(name)!] as const),
  };
}

function savedLayers({ layers }: Head, where: string): string[] {
  if (layers === undefined) {
    throw new UsageError(
      where,
      "must have the task head of its checkpoint's family to be exported to PEFT, got one of one layer on the pooled value, which transformers has no class for; train on a folder without 1_Pooling",
    );
  }
  const { dense, last } = layers;
  return dense === undefined ? [last] : [dense.name, last];
}
