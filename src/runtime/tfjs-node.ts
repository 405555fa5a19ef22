import util from 'node:util';
import { EngineError } from '../core/errors.ts';
import type { Engine } from './engine.ts';
import { tfjsEngine } from './tfjs.ts';
import type { Tf } from './tfjs-namespace.ts';

const VERSION = '4.22.0';
const OTHERWISE = 'or use --engine onnxruntime';

/** Where npm left the package out, as it does when the install script of an optional package fails. */
const INSTALL = `run "npm install --save-optional @tensorflow/tfjs-node@${VERSION}" where its download server can be reached, ${OTHERWISE}`;

/** Where the package is there without its native part, as npm leaves it when install scripts are not allowed. */
const REBUILD = `run "npm install-scripts approve @tensorflow/tfjs-node" and "npm rebuild @tensorflow/tfjs-node" where its download server can be reached, ${OTHERWISE}`;

/**
 * Opens tfjs on the TensorFlow library. This is the one file that imports @tensorflow/tfjs-node, an optional dependency:
 * its install script downloads a library, and npm leaves the package out, or leaves it without its native part, where
 * that fails or is not allowed. So any error of the import counts as absence, and a small product is made before the
 * engine is trusted.
 *
 * @throws EngineError if it is absent or does not work: what was tried, why it failed, the cure.
 */
export async function openTfjsNode(): Promise<Engine> {
  restoreUtil();
  // Keeps TensorFlow's start-up lines off stderr; who wants them sets the variable.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const tf = await importTfjsNode();
  await checkProduct(tf);
  return tfjsEngine(tf, 'tfjs-node');
}

/** tfjs-node 4.22.0 calls two functions of util in every operation; Node 23 dropped one, and the other is deprecated. */
function restoreUtil(): void {
  const old = util as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray?: (value: unknown) => boolean;
  };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

async function importTfjsNode(): Promise<Tf> {
  // Not a literal: the compiler must not look for types of a package that need not be there.
  const name: string = '@tensorflow/tfjs-node';
  try {
    const module = (await import(name)) as { readonly default?: Tf } & Tf;
    return module.default ?? module;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'ERR_MODULE_NOT_FOUND' && message.includes(name);
    const [why, cure] = absent ? ['it is not installed', INSTALL] : [message.split('\n', 1)[0], REBUILD];
    throw new EngineError(
      'tfjs-node',
      `the package ${name} must load, got "${why}" from importing it; ${cure}`,
      error,
    );
  }
}

async function checkProduct(tf: Tf): Promise<void> {
  try {
    await tf.ready();
    const product = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor2d([
          [5, 6],
          [7, 8],
        ]),
      ),
    );
    const got = Array.from(product.dataSync()).join(' ');
    product.dispose();
    if (tf.getBackend() !== 'tensorflow') throw new Error(`the backend is ${tf.getBackend()}`);
    if (got !== '19 22 43 50') throw new Error(`a product of two matrices is ${got}`);
  } catch (error) {
    throw new EngineError(
      'tfjs-node',
      `a small product must come out right, got "${(error as Error).message}"; ${REBUILD}`,
      error,
    );
  }
}
