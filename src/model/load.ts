import { statSync } from 'node:fs';
import { UsageError } from '../core/errors.ts';
import type { Model } from './model.ts';

/** The names that are no path. */
export const EMBEDDED_MODELS = ['use-lite'] as const;

/**
 * Loads a model: `use-lite`, or a folder in Hugging Face's layout (BERT, RoBERTa, DistilBERT).
 * @throws UsageError if it is neither, BadFileError if a file of the folder is not as it must be
 */
export async function loadModel(nameOrPath: string): Promise<Model> {
  if (nameOrPath === 'use-lite') {
    const { loadUseLite } = await import('./use-lite/load.ts');
    return loadUseLite();
  }
  if (statSync(nameOrPath, { throwIfNoEntry: false })?.isDirectory()) {
    const { loadHuggingFace } = await import('./hf/load.ts');
    return loadHuggingFace(nameOrPath);
  }
  const got = nameOrPath.endsWith('.onnx') ? 'an ONNX file' : 'no such folder';
  throw new UsageError(
    nameOrPath,
    `the model must be the embedded use-lite or a folder with config.json and model.safetensors, got ${got}; check the path, or pass --model use-lite`,
  );
}
