import test from 'ava';
import { writeTile } from '../../src/chip/write-tile.ts';
import { UsageError } from '../../src/core/errors.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { toyProfile } from '../support/toy.ts';

const [ROWS, COLUMNS] = [40, 24];
const weight = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 0.7548776662) % 2) - 1);

function rms(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);
}

test('writeTile: on the ideal profile cells are their targets and the weights come back within 1 ulp', async (t) => {
  const tile = { rows: 16, columns: 16 };
  const { targets, cells, read, layer } = writeTile({
    profile: await loadProfile('ideal'),
    ...{ weight, rows: ROWS, columns: COLUMNS, seed: 1, tile },
  });
  t.deepEqual([...targets.keys()], ['plus', 'minus']);
  t.deepEqual(cells.get('plus'), targets.get('plus'));
  t.deepEqual([layer.strips.length, layer.columns.length], [3, 2]);
  const back = read();
  t.true(weight.every((w, i) => Math.abs(w - back[i]!) <= 2 ** -23 * Math.abs(w)));
});

test('writeTile: a seed is a chip, a read is a read of it', async (t) => {
  const job = { profile: await loadProfile('pcm-nandakumar-2019'), weight, rows: ROWS, columns: COLUMNS };
  const chip = writeTile({ ...job, seed: 0, seconds: 3600 });
  t.deepEqual(chip.read(1), writeTile({ ...job, seed: 0, seconds: 3600 }).read(1));
  t.notDeepEqual(chip.read(1), chip.read(0));
  t.notDeepEqual(chip.cells.get('plus'), writeTile({ ...job, seed: 1, seconds: 3600 }).cells.get('plus'));
});

test('writeTile: aihwkit semantics write the same differences and read them with more noise', async (t) => {
  const job = {
    profile: await loadProfile('pcm-nandakumar-2019'),
    weight,
    rows: ROWS,
    columns: COLUMNS,
    seed: 5,
  };
  const [physical, aihwkit] = [writeTile(job), writeTile({ ...job, semantics: 'aihwkit' })];
  const of = ({ cells }: typeof aihwkit, i: number) =>
    [cells.get('plus')![i]!, cells.get('minus')![i]!] as const;
  weight.forEach((_, i) => {
    const [[plus, minus], [theirPlus, theirMinus]] = [of(physical, i), of(aihwkit, i)];
    t.true(Math.abs(plus - minus - (theirPlus - theirMinus)) < 1e-5);
    t.is(Math.min(theirPlus, theirMinus), 0);
  });
  // Freshly written, the two read the same cells with the same normals: what differs is the size of the noise alone.
  const between = rms(physical.read(), aihwkit.read());
  t.true(between > 0 && between < 0.2 * rms(physical.read(), weight), String(between));
});

test('writeTile: what cannot be written is refused with its cure', async (t) => {
  const profile = await loadProfile('reram-wan-2022');
  const job = { profile, weight, rows: ROWS, columns: COLUMNS, seed: 1 };
  t.is(
    t.throws(() => writeTile({ ...job, rows: 41 }), { instanceOf: UsageError }).message,
    'writeTile: weight must hold rows x columns numbers, got 41 x 24 and 960 weights; mend the sizes',
  );
  t.is(
    t.throws(() => writeTile({ ...job, seconds: 259_200 }), { instanceOf: UsageError }).message,
    'reram-wan-2022: must be asked for an age from 0s to 2d, got 3d; choose one within, or widen "validity" in a copy of the profile if your data support it',
  );
});

test('writeTile: reads come through the wires; aihwkit has none', async (t) => {
  const profile = await toyProfile({ wires: { rowTerminal: '2 kohm' } });
  const job = { profile, weight, rows: ROWS, columns: COLUMNS, seed: 1 };
  const read = writeTile(job).read();
  // 2 kohm before 4 cells of at most 40 kohm each.
  const off = rms(read, weight) / rms(weight, new Float32Array(weight.length));
  t.true(off > 0.03 && off < 0.2, `${off}`);
  t.throws(() => writeTile({ ...job, semantics: 'aihwkit' }), {
    instanceOf: UsageError,
    message:
      'semantics of writeTile: must be physical where the profile has wires, got aihwkit with the wires of toy; leave "wires" out of it',
  });
});
