import { programWeights } from '../calibrate/ranges.ts';
import type { Bundle } from '../compile/bundle.ts';
import { withoutConverters } from '../compile/without-converters.ts';
import { BadFileError } from '../core/errors.ts';
import type { IdealCheck } from '../evaluate/run-record.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Engine } from '../runtime/engine.ts';
import { compareOutputs } from './ideal-check.ts';

/**
 * Runs each bundle's ideal chip (target conductances, exact converters) on the batch that it carries, and compares
 * with what the digital model said when the bundle was made.
 *
 * @returns The worst of the bundles, by error over bound.
 */
export async function checkIdeal(engine: Engine, bundles: readonly Bundle[]): Promise<IdealCheck> {
  let worst: IdealCheck = { passed: true, maxAbsoluteError: 0, bound: 1 };
  for (const { program, validation } of bundles) {
    const feeds: Record<string, Tensor> = {};
    let expected: Tensor | undefined;
    let output = '';
    for (const [name, tensor] of validation) {
      const own = /^model\.(.+)$/.exec(name)?.[1];
      if (own === 'logits' || own === 'pooled') [expected, output] = [tensor, own];
      else if (own !== undefined) feeds[own] = tensor;
    }
    if (expected === undefined) {
      throw new BadFileError(
        'validation.safetensors',
        'must hold "model.logits" or "model.pooled", got neither; compile again',
      );
    }
    const session = await engine.load(withoutConverters(program.graph), { threads: 1 });
    try {
      const results = await session.run({ ...feeds, ...programWeights(program) }, [output]);
      const check = compareOutputs(results[output]!, expected);
      const isWorse =
        Number.isNaN(check.maxAbsoluteError) ||
        check.maxAbsoluteError / check.bound > worst.maxAbsoluteError / worst.bound;
      if (isWorse) worst = check;
    } finally {
      await session.release();
    }
  }
  return worst;
}
