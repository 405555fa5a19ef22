import type { Graph, Tensor } from '../graph/graph.ts';
import type { Engine, Feeds } from '../runtime/engine.ts';

/**
 * How far float rounding can take the ideal chip from the digital model, relative to the largest output: weights come
 * back within 1 ulp (2^-23) and sums are taken strip by strip; some tens of layers and norms amplify it. Any real
 * error (a transposed tile, a wrong scale, a lost strip) is thousands of times larger.
 */
const RELATIVE_BOUND = 1e-4;

export interface IdealCheckResult {
  readonly passed: boolean;
  readonly maxAbsoluteError: number;
  readonly bound: number;
  /** The batch and the digital model's answer to it, for whoever checks the bundle later. */
  readonly vectors: ReadonlyMap<string, Tensor>;
}

/** The ideal profile must be the identity: runs the digital model and its ideal chip on one batch. */
export async function idealCheck(
  engine: Engine,
  digital: Graph,
  program: Graph,
  weights: Feeds,
  batch: Readonly<Record<string, Tensor>>,
): Promise<IdealCheckResult> {
  const output = digital.outputs.find(({ name }) => name === 'logits' || name === 'pooled')!.name;
  const expected = await runOnce(engine, digital, batch, output);
  const vectors = new Map<string, Tensor>([[`model.${output}`, expected]]);
  for (const [name, tensor] of Object.entries(batch)) vectors.set(`model.${name}`, tensor);
  const actual = await runOnce(engine, program, { ...batch, ...weights }, output);
  return { ...compareOutputs(actual, expected), vectors };
}

export function compareOutputs(
  actual: Tensor,
  expected: Tensor,
): { passed: boolean; maxAbsoluteError: number; bound: number } {
  const [a, e] = [actual.data as Float32Array, expected.data as Float32Array];
  let maxAbsoluteError = 0;
  let largest = 0;
  for (let i = 0; i < e.length; i++) {
    const error = Math.abs(a[i]! - e[i]!);
    maxAbsoluteError = error > maxAbsoluteError || Number.isNaN(error) ? error : maxAbsoluteError;
    largest = Math.max(largest, Math.abs(e[i]!));
  }
  const bound = RELATIVE_BOUND * Math.max(largest, 1e-3);
  return { passed: maxAbsoluteError <= bound, maxAbsoluteError, bound };
}

async function runOnce(engine: Engine, graph: Graph, feeds: Feeds, output: string): Promise<Tensor> {
  // One thread: the answer is kept in the bundle, whose bytes must not depend on the number of cores.
  const session = await engine.load(graph, { threads: 1 });
  try {
    return (await session.run(feeds, [output]))[output]!;
  } finally {
    await session.release();
  }
}
