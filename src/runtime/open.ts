import { UsageError } from '../core/errors.ts';
import type { Engine } from './engine.ts';

/** The engines that a command can name with `--engine`. */
export const ENGINES = ['onnxruntime', 'tfjs-node'] as const;

/**
 * Opens an engine by name; only the one asked for is loaded.
 *
 * @throws EngineError if its package is absent or does not work, with what was tried and the cure; UsageError if there
 *   is no engine of that name.
 */
export async function openEngine(name: (typeof ENGINES)[number]): Promise<Engine> {
  switch (name) {
    case 'onnxruntime':
      return (await import('./onnxruntime.ts')).openOnnxRuntime();
    case 'tfjs-node':
      return (await import('./tfjs-node.ts')).openTfjsNode();
    default:
      throw new UsageError(
        '--engine',
        `must be one of ${ENGINES.join(', ')}, got "${String(name)}"; choose one of these`,
      );
  }
}
