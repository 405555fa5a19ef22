import { existsSync, statSync } from 'node:fs';
import { UsageError } from '../core/errors.ts';
import type { Model } from './model.ts';

/** The names that are no path. */
export const EMBEDDED_MODELS = ['use-lite', 'use-lite-pairs'] as const;

/** The path that a model is read from; of an embedded one none. */
export function modelPath(nameOrPath: string): string | undefined {
  return EMBEDDED_MODELS.some((embedded) => embedded === nameOrPath) ? undefined : nameOrPath;
}

/**
 * Loads a model: `use-lite` (of pairs `use-lite-pairs`), a folder in Hugging Face's layout (BERT, RoBERTa, XLM-RoBERTa,
 * CamemBERT, ELECTRA, DistilBERT, MPNet, GPT-2), or an ONNX file.
 * @param tokenizer of an ONNX file: a tokenizer.json, or a folder that holds one; default: the one beside it
 * @throws UsageError if it is none of these, BadFileError if a file is not as it must be
 */
export async function loadModel(nameOrPath: string, tokenizer?: string): Promise<Model> {
  if (nameOrPath.endsWith('.onnx') && existsSync(nameOrPath)) {
    const { loadOnnx } = await import('./onnx/load.ts');
    return loadOnnx(nameOrPath, tokenizer);
  }
  if (tokenizer !== undefined) {
    throw new UsageError(
      '--tokenizer',
      `must go with an ONNX file, got model ${nameOrPath}, which has its own; leave it out`,
    );
  }
  if (nameOrPath === 'use-lite' || nameOrPath === 'use-lite-pairs') {
    const { loadUseLite } = await import('./use-lite/load.ts');
    return loadUseLite(nameOrPath);
  }
  if (statSync(nameOrPath, { throwIfNoEntry: false })?.isDirectory()) {
    const { loadHuggingFace } = await import('./hf/load.ts');
    return loadHuggingFace(nameOrPath);
  }
  const got = existsSync(nameOrPath) ? 'another file' : 'nothing there';
  throw new UsageError(
    nameOrPath,
    `the model must be the embedded use-lite, a folder with config.json and model.safetensors, or an .onnx file, got ${got}; check the path, or pass --model use-lite`,
  );
}
