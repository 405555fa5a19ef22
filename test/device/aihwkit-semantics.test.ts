import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../../src/core/paths.ts';
import { mean, std } from '../../src/core/statistics.ts';
import { aihwkitTile } from '../../src/device/aihwkit-semantics.ts';
import { cellStreams } from '../../src/device/cell-streams.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { endToEndByUs } from '../support/aihwkit-weights.ts';
import { IDEAL } from '../support/cell-laws.ts';

interface Statistics {
  readonly mean: readonly number[];
  readonly meanError: readonly number[];
  readonly std: readonly number[];
  readonly stdError: readonly number[];
}

interface Reference {
  readonly levels: readonly number[];
  readonly copies: number;
  readonly tiles: number;
  readonly read: readonly (Statistics & { readonly seconds: number })[];
}

const reference = JSON.parse(
  readFileSync(join(packageRoot(), 'test', 'fixtures', 'aihwkit-pcm.json'), 'utf8'),
) as Reference;

/** Their standard errors over tiles give that of ours. */
const TILES = 2;
const G_MAX = 25;

/** Each level with both signs, as in the fixture's tiles. */
const weights = reference.levels.flatMap((level) =>
  [level, -level].flatMap((weight) => Array.from({ length: reference.copies }, () => weight)),
);
const targetPlus = Float32Array.from(weights, (weight) => G_MAX * Math.max(weight, 0));
const targetMinus = Float32Array.from(weights, (weight) => G_MAX * Math.max(-weight, 0));
const elements = Uint32Array.from(weights.keys());

/** Mean and std of each level's weights in one tile, both signs folded together. */
function describe(differences: Float32Array): { mean: number; std: number }[] {
  const { levels, copies } = reference;
  return levels.map((_, level) => {
    const first = 2 * level * copies;
    const values = Array.from(differences.subarray(first, first + 2 * copies), (d, i) =>
      i < copies ? d / G_MAX : -d / G_MAX,
    );
    return { mean: mean(values), std: std(values)! };
  });
}

for (const theirs of reference.read) {
  test(`aihwkitTile: weights ${theirs.seconds} s old have the mean and std that aihwkit gives`, async (t) => {
    const laws = cellLaws(await loadProfile('pcm-nandakumar-2019'), theirs.seconds);
    const tiles = Array.from({ length: TILES }, (_, chip) =>
      describe(
        aihwkitTile({
          laws,
          noiseScale: 1,
          targetPlus,
          targetMinus,
          elements,
          plus: cellStreams(chip, 'tile', 'plus', theirs.seconds),
          minus: cellStreams(chip, 'tile', 'minus', theirs.seconds),
        }),
      ),
    );
    let worst = 0;
    reference.levels.forEach((level, i) => {
      for (const what of ['mean', 'std'] as const) {
        const values = tiles.map((tile) => tile[i]![what]);
        // Ours and theirs vary over tiles alike: the tile's largest cell is shared by all its weights.
        // 2e-6: laws are tabulated, and the fixture is rounded.
        const error = theirs[`${what}Error`][i]! * Math.sqrt(1 + reference.tiles / TILES);
        const off = Math.abs(mean(values) - theirs[what][i]!);
        worst = Math.max(worst, off / error);
        t.true(off < 5 * error + 2e-6, `${what} at ${level}: ${mean(values)}, aihwkit ${theirs[what][i]}`);
      }
    });
    t.log(`largest deviation: ${worst.toFixed(1)} standard errors`);
  });
}

test('aihwkitTile: written, aged and read weights of a tile err as those of aihwkit do, and so do its gains', async (t) => {
  for (const { what, seconds, mean: ours, theirs, off } of await endToEndByUs()) {
    t.log(`${what} at ${seconds ?? 'writing'}: ${ours.toPrecision(4)}, aihwkit ${theirs}`);
    t.true(off < 5, `${what} at ${seconds}: ${off} standard errors`);
  }
});

test('aihwkitTile: without errors each pair keeps its difference', (t) => {
  const job = {
    laws: IDEAL,
    noiseScale: 1,
    plus: cellStreams(1, 'a', 'plus', 0),
    minus: cellStreams(1, 'a', 'minus', 0),
  };
  const out = aihwkitTile({
    ...job,
    targetPlus: Float32Array.of(25, 5, 0),
    targetMinus: Float32Array.of(0, 0, 12.5),
    elements: [4, 5, 9],
  });
  t.deepEqual([...out], [25, 5, -12.5]);
  const nothing = new Float32Array(3);
  t.deepEqual(
    [...aihwkitTile({ ...job, targetPlus: nothing, targetMinus: nothing, elements: [0, 1, 2] })],
    [0, 0, 0],
  );
});

test('aihwkitTile: a pair has its draws by its element, whatever else the tile holds', async (t) => {
  const laws = cellLaws(await loadProfile('pcm-nandakumar-2019'), 3600);
  const tile = (from: number, to: number) =>
    aihwkitTile({
      laws: { ...laws, readStd: null },
      noiseScale: 1,
      targetPlus: Float32Array.from({ length: to - from }, (_, i) => from + i),
      targetMinus: new Float32Array(to - from),
      elements: Array.from({ length: to - from }, (_, i) => from + i),
      plus: cellStreams(3, 'b', 'plus', null),
      minus: cellStreams(3, 'b', 'minus', null),
    });
  const [whole, part] = [tile(0, 20), tile(5, 20)];
  // The largest cell is in both, so both are stretched alike.
  t.deepEqual([...part], [...whole.subarray(5)]);
});
