import test from 'ava';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { sliceCost } from '../../src/flow/slice-cost.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { someRanges, TOY_LAYERS, toyGraph } from '../support/toy.ts';

async function toy(name: string) {
  const profile = await loadProfile(name);
  const options = defaultOptions(profile);
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  return compileProgram(toyGraph(), TOY_LAYERS, profile, options, someRanges(exact), exact);
}

test('sliceCost: says how many products stand for one, where they are many', async (t) => {
  t.is(
    sliceCost('a', await toy('isaac')),
    '"a" multiplies 15 slices of its inputs by 8 of its weights one by one: 120 times the products of the digital model; --limit takes fewer examples',
  );
  t.is(sliceCost('a', await toy('prime')), null);
  t.is(sliceCost('a', await toy('pcm-nandakumar-2019')), null);
});

test('compileProgram: takes the cells of a program before over, and is the program that maps them anew', async (t) => {
  const profile = await loadProfile('prime');
  const options = defaultOptions(profile);
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  const ranges = someRanges(exact);
  const anew = compileProgram(toyGraph(), TOY_LAYERS, profile, options, ranges);
  const over = compileProgram(toyGraph(), TOY_LAYERS, profile, options, ranges, exact);
  t.deepEqual(over, anew);
  t.is(over.layers[0]!.cells, exact.layers[0]!.cells);
});
