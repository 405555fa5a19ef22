import test from 'ava';
import { columnFactors, singleCellVariation, variedCell, varyIsRandom } from '../../src/device/vary.ts';
import { IDEAL } from '../support/cell-laws.ts';

test('variedCell multiplies by the factor and the spread of the cell, never below 0', (t) => {
  const laws = { ...IDEAL, cellVariation: 0.25 };
  t.is(variedCell(8, 1, 2, laws, 1), 12);
  t.is(variedCell(8, 1.5, 2, laws, 0.5), 14);
  t.is(variedCell(8, 1, -9, laws, 1), 0);
  t.is(variedCell(8, 1, 3, IDEAL, 1), 8);
  t.true(varyIsRandom(laws, 1));
  t.false(varyIsRandom(laws, 0));
  t.false(varyIsRandom(IDEAL, 1));
});

test('columnFactors: one number a chip, one a column of each tile row and kind, with their spreads', (t) => {
  const columns = 20_000;
  const of = (seed: number, cell: string, strip: number, chip: number, column: number, noise = 1) =>
    columnFactors({ wafer: 0, chip, column, cell: 0 }, noise, seed, 'layer', cell, strip, columns);
  const alone = of(1, 'plus', 0, 0.1, 0)!;
  t.is(new Set(alone).size, 1);
  t.deepEqual(of(1, 'minus', 1, 0.1, 0), alone);
  t.notDeepEqual(of(2, 'plus', 0, 0.1, 0), alone);
  const spread = of(1, 'plus', 0, 0, 0.02)!;
  const std = Math.sqrt(spread.reduce((sum, f) => sum + (f - 1) ** 2, 0) / columns);
  // Standard error of a normal's std: std/sqrt(2 n).
  t.true(Math.abs(std - 0.02) < (5 * 0.02) / Math.sqrt(2 * columns), `${std}`);
  t.notDeepEqual(of(1, 'plus', 1, 0, 0.02), spread);
  t.notDeepEqual(of(1, 'minus', 0, 0, 0.02), spread);
  const twice = of(1, 'plus', 0, 0, 0.02, 2)!;
  t.true(twice.every((f, i) => Math.abs(f - 1 - 2 * (spread[i]! - 1)) < 1e-6));
  t.is(of(1, 'plus', 0, 0.1, 0.02, 0), null);
  t.is(of(1, 'plus', 0, 0, 0), null);
});

test('columnFactors: the factors of chips have the spread of chips', (t) => {
  const chips = 2000;
  const factors = Array.from(
    { length: chips },
    (_, seed) => columnFactors({ wafer: 0, chip: 0.03, column: 0, cell: 0 }, 1, seed, 'l', 'plus', 0, 1)![0]!,
  );
  const std = Math.sqrt(factors.reduce((sum, f) => sum + (f - 1) ** 2, 0) / chips);
  t.true(Math.abs(std - 0.03) < (5 * 0.03) / Math.sqrt(2 * chips), `${std}`);
});

test('columnFactors: places on a wafer are uniform over its area, the mean over chips is 1', (t) => {
  const chips = 2000;
  const variation = { wafer: -0.06, chip: 0, column: 0, cell: 0 };
  const factors = Array.from(
    { length: chips },
    (_, seed) => columnFactors(variation, 1, seed, 'l', 'plus', 0, 2)![1]!,
  );
  t.true(factors.every((f) => Math.abs(f - 1) <= 0.03));
  const mean = factors.reduce((sum, f) => sum + f, 0) / chips;
  const variance = factors.reduce((sum, f) => sum + (f - 1) ** 2, 0) / chips;
  // Of a uniform number of width w: variance w^2/12, its standard error w^2 sqrt((1/80 - 1/144)/n).
  t.true(Math.abs(mean - 1) < 5 * 0.06 * Math.sqrt(1 / 12 / chips), `${mean}`);
  t.true(Math.abs(variance / 0.06 ** 2 - 1 / 12) < 5 * Math.sqrt((1 / 80 - 1 / 144) / chips), `${variance}`);
  // All columns, rows of tiles and kinds of a chip stand at the same place, at any noise scale.
  t.deepEqual(columnFactors(variation, 1, 7, 'm', 'minus', 3, 2), Float32Array.of(factors[7]!, factors[7]!));
  t.true(Math.abs(columnFactors(variation, 2, 7, 'l', 'plus', 0, 1)![0]! - 1 - 2 * (factors[7]! - 1)) < 1e-6);
});

test('singleCellVariation adds the levels in quadrature', (t) => {
  t.true(Math.abs(singleCellVariation({ wafer: 0, chip: 0.02, column: 0.03, cell: 0.06 }) - 0.07) < 1e-15);
  t.true(
    Math.abs(singleCellVariation({ wafer: -0.12, chip: 0, column: 0, cell: 0.02 }) ** 2 - 0.0016) < 1e-15,
  );
});
