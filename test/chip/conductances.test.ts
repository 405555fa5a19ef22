import test from 'ava';
import { presentConductances } from '../../src/chip/conductances.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { targetsOf } from '../support/cells.ts';
import { oneLayer } from '../support/toy.ts';

test('presentConductances: every cell of every layer, not negative, reported layer by layer', async (t) => {
  const program = oneLayer(await loadProfile('pcm-nandakumar-2019'), 300, 40);
  let layers = 0;
  const cells = presentConductances(program, { chip: 1, seconds: 0, noise: 1 }, () => {
    layers += 1;
  });
  t.is(layers, 1);
  t.deepEqual([...cells.keys()], ['layer.plus', 'layer.minus']);
  const [plus, minus] = [cells.get('layer.plus')!, cells.get('layer.minus')!];
  t.deepEqual(plus.shape, [300, 40]);
  t.true((plus.data as Float32Array).every((g) => g >= 0));
  t.notDeepEqual(plus.data, minus.data);
});

test('presentConductances: ideal cells hold their targets, bit for bit', async (t) => {
  const program = oneLayer(await loadProfile('ideal'), 30, 40);
  const cells = presentConductances(program, { chip: 1, seconds: 3600, noise: 2 }, () => undefined);
  t.deepEqual(cells.get('layer.plus')!.data, targetsOf(program.layers[0]!, 'plus'));
  t.deepEqual(cells.get('layer.minus')!.data, targetsOf(program.layers[0]!, 'minus'));
});
