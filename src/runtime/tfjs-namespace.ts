/**
 * The tfjs namespace that the interpreter works with: `@tensorflow/tfjs-node` in the product, `@tensorflow/tfjs` with
 * its cpu or wasm backend in the tests. Types only: this file imports nothing when it runs.
 */
import type * as tfjs from '@tensorflow/tfjs';

export type Tf = typeof tfjs;
export type TfTensor = tfjs.Tensor;
