import { createRequire } from 'node:module';
import type { Engine } from '../../src/runtime/engine.ts';
import { tfjsEngine } from '../../src/runtime/tfjs.ts';
import type { Tf } from '../../src/runtime/tfjs-namespace.ts';

const require = createRequire(import.meta.url);

/** The tfjs of the tests: the union package, which alone has gradients in Node, with its cpu and wasm backends. */
export function tfjs(): Tf {
  const tf = require('@tensorflow/tfjs') as Tf;
  require('@tensorflow/tfjs-backend-wasm');
  return tf;
}

/** The interpreter on one of the backends that are always there. */
export function tfjsTestEngine(backend: 'cpu' | 'wasm'): Promise<Engine> {
  return tfjsEngine(tfjs(), `tfjs-${backend}`);
}
