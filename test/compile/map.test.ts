import test from 'ava';
import { CompileError } from '../../src/compile/compile-error.ts';
import { mapWeights } from '../../src/compile/map.ts';
import { partition } from '../../src/compile/partition.ts';
import { targetsOf } from '../support/cells.ts';
import { spread } from '../support/operator-case.ts';

const DEVICE = { gMinMicrosiemens: 0, gMaxMicrosiemens: 25, levels: null };

/** One-sided pairs of continuous cells. */
const PAIRS = {
  kind: 'pair-one-sided',
  weightBits: null,
  slices: 1,
  inputSliceBits: null,
  clipShare: 1,
} as const;

/** Maps one matrix on tiles of 3 x 4 and takes the weights back: (gPlus - gMinus) x scale in float32. */
function there(weight: Float32Array, out: number, scale: 'tile' | 'column', device = DEVICE) {
  const strips = partition(weight.length / out, 3);
  const columns = partition(out, 4);
  const mapped = mapWeights('layer', weight, out, strips, columns, device, { ...PAIRS, scale });
  const [plus, minus] = [targetsOf(mapped, 'plus'), targetsOf(mapped, 'minus')];
  const back = new Float32Array(weight.length);
  strips.forEach(([from, to], strip) => {
    for (let at = from * out; at < to * out; at++) {
      back[at] = Math.fround(plus[at]! - minus[at]!) * mapped.scale[strip * out + (at % out)]!;
    }
  });
  return { ...mapped, plus, minus, back, strips, columns };
}

/** The distance of neighbouring float32 numbers at a value. */
function ulp(value: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -126)));
  return 2 ** (exponent - 23);
}

const MATRICES: readonly [string, Float32Array][] = [
  ['of size 1', spread(60, 1, -1, 1)],
  ['tiny', spread(60, 2, -1e-30, 1e-30)],
  ['too small for all digits of float32', spread(60, 3, -1e-41, 1e-41)],
  ['huge', spread(60, 4, -3e38, 3e38)],
  ['all negative', spread(60, 5, -2, -0.1)],
  ['all zero', new Float32Array(60)],
  ['of one weight', Float32Array.from({ length: 60 }, (_, i) => (i === 31 ? -0.7 : 0))],
  ['of all sizes', spread(60, 6, -1, 1).map((w, i) => w * 10 ** -(i % 12))],
];

for (const [name, weight] of MATRICES) {
  for (const rule of ['tile', 'column'] as const) {
    test(`mapWeights: weights ${name} come back within 1 ulp, a scale a ${rule}`, (t) => {
      const { plus, minus, back } = there(weight, 10, rule);
      const largest = weight.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      weight.forEach((w, i) => {
        if (!(Math.abs(back[i]! - w) <= Math.max(ulp(w), largest * 2 ** -140)))
          t.fail(`${w} comes back as ${back[i]}`);
        // One-sided: the cell that is not needed rests at gMin, and both lie in the range.
        if (Math.min(plus[i]!, minus[i]!) !== 0 || !(Math.max(plus[i]!, minus[i]!) <= 25))
          t.fail(`cells of ${w}`);
      });
      t.pass();
    });
  }
}

test('mapWeights: 200,000 random weights come back within 1 ulp', (t) => {
  const weight = spread(200_000, 7, -1, 1).map((w) => w ** 3);
  const { back } = there(weight, 400, 'tile');
  let worst = 0;
  weight.forEach((w, i) => {
    worst = Math.max(worst, Math.abs(back[i]! - w) / ulp(w));
  });
  t.log(`worst ${worst} ulp`);
  t.true(worst <= 1);
});

test('mapWeights: a tile has the scale of its largest weight, a column that of its own', (t) => {
  // One strip of 2 rows; columns 0..2 and 2..4 are tiles.
  const weight = Float32Array.from([1, -2, 0.5, 0, 0.5, 0.25, -0.25, 0]);
  const device = { gMinMicrosiemens: 0, gMaxMicrosiemens: 8, levels: null };
  const columns = partition(4, 2);
  const mapped = (scale: 'tile' | 'column') =>
    mapWeights('layer', weight, 4, [[0, 2]], columns, device, { ...PAIRS, scale });
  const scales = (scale: 'tile' | 'column') => [...mapped(scale).scale];
  t.deepEqual(scales('tile'), [0.25, 0.25, 0.0625, 0.0625]);
  t.deepEqual(scales('column'), [0.125, 0.25, 0.0625, 0]);
  t.deepEqual([...targetsOf(mapped('tile'), 'plus')], [4, 0, 8, 0, 2, 1, 0, 0]);
  t.deepEqual([...targetsOf(mapped('tile'), 'minus')], [0, 8, 0, 0, 0, 0, 4, 0]);
});

test('mapWeights: with gMin above 0 cells stay within the range and weights come back to its rounding', (t) => {
  const device = { gMinMicrosiemens: 5, gMaxMicrosiemens: 25, levels: null };
  const weight = spread(60, 8, -1, 1);
  const { plus, minus, back } = there(weight, 10, 'tile', device);
  weight.forEach((w, i) => {
    t.true(Math.min(plus[i]!, minus[i]!) === 5 && Math.max(plus[i]!, minus[i]!) <= 25);
    // Half an ulp of the conductance, 2^-20 uS at 16 to 25 uS, in weight units of at most 1/20 a uS; and its own rounding.
    t.true(Math.abs(back[i]! - w) <= 2 ** -20 / 20 + ulp(w), `${w} comes back as ${back[i]}`);
  });
});

test('mapWeights: refuses a weight that is no finite number', (t) => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const weight = Float32Array.from([1, 2, 3, bad]);
    t.throws(() => there(weight, 2, 'tile'), {
      instanceOf: CompileError,
      message: `layer "layer": weight [1, 1] must be a finite number, got ${bad}; repair the checkpoint`,
    });
  }
});
