import { type Bundle, readBundle } from '../compile/bundle.ts';
import { sliceCount } from '../compile/cells.ts';
import { sliceInputs } from '../compile/lower.ts';
import { sliceWeights, targetWeights } from '../compile/program.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import { checkGraph } from '../graph/check.ts';
import { openEngine } from '../runtime/open.ts';
import { checkIdeal } from './check-ideal.ts';

export interface VerifyResult {
  readonly bundle: string;
  readonly accepted: boolean;
  /** What was looked at, and what was wrong. */
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  readonly lines: readonly string[];
}

/** Checks a bundle against itself: hashes and shapes, the graph, the validation vectors, and the ideal chip as a whole. */
export async function verify(job: {
  readonly bundle: string;
  readonly progress: Progress;
}): Promise<VerifyResult> {
  const checks: { name: string; passed: boolean; detail: string }[] = [];
  const attempt = async <T>(
    name: string,
    act: () => Promise<{ detail: string; value: T }>,
  ): Promise<T | undefined> => {
    job.progress.stage(name);
    try {
      const { detail, value } = await act();
      checks.push({ name, passed: true, detail });
      return value;
    } catch (error) {
      // Only what holdfast says of the bundle is a verdict on it; a missing bundle is wrong usage.
      if (!(error instanceof HoldfastError) || error.code !== 'bad-file') throw error;
      checks.push({ name, passed: false, detail: error.message });
      return undefined;
    }
  };
  const bundle = await attempt('hashes and shapes', async () => {
    const value = await readBundle(job.bundle);
    return { detail: `${Object.keys(value.manifest.files).length} files as the manifest says`, value };
  });
  if (bundle !== undefined) {
    const { program } = bundle;
    await attempt('graph', async () => {
      checkGraph(program.graph);
      checkStripInputs(bundle);
      return { detail: `${program.graph.nodes.length} nodes`, value: null };
    });
    await attempt('validation vectors', async () => ({ detail: checkVectors(bundle), value: null }));
    await attempt('ideal chip equals the digital model', async () => {
      const { passed, maxAbsoluteError, bound } = await checkIdeal(await openEngine('onnxruntime'), [bundle]);
      const detail = `largest difference ${maxAbsoluteError.toExponential(1)}, bound ${bound.toExponential(1)}`;
      if (!passed)
        throw new HoldfastError(
          'bad-file',
          job.bundle,
          `must be within the bound, got ${detail}; compile again`,
        );
      return { detail, value: null };
    });
  }
  const accepted = checks.every((check) => check.passed);
  return {
    bundle: job.bundle,
    accepted,
    checks,
    lines: [
      ...checks.map(({ name, passed, detail }) => `${passed ? 'ok  ' : 'NO  '}${name}: ${detail}`),
      accepted ? 'accepted' : 'rejected',
    ],
  };
}

function checkStripInputs({ program }: Bundle): void {
  const inputs = new Map(program.graph.inputs.map((input) => [input.name, input]));
  for (const layer of program.layers) {
    layer.strips.forEach(([from, to], strip) => {
      const want = [to - from, layer.out].join(', ');
      for (const name of sliceInputs(layer.name, strip, sliceCount(layer.cells))) {
        const got = inputs.get(name)?.shape.join(', ');
        if (got === want) continue;
        throw new HoldfastError(
          'bad-file',
          'program.onnx',
          `input "${name}" must be [${want}], got ${got === undefined ? 'none' : `[${got}]`}; compile again`,
        );
      }
    });
  }
}

/** The targets must give the validation outputs to float rounding. */
function checkVectors({ program, validation }: Bundle): string {
  let worst = 0;
  for (const layer of program.layers) {
    layer.strips.forEach(([from, to], strip) => {
      const input = validation.get(`${layer.name}.${strip}.input`)?.data;
      const output = validation.get(`${layer.name}.${strip}.output`)?.data;
      if (input?.length !== to - from || output?.length !== layer.out) {
        throw new HoldfastError(
          'bad-file',
          'validation.safetensors',
          `vectors of "${layer.name}" strip ${strip} must have ${to - from} inputs and ${layer.out} outputs, got ${input?.length} and ${output?.length}; compile again`,
        );
      }
      const weights = targetWeights(layer, strip);
      const slices = sliceWeights(layer, strip);
      for (let column = 0; column < layer.out; column++) {
        let sum = 0;
        let size = 0;
        const zero = Math.abs(layer.zero?.[strip * layer.out + column] ?? 0);
        for (let row = 0; row < to - from; row++) {
          const at = row * layer.out + column;
          const x = Number(input[row]!);
          sum += x * weights[at]!;
          size += Math.abs(x) * slices.reduce((total, slice) => total + Math.abs(slice[at]!), zero);
        }
        // Each weight, and each slice of it, is within 1 ulp (2^-23) of what the output was computed from.
        const off = Math.abs(sum - Number(output[column]!)) / Math.max(size, Number.MIN_VALUE);
        worst = Math.max(worst, off);
        if (!(off <= 2 ** -22)) {
          throw new HoldfastError(
            'bad-file',
            'validation.safetensors',
            `output ${column} of "${layer.name}" strip ${strip} must be ${sum}, as the targets give it, got ${output[column]}; compile again`,
          );
        }
      }
    });
  }
  return `every strip gives its vector, to ${worst.toExponential(1)} of the summed terms`;
}
