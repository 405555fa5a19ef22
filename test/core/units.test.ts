import test from 'ava';
import { dimensionOf, readQuantity, toCanonical, unitsOf } from '../../src/core/units.ts';

test('readQuantity(source) gives canonical units: uS, s, V, K, plain numbers', (t) => {
  const cases: [unknown, string, number][] = [
    ['25 uS', 'conductance', 25],
    ['25uS', 'conductance', 25],
    ['25 \u00b5S', 'conductance', 25],
    ['25 \u03bcS', 'conductance', 25],
    ['0.5 mS', 'conductance', 500],
    ['1e-6 S', 'conductance', 1],
    [{ value: 25, unit: 'uS' }, 'conductance', 25],
    ['-1 uS', 'conductance', -1],
    ['250 ns', 'time', 250e-9],
    ['1 y', 'time', 31_536_000],
    ['1 d', 'time', 86_400],
    ['0.2 V', 'voltage', 0.2],
    ['85 degC', 'temperature', 358.15],
    ['300 K', 'temperature', 300],
    ['4 %', 'dimensionless', 0.04],
    ['0.65', 'dimensionless', 0.65],
    [0.65, 'dimensionless', 0.65],
    ['2 1', 'dimensionless', Number.NaN],
  ];
  for (const [source, dimension, value] of cases) {
    const quantity = readQuantity(source);
    if (Number.isNaN(value)) t.is(quantity, null);
    else t.deepEqual(quantity as unknown, { dimension, value }, String(source));
  }
});

test('readQuantity(source) is null for what is no finite number with a known unit', (t) => {
  const cases = [
    '',
    'uS',
    '25 ohms',
    '1e400 uS',
    '25 uS uS',
    'NaN uS',
    null,
    [],
    {},
    { value: '25', unit: 'uS' },
    true,
    Number.NaN,
  ];
  for (const source of cases) t.is(readQuantity(source), null, JSON.stringify(source));
});

test('toCanonical(value, unit) is exact where the decimal is: 250 ns is the double 2.5e-7', (t) => {
  t.is(toCanonical(250, 'ns'), 2.5e-7);
  t.is(toCanonical(3, 'nS'), 0.003);
  t.is(toCanonical(2.5, 'kohm'), 2500);
  t.is(toCanonical(1.5, 'Mohm'), 1.5e6);
  t.throws(() => toCanonical(1, 'ohms'), {
    message: 'toCanonical: the unit must be a known one, got "ohms"',
  });
});

test('unitsOf(dimension) and dimensionOf(unit) name each other', (t) => {
  t.is(unitsOf('conductance'), 'S, mS, uS, nS or pS');
  t.is(dimensionOf('\u00b5S'), 'conductance');
  t.is(dimensionOf('furlong'), null);
});
