import test from 'ava';
import { layerWeightErrors } from '../../src/chip/weight-error.ts';
import type { MappingOptions } from '../../src/compile/cells.ts';
import {
  FIVE,
  M,
  MAPPING_CASES,
  mappedErrors,
  mappedProgram,
  mappedStd,
  N,
  ratio,
  SIZE,
  spread,
  WEIGHTS,
} from '../support/mapping-noise.ts';
import { mapping } from '../support/mappings.ts';

for (const one of MAPPING_CASES) {
  const { name, gMin, noise, std, closedForm, leftOut = 0, crossSim } = one;
  const cells = `${noise} spread${std === undefined ? '' : ' of uniform errors'}, gMin ${gMin} of gMax`;
  const also = crossSim === null ? '' : ", and CrossSim's";
  test(`createChipWriter: ${name}, ${cells}: the std of weights is the closed form's${also}`, async (t) => {
    const found = await mappedStd(one);
    t.log(`${found.toFixed(5)}, closed form ${closedForm.toFixed(5)}, CrossSim ${crossSim ?? 'none'}`);
    t.true(Math.abs(found / closedForm - 1) < FIVE + leftOut, `${found} ${closedForm}`);
    // Their matrix is another: proportional spreads, and what is cut off at 0, differ a little.
    if (crossSim !== null) t.true(Math.abs(found / crossSim - 1) < FIVE + 0.005, `${found} ${crossSim}`);
  });
}

test('createChipWriter: a proportional spread without gMin leaves weights of 0 exact in one-sided pairs, not with an offset', async (t) => {
  const nearZero = async (some: Partial<MappingOptions>) => {
    const compiled = await mappedProgram(mapping(some), 0, 'proportional');
    const errors = mappedErrors(compiled).filter((_, i) => Math.abs(WEIGHTS[i]!) < 0.05);
    return spread(errors);
  };
  const [pairs, offset] = [await nearZero({}), await nearZero({ kind: 'offset' })];
  t.log(
    `${pairs.toFixed(5)}; with an offset ${offset.toFixed(5)}; CrossSim of weights near 0: 0.00056 and 0.0200`,
  );
  // |w| < 0.05 has the rms 0.05/sqrt(3), of which the spread is 2 %; with an offset the cell is at half of gMax, a weight being
  // twice its conductance. 3.2 % of the weights are left.
  const few = FIVE / Math.sqrt(0.032);
  t.true(Math.abs(pairs / ((M * 0.05) / Math.sqrt(3)) - 1) < few);
  t.true(Math.abs(offset / M - 1) < few);
});

test('createChipWriter: the error of a unit column is shared by the weights of a row, that of the others is not', async (t) => {
  const correlation = async (some: Partial<MappingOptions>) => {
    const errors = mappedErrors(await mappedProgram(mapping(some), ratio, 'independent'));
    let [product, square] = [0, 0];
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column + 1 < SIZE; column += 2) {
        const [a, b] = [errors[row * SIZE + column]!, errors[row * SIZE + column + 1]!];
        product += a * b;
        square += (a * a + b * b) / 2;
      }
    }
    return product / square;
  };
  // Rows are independent: 256 shared draws. Half of the variance is shared: its estimate has the relative spread sqrt(2/256).
  t.true(Math.abs((await correlation({ kind: 'offset-unit-column' })) - 0.5) < 5 * 0.5 * Math.sqrt(2 / SIZE));
  t.true(Math.abs(await correlation({ kind: 'offset' })) < 5 / Math.sqrt(N / 2));
});

test('layerWeightErrors: the target std of each mapping is its closed form over the rms of the weights', async (t) => {
  for (const { name, how, gMin, noise, std, closedForm } of MAPPING_CASES) {
    if (gMin === 0) continue;
    const compiled = await mappedProgram(mapping(how), gMin, noise, std);
    const error = layerWeightErrors(compiled, { seconds: 0, noise: 1, compensate: 'none' }).layer!;
    // Unit columns: the shared half of the variance has 256 draws in each of 4 chips.
    const few = how.kind === 'offset-unit-column' ? 2.5 / Math.sqrt(2 * 4 * SIZE) : 0;
    // Rounding to 8 bits changes the rms of the weights by less than 0.1 %.
    t.true(Math.abs(error / (closedForm * Math.SQRT2) - 1) < FIVE / 2 + few + 0.001, `${name}: ${error}`);
  }
});
