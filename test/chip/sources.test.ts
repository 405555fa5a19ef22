import test from 'ava';
import { hasConverters, hasWires, lawsOf, parseSource, SOURCES } from '../../src/chip/sources.ts';
import { createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { targetWeights } from '../../src/compile/program.ts';
import { UsageError } from '../../src/core/errors.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { oneLayer } from '../support/toy.ts';

const DAY = 86_400;

test('lawsOf: leaves one source on', async (t) => {
  const laws = cellLaws(await loadProfile('pcm-nandakumar-2019'), DAY);
  const left = (source: (typeof SOURCES)[number]) => {
    const { writeStd, driftExponentMean, driftExponentStd, readStd } = lawsOf(source, laws);
    return [writeStd, driftExponentMean, driftExponentStd, readStd].map((table) => table !== null);
  };
  t.deepEqual(left('all'), [true, true, true, true]);
  t.deepEqual(left('writing'), [true, false, false, false]);
  t.deepEqual(left('drift'), [false, true, true, false]);
  t.deepEqual(left('read'), [false, false, false, true]);
  t.deepEqual(left('converters'), [false, false, false, false]);
  t.deepEqual(left('wires'), [false, false, false, false]);
  t.deepEqual(SOURCES.filter(hasConverters), ['all', 'converters']);
  t.deepEqual(SOURCES.filter(hasWires), ['all', 'wires']);
});

test('createChipWriter: converters alone leave the weights at their targets; variances of the others add up', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 200, 100);
  const layer = program.layers[0]!;
  const target = targetWeights(layer, 0);
  const writer = createChipWriter(program);
  const off = (source: (typeof SOURCES)[number]): number => {
    const state = { chip: 1, seconds: 0, noise: 1, read: 0, source, compensate: 'none' } as const;
    const weights = writer.weights(state)[stripInput('layer', 0)]!.data as Float32Array;
    return weights.reduce((sum, w, i) => sum + (w - target[i]!) ** 2, 0);
  };
  t.is(off('converters'), 0);
  // Nothing has drifted at 0 s.
  t.is(off('drift'), 0);
  const [all, writing, read] = [off('all'), off('writing'), off('read')];
  t.true(writing > 0 && read > 0);
  // Draws of writing and read are independent: the sum of 20,000 products has std sqrt(20,000) of a product's, and the
  // cut-off of low cells at 0 and the change of read noise with the present conductance shift it by some percent.
  t.true(Math.abs(all / (writing + read) - 1) < 0.1, `${all}, ${writing} + ${read}`);
});

test('parseSource: refuses another word', (t) => {
  t.is(parseSource('drift'), 'drift');
  t.throws(() => parseSource('heat'), {
    instanceOf: UsageError,
    message:
      '--ablate: must be of writing, variation, faults, drift, read, wires, conduction, converters, got "heat"; choose among them',
  });
});
