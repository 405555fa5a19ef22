import test from 'ava';
import type { Law } from '../../src/profile/law.ts';
import { lawByAges } from '../../src/profile/law-by-ages.ts';

const law = (at: Law['at']): Law => ({
  form: 'expression',
  dimension: 'conductance',
  dependsOnAge: false,
  ageSeconds: null,
  knots: null,
  text: '',
  at,
});
const laws = [law((x) => x), law((x) => 3 * x), law(() => 5)];

test('lawByAges(seconds, laws, t_c) is each law at its age, and linear in ln((t + t_c)/t_c) between', (t) => {
  const all = lawByAges([0, 99, 9999], laws, 1);
  t.is(all.at(2, 0), 2);
  t.is(all.at(2, 99), 6);
  t.is(all.at(2, 9999), 5);
  // ln(10)/ln(100) is half of the way.
  t.true(Math.abs(all.at(2, 9) - 4) < 1e-12);
  t.true(Math.abs(all.at(2, 999) - 5.5) < 1e-12);
  t.deepEqual(all.ageSeconds, [0, 99, 9999]);
  t.true(all.dependsOnAge);
});

test('lawByAges(seconds, laws, null) is linear in t between', (t) => {
  const all = lawByAges([0, 100, 200], laws, null);
  t.is(all.at(2, 50), 4);
  t.is(all.at(2, 150), 5.5);
});

test('lawByAges of one law does not depend on age', (t) => {
  const one = lawByAges([0], laws.slice(0, 1), 1);
  t.false(one.dependsOnAge);
  t.is(one.at(2, 0), 2);
});
