import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../src/core/paths.ts';
import { step, trained } from '../../src/tune/optimizer.ts';

/** Reference values that test/fixtures/adamw.py made with PyTorch, in float64. */
interface Vectors {
  readonly cases: readonly {
    readonly name: string;
    readonly lr: number;
    readonly weightDecay: number;
    readonly start: readonly number[];
    /** Of each update. */
    readonly gradients: readonly (readonly number[])[];
    /** After each update. */
    readonly values: readonly (readonly number[])[];
  }[];
}

const { cases } = JSON.parse(
  readFileSync(join(packageRoot(), 'test/fixtures/adamw.json'), 'utf8'),
) as Vectors;

for (const { name, lr, weightDecay, start, gradients, values } of cases) {
  test(`step: AdamW moves as PyTorch's does: ${name}`, (t) => {
    const tensor = trained('a', Float32Array.from(start));
    gradients.forEach((gradient, index) => {
      step(tensor, Float32Array.from(gradient), lr, index + 1, { kind: 'adamw', weightDecay });
      // Value and moments are rounded to float32 at each update: by 2^-24 of the value, and by a few 2^-24 of the rate.
      const bound = (value: number) => (index + 1) * 2 ** -24 * (Math.abs(value) + 4 * lr);
      values[index]!.forEach((wanted, i) => {
        const off = Math.abs(tensor.value[i]! - wanted);
        t.true(off <= bound(wanted), `update ${index + 1}, number ${i}: off by ${off}`);
      });
    });
  });
}

test('step: learned spreads do not decay, what decays is drawn to 0', (t) => {
  for (const kind of ['sgd', 'adamw'] as const) {
    const moved = (name: string) => {
      const tensor = trained(name, Float32Array.of(-2));
      step(tensor, Float32Array.of(0), 0.1, 1, { kind, weightDecay: 0.5 });
      return tensor.value[0];
    };
    t.is(moved('block.first.logStd'), -2);
    t.is(moved('block.first.logGamma'), Math.fround(-2 * 0.95));
  }
});

test('step: sgd at rate 1 moves by exactly minus the gradient', (t) => {
  const tensor = trained('a', Float32Array.of(0.1, -2, 1e-3, 0));
  const gradient = Float32Array.of(0.25, 1e-7, -3.5, 0);
  const wanted = tensor.value.map((value, i) => Math.fround(value - gradient[i]!));
  step(tensor, gradient, 1, 1, { kind: 'sgd', weightDecay: 0 });
  t.deepEqual(tensor.value, wanted);
});

test('step: sgd with weight decay, by hand: v (1 - rate x decay) - rate x g', (t) => {
  const tensor = trained('a', Float32Array.of(4, -2));
  step(tensor, Float32Array.of(1, 0), 0.5, 1, { kind: 'sgd', weightDecay: 0.25 });
  t.deepEqual(tensor.value, Float32Array.of(4 * 0.875 - 0.5, -2 * 0.875));
});

test('step: AdamW without a gradient leaves a tensor where it is', (t) => {
  const tensor = trained('a', Float32Array.of(4, -2));
  step(tensor, new Float32Array(2), 0.1, 1, { kind: 'adamw', weightDecay: 0 });
  t.deepEqual(tensor.value, Float32Array.of(4, -2));
});
