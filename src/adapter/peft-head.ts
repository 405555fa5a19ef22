import { BadFileError } from '../core/errors.ts';
import type { StoredTensor } from '../core/safetensors.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Head, HeadLayers } from './adapter.ts';
import { headForms } from './head.ts';
import type { PeftConfig } from './peft-config.ts';
import { floatsOf } from './peft-floats.ts';
import { PEFT_ROOT } from './peft-names.ts';

/** What a model says of the task head that its family's classes have. */
export interface PeftHead {
  /** Absent where the folder pools in another way than those classes. */
  readonly layers?: HeadLayers;
  readonly width: number;
  /** The labels of the checkpoint's own head; empty where it has none. */
  readonly ownLabels: readonly string[];
}

interface HeadFound {
  readonly head: Head | null;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The names in PEFT's file that are the head's. */
  readonly names: ReadonlySet<string>;
}

/**
 * The task head in PEFT's file (`modules_to_save`), whole. None: the checkpoint's own serves.
 * @throws BadFileError if a part of it is missing or has another shape
 */
export function headFromPeft(
  base: PeftHead,
  { saved }: PeftConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
  where: string,
): HeadFound {
  const { layers, width } = base;
  if (layers === undefined) return { head: null, tensors: new Map(), names: new Set() };
  const forms = (outputs: number) => headForms({ width, outputs, scale: 1, labels: [], layers });
  const known = forms(1).map(({ name }) => name);
  // PEFT saves each module whose name ends so, with all that is in it: `classifier` is DistilBERT's pre_classifier too.
  const isSaved = (name: string) => {
    const words = name.split('.').slice(0, -1);
    const modules = words.map((_, index) => words.slice(0, index + 1).join('.'));
    return modules.some((module) => saved.some((end) => module.endsWith(end)));
  };
  const there = known.filter((name) => tensors.has(PEFT_ROOT + name));
  if (there.length === 0 && !known.some(isSaved)) {
    return { head: null, tensors: new Map(), names: new Set() };
  }
  const stored = (name: string): StoredTensor => {
    const tensor = tensors.get(PEFT_ROOT + name);
    if (tensor !== undefined) return tensor;
    throw new BadFileError(
      where,
      `must hold the whole task head of the model's family (${known.join(', ')}), got no "${PEFT_ROOT}${name}"; save it with "modules_to_save"`,
    );
  };
  const outputs = stored(`${layers.last}.weight`).shape[0] ?? 0;
  const taken = new Map(
    forms(outputs).map(({ name, shape }) => [name, floatsOf(stored(name), PEFT_ROOT + name, shape, where)]),
  );
  const head: Head = { width, outputs, scale: 1, labels: labelsOf(outputs, base.ownLabels), layers };
  return { head, tensors: taken, names: new Set(there.map((name) => PEFT_ROOT + name)) };
}

/** The names of config.json where they are as many; else those that transformers gives. */
function labelsOf(outputs: number, own: readonly string[]): readonly string[] {
  if (outputs === 1 || own.length === outputs) return outputs === 1 ? [] : own;
  return Array.from({ length: outputs }, (_, index) => `LABEL_${index}`);
}
