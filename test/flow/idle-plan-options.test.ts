import test from 'ava';
import { idlePlanOptions } from '../../src/flow/idle-plan-options.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyProfile } from '../support/toy.ts';
import { toyBundle } from '../support/toy-bundle.ts';

const PLAIN = { compensate: 'none', read: 'frozen', reads: 1 } as const;

test('idlePlanOptions: a line on each option that is without effect on all bundles, none on others', async (t) => {
  const { program } = await toyBundle(await temporaryFolder(t), 'toy');
  const exact = { ...program.options.dac, bits: null };
  const ideal = { ...program, options: { ...program.options, dac: exact, adc: exact } };
  const asked = {
    ablate: ['all', 'writing', 'wires', 'converters'],
    compensate: 'global',
    read: 'live',
    reads: 2,
  } as const;
  const lines = [
    '--ablate writing: without effect, as no bundle has it; these chips have no error at all',
    '--ablate wires: without effect, as no bundle has it; these chips have no error at all',
    '--ablate converters: without effect, as no bundle has it; these chips have no error at all',
    "--compensate global: without effect, as no bundle's cells drift",
    "--read live: without effect, as no bundle's profile has read noise",
    '--reads: without effect, as no read of a chip differs from another',
  ];
  t.deepEqual(idlePlanOptions(asked, [ideal]), lines);
  t.deepEqual(idlePlanOptions(PLAIN, [ideal]), []);
  // The toy's converters have bits, and thermal noise is new at each read.
  const adc = { bits: 8, noiseStd: 0.5 };
  const noisy = { ...program, profile: await toyProfile({ converters: { dac: { bits: 8 }, adc } }) };
  t.deepEqual(idlePlanOptions(asked, [ideal, noisy]), [...lines.slice(0, 2), ...lines.slice(3, 5)]);
});
