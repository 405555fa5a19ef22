import test from 'ava';
import { EngineError } from '../../src/core/errors.ts';
import { float32 } from '../../src/graph/graph.ts';
import { checkFinite, clipByNorm, joinParts } from '../../src/tune/gradients.ts';

const part = (loss: number, a: readonly number[], b: readonly number[]) => ({
  loss: float32([], [loss]),
  'gradient.a': float32([a.length], a),
  'gradient.b': float32([b.length], b),
});

test('joinParts: adds up losses and gradients; of one part they are its own', (t) => {
  const joined = joinParts([part(0.5, [1, 2], [3]), part(0.25, [10, 20], [30])], ['b', 'a']);
  t.is(joined.loss, 0.75);
  t.deepEqual(joined.gradients, [Float32Array.of(33), Float32Array.of(11, 22)]);
  const one = part(0.5, [1, 2], [3]);
  t.is(joinParts([one], ['a']).gradients[0], one['gradient.a'].data as Float32Array);
});

test('clipByNorm: scales by most / (norm + 1e-6) above the norm, as PyTorch does, and leaves the rest', (t) => {
  const gradients = [Float32Array.of(3, 0), Float32Array.of(-4)];
  const clipped = clipByNorm(gradients, 1);
  t.is(clipped.norm, 5);
  const factor = 1 / (5 + 1e-6);
  t.deepEqual(clipped.gradients, [Float32Array.of(3 * factor, 0), Float32Array.of(-4 * factor)]);
  t.is(clipByNorm(gradients, 6).gradients, gradients);
  t.is(clipByNorm([new Float32Array(2)], 1).norm, 0);
});

test('checkFinite: names the step and the tensor', (t) => {
  t.notThrows(() => checkFinite(1, ['a'], [Float32Array.of(1)]));
  t.throws(
    () => checkFinite(3, ['head.bias', 'x.beta'], [Float32Array.of(1), Float32Array.of(0, -Infinity)]),
    {
      instanceOf: EngineError,
      message:
        'training step 3: the gradient of "x.beta" must be a finite number, got -Infinity; start again with --force and a lower --lr, a longer --warmup or --clip-norm',
    },
  );
});
