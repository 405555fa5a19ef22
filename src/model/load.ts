import { UsageError } from '../core/errors.ts';
import type { Model } from './model.ts';

/** The names that are no path. */
export const EMBEDDED_MODELS = ['use-lite'] as const;

/**
 * Loads a model by name. Only the embedded default is read in this version.
 * @throws UsageError for any other name, folder or file
 */
export async function loadModel(nameOrPath: string): Promise<Model> {
  if (nameOrPath === 'use-lite') {
    const { loadUseLite } = await import('./use-lite/load.ts');
    return loadUseLite();
  }
  const kind = nameOrPath.endsWith('.onnx') ? 'an ONNX file' : 'another name or folder';
  throw new UsageError(
    nameOrPath,
    `the model must be the embedded use-lite (the one family that this version reads), got ${kind}; pass --model use-lite`,
  );
}
