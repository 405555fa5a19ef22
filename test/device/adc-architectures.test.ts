import test from 'ava';
import { type AdcArchitecture, drawAdc } from '../../src/device/adc-architectures.ts';

const NONE = { comparatorStd: 0, gainDecibels: Infinity };
const SAR = { kind: 'sar', isSplit: false, capacitorStd: 0, ...NONE } as const;
const SPLIT = { ...SAR, isSplit: true } as const;
const RAMP = { kind: 'ramp', capacitorStd: 0, ...NONE } as const;
const PIPELINE = { kind: 'pipeline', firstCapacitorStd: 0, secondCapacitorStd: 0, ...NONE } as const;

/** Values even in -1..1, none on an edge between two codes. */
const VALUES = Array.from({ length: 1499 }, (_, i) => (2 * i + 1) / 1499 - 1 + 1e-6);

/** RMS error of one drawn ADC of 8 bits over values even in its range, in steps of 2/256. */
function rms(architecture: AdcArchitecture, seed: number): number {
  const adc = drawAdc(architecture, 8, [seed, 'test']);
  const squares = VALUES.reduce((sum, value) => sum + (adc(value) - value) ** 2, 0);
  return 128 * Math.sqrt(squares / VALUES.length);
}

test('drawAdc: without errors all architectures are the uniform one', (t) => {
  for (const bits of [2, 3, 7, 8]) {
    const uniform = drawAdc({ kind: 'uniform' }, bits, [1]);
    for (const architecture of [SAR, SPLIT, RAMP, PIPELINE]) {
      const adc = drawAdc(architecture, bits, [1]);
      const other = VALUES.find((value) => adc(value) !== uniform(value));
      t.is(other, undefined, `${architecture.kind}, ${bits} bits`);
    }
    t.is(uniform(-7), -1 + 1 / 2 ** bits);
    t.is(uniform(7), 1 - 1 / 2 ** bits);
  }
  // 1/sqrt(12) of a step.
  t.true(Math.abs(rms({ kind: 'uniform' }, 1) - 0.2887) < 0.001);
});

/*
 * RMS error in steps at 8 bits. In brackets what CrossSim v3.2.0 gave for three seeds. A comparator's offset adds 0.01 x
 * 128 steps; of 40 dB, A = 100, the split DAC (beta = 1) errs by 128/sqrt(3)/101.
 */
for (const [name, architecture, chips, low, high] of [
  ['SAR, comparator 0.01 (1.30 to 1.36)', { ...SAR, comparatorStd: 0.01 }, 100, 1.1, 1.5],
  ['ramp, comparator 0.01 (1.30 to 1.36)', { ...RAMP, comparatorStd: 0.01 }, 40, 1.0, 1.6],
  [
    'pipeline, capacitors 0.01 (0.49 to 0.51)',
    { ...PIPELINE, firstCapacitorStd: 0.01, secondCapacitorStd: 0.01 },
    100,
    0.45,
    0.55,
  ],
  ['split SAR, 40 dB (0.78)', { ...SPLIT, gainDecibels: 40 }, 1, 0.775, 0.79],
  ['pipeline, 40 dB (0.79)', { ...PIPELINE, gainDecibels: 40 }, 1, 0.78, 0.81],
  ['ramp, 40 dB (1.31)', { ...RAMP, gainDecibels: 40 }, 1, 1.29, 1.32],
] as const) {
  test(`drawAdc: rms error of ${name}, within ${low} to ${high} steps`, (t) => {
    const squares = Array.from({ length: chips }, (_, seed) => rms(architecture, seed) ** 2);
    const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / chips);
    t.true(error >= low && error <= high, `${error}`);
  });
}

// One DAC has one draw of its capacitors, so a seed says little: CrossSim's three lie well within the spread of ours.
for (const [name, architecture, chips, low, high] of [
  ['SAR', { ...SAR, capacitorStd: 0.1 }, 100, 0.6, 1.4],
  ['split SAR', { ...SPLIT, capacitorStd: 0.1 }, 100, 0.96, 1.18],
  ['ramp', { ...RAMP, capacitorStd: 0.1 }, 40, 0.48, 0.87],
] as const) {
  test(`drawAdc: rms errors of ${name} with capacitors of 0.1 take in ${low} to ${high} steps`, (t) => {
    const errors = Array.from({ length: chips }, (_, seed) => rms(architecture, seed)).sort((a, b) => a - b);
    const at = (share: number) => errors[Math.floor(share * chips)]!;
    t.true(at(0.05) < low && at(0.95) > high, `${at(0.05)} to ${at(0.95)}`);
    t.true(at(0.5) > 0.5 * low && at(0.5) < 2 * high, `${at(0.5)}`);
  });
}

test('drawAdc: errors stay with the ADC; a ramp shares its DAC between columns, not their comparators', (t) => {
  const ramp = { ...RAMP, capacitorStd: 0.2, comparatorStd: 0.02 };
  const codes = (...of: Parameters<typeof drawAdc>) => VALUES.map(drawAdc(...of));
  t.deepEqual(codes(ramp, 6, [3, 'a']), codes(ramp, 6, [3, 'a']));
  t.notDeepEqual(codes(ramp, 6, [3, 'a']), codes(ramp, 6, [4, 'a']));
  t.notDeepEqual(codes(ramp, 6, [3, 'a']), codes(ramp, 6, [3, 'a'], [3, 'a', 'column 1']));
  const still = { ...ramp, comparatorStd: 0 };
  t.deepEqual(codes(still, 6, [3, 'a']), codes(still, 6, [3, 'a'], [3, 'a', 'column 1']));
});

test('drawAdc: a comparator\u2019s offset shifts all thresholds, as offsetStd of a profile does', (t) => {
  const shifted = drawAdc({ ...SAR, comparatorStd: 0.05 }, 8, [5]);
  const exact = drawAdc(SAR, 8, [5]);
  const inner = VALUES.filter((value) => Math.abs(value) < 0.8);
  const mean = inner.reduce((sum, value) => sum + shifted(value) - exact(value), 0) / inner.length;
  t.true(Math.abs(mean) > 1e-3);
  t.true(inner.every((value) => Math.abs(shifted(value) - exact(value + mean)) < 2.01 / 128));
});

test('drawAdc refuses a number of bits that no ADC has', (t) => {
  t.throws(() => drawAdc(RAMP, 1, [1]), {
    instanceOf: RangeError,
    message: 'drawAdc: bits must be an integer from 2 to 16, got 1; choose another',
  });
});
