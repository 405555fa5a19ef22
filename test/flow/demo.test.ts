import test from 'ava';
import { agesWithin } from '../../src/flow/demo.ts';
import { loadProfile } from '../../src/profile/load.ts';

const DAY = 86_400;
const AGES = [0, 3600, DAY, 365 * DAY];

test('agesWithin(profile, ages) keeps the ages that a profile supports, and its last one where they stop short of it', async (t) => {
  const within = async (name: string) => agesWithin(await loadProfile(name), AGES);
  t.deepEqual(await within('pcm-nandakumar-2019'), AGES);
  t.deepEqual(await within('generic-gaussian'), AGES);
  t.deepEqual(await within('reram-wan-2022'), [0, 3600, DAY, 2 * DAY]);
});
