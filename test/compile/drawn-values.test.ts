import test from 'ava';
import { CompileError } from '../../src/compile/compile-error.ts';
import { drawnValues } from '../../src/compile/drawn-values.ts';
import { withLiveReads } from '../../src/compile/live-reads.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

test('drawnValues: one for each strip; others than values of examples and tokens are refused', async (t) => {
  const profile = await toyProfile();
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, defaultOptions(profile), null);
  t.deepEqual(drawnValues(program.graph), []);
  const live = withLiveReads(program.graph, program.layers);
  const widths = { first: 7, second: 4 };
  t.deepEqual(
    drawnValues(live),
    (['first.0', 'first.1', 'second.0', 'second.1', 'second.2'] as const).map((place) => {
      const [layer, strip] = place.split('.') as ['first' | 'second', string];
      const input = `${layer}.product.${strip}.readDraw`;
      return { input, width: widths[layer], overTokens: false, parts: null };
    }),
  );
  const shaped = (shape: readonly (string | number)[]) => ({
    ...live,
    inputs: live.inputs.map((input) =>
      input.name === 'first.product.0.readDraw' ? { ...input, shape } : input,
    ),
  });
  t.true(drawnValues(shaped(['B', 'T', 7]))[0]!.overTokens);
  const stacked = drawnValues(shaped([6, 'B', 'T', 7]))[0]!;
  t.deepEqual([stacked.parts, stacked.overTokens], [6, true]);
  t.throws(() => drawnValues(shaped(['B', 'T', 'H', 7])), {
    instanceOf: CompileError,
    message:
      'value "first.product.0": must be of shape [B, columns] or [B, T, columns] for noise that is new at each product, got [B, T, H, 7]; use --read frozen and converters without noise',
  });
});
