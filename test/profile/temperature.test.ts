import test from 'ava';
import { arrhenius } from '../../src/profile/build-temperature.ts';
import { cellLaws, firstAge } from '../../src/profile/cell-laws.ts';
import { checkProfileJson } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import { profileAt } from '../../src/profile/temperature.ts';
import { constantLaw, toyProfile } from '../support/toy.ts';

const TEMPERATURE = {
  reference: '300 K',
  from: '280 K',
  to: '85 degC',
  activationEnergy: '1 eV',
  source: 'none',
};
const DRIFT = { exponentMean: constantLaw(0.05, '1') };

test('arrhenius(Ea, T0, T) is exp(Ea/k (1/T0 - 1/T)), by hand', (t) => {
  // 1 eV/k = 11,604.51812 K; 1/300 - 1/358.15 = 5.412071e-4 /K; their product is 6.280448, its exponential 534.0278.
  t.true(Math.abs(arrhenius(1, 300, 358.15) - 534.0278) < 0.001, `${arrhenius(1, 300, 358.15)}`);
  t.is(arrhenius(1, 300, 300), 1);
  t.is(arrhenius(0, 300, 358.15), 1);
  t.true(Math.abs(arrhenius(1, 300, 280) * arrhenius(1, 280, 300) - 1) < 1e-12);
});

test('profileAt(profile, T) drifts by the accelerated time, and reads by the time itself', async (t) => {
  const expression = '0.01 * sqrt(ln(t + 20))';
  const readNoise = { std: { form: 'expression', expression, unit: '1' } };
  const profile = await toyProfile({ temperature: TEMPERATURE, drift: DRIFT, readNoise });
  const hot = await profileAt(profile, 358.15);
  const factor = arrhenius(1, 300, 358.15);
  const [cool, warm] = [cellLaws(profile, 3600), cellLaws(hot, 3600)];
  t.true(Math.abs(cool.driftLog - Math.log(3620 / 20)) < 1e-12);
  t.true(Math.abs(warm.driftLog - Math.log((3600 * factor + 20) / 20)) < 1e-12);
  t.deepEqual(warm.readStd, cool.readStd);
  t.is(cellLaws(hot, 0).driftLog, 0);
  t.is(hot.temperature?.presentKelvin, 358.15);
  t.deepEqual(cellLaws(await profileAt(profile, 300), 3600), cool);
  t.is(await profileAt(profile, null), profile);
  t.is(hot.sha256, profile.sha256);
});

test('profileAt(profile, T) gives T to formulas, in kelvin', async (t) => {
  const std = { form: 'expression', expression: '0.5 + (T - 300) / 100', unit: 'uS' };
  const { activationEnergy: _, ...plain } = TEMPERATURE;
  const profile = await toyProfile({ temperature: plain, writing: { std } });
  t.is(profile.writing?.std.at(0.5, 0), 0.5);
  t.is((await profileAt(profile, 350)).writing?.std.at(0.5, 0), 1);
  t.is(profile.temperature?.activationEnergyElectronvolt, null);
  t.is((await profileAt(profile, 350)).temperature?.acceleration, 1);
  const fact = profileFacts(profile).facts.find(({ name }) => name === 'temperature');
  t.is(fact?.value, '280 to 358.15 K, reference 300 K, time not accelerated (none)');
});

test('profileAt(profile, T) refuses what the source does not support', async (t) => {
  const profile = await toyProfile({ temperature: TEMPERATURE });
  const refused = async (kelvin: number, of = profile) =>
    (await t.throwsAsync(profileAt(of, kelvin)))?.message;
  t.is(
    await refused(400),
    '--temperature: must be within 280 to 358.15 K for toy, got 400 K; choose one within',
  );
  t.is(
    await refused(300, await toyProfile()),
    '--temperature: must be absent for toy, which does not model it, got 300 K; leave it out, or give the profile a "temperature" if your data support one',
  );
});

test('cellLaws(profile at T, t) refuses an age whose accelerated time is beyond the source', async (t) => {
  const validity = { from: '0 s', to: '1 d', source: 'none' };
  const profile = await toyProfile({ temperature: TEMPERATURE, drift: DRIFT, validity });
  const hot = await profileAt(profile, 358.15);
  t.notThrows(() => cellLaws(hot, 60));
  // 3600 s x 534.0278 = 1,922,500 s.
  t.is(
    t.throws(() => cellLaws(hot, 3600)).message,
    'toy: must be asked for an age of at most 1d at its reference temperature, got 1h at 358.15 K, which is 1923000 s at its reference temperature; choose an earlier age or a lower temperature',
  );
});

test('cellLaws(profile at T, t) refuses an age in the cold at which cells are younger than the source knows them', async (t) => {
  const validity = { from: '1 h', to: '1 y', source: 'none' };
  const cold = await profileAt(await toyProfile({ temperature: TEMPERATURE, drift: DRIFT, validity }), 280);
  // exp(1 eV/k (1/300 - 1/280)) = 0.0631: 3600 s at 300 K take 57,032 s at 280 K.
  t.true(Math.abs(firstAge(cold) / 57_032 - 1) < 1e-3, `${firstAge(cold)}`);
  t.notThrows(() => cellLaws(cold, firstAge(cold)));
  t.regex(
    t.throws(() => cellLaws(cold, 3600)).message,
    /^toy: must be asked for an age of at least 1h at its reference temperature, got 1h at 280 K, which is 227\.\d s at its reference temperature; choose an age from 570\S+s on or a higher temperature$/u,
  );
});

test('cellLaws(profile at T, t) stands still in a cold in which nothing ages, and says where no age will do', async (t) => {
  const temperature = { ...TEMPERATURE, from: '1 K' };
  const fresh = await profileAt(await toyProfile({ temperature, drift: DRIFT }), 1);
  t.is(firstAge(fresh), 0);
  t.is(cellLaws(fresh, 86_400).driftLog, 0);
  const validity = { from: '1 h', to: '1 y', source: 'none' };
  const old = await profileAt(await toyProfile({ temperature, drift: DRIFT, validity }), 1);
  t.is(
    t.throws(() => cellLaws(old, 86_400)).message,
    'toy: must be asked for an age of at least 1h at its reference temperature, got 1d at 1 K, which is 0 s at its reference temperature; choose a higher temperature',
  );
});

test('checkProfileJson tells wrong temperatures, and laws that fail within the range', async (t) => {
  const { source } = await toyProfile();
  const lines = async (sections: object) =>
    (await checkProfileJson({ ...source, ...sections }, 'toy')).faults.map(faultLine);
  t.deepEqual(await lines({ temperature: { ...TEMPERATURE, to: '250 K', activationEnergy: '1 K' } }), [
    '/temperature/to: must be at least "from" (280 K), got "250 K"; exchange or mend them',
    '/temperature/reference: must be within "from" and "to" (280 to 250 K), got "300 K"; widen them, or mend it',
    '/temperature/activationEnergy: must be an energy (eV or meV), got "1 K", a temperature; write it in one of those units',
  ]);
  const std = { form: 'expression', expression: '1 - (T - 300) / 50', unit: 'uS' };
  t.deepEqual(await lines({ temperature: TEMPERATURE, writing: { std } }), [
    '/writing/std/expression: must be a standard deviation, finite and at least 0, for x from 0 to 1, got -0.163 uS at x = 0, at T = 358.15 K; mend the law there, with max() or clamp() if need be',
  ]);
  const bowl = { form: 'expression', expression: '((T - 330)^2 - 100) / 1000', unit: 'uS' };
  const [within] = await lines({ temperature: TEMPERATURE, writing: { std: bowl } });
  t.regex(within ?? '', /\/writing\/std\/expression: must be a standard deviation.*, at T = 32\d\.\d+ K/u);
  const [unknown] = await lines({ writing: { std } });
  t.regex(unknown ?? '', /must use only the names x, t, got "T"/u);
});

test('checkProfileJson: an activation energy that lets time run away is refused', async (t) => {
  const { source } = await toyProfile();
  const temperature = { ...TEMPERATURE, activationEnergy: '4 eV' };
  const { profile, faults } = await checkProfileJson({ ...source, temperature }, 'p');
  t.is(profile?.name, 'toy');
  t.deepEqual(faults, []);
  const hot = await checkProfileJson({ ...source, temperature: { ...temperature, to: '600 K' } }, 'p');
  t.is(hot.profile, null);
  t.deepEqual(hot.faults.map(faultLine), [
    '/temperature/activationEnergy: must let time run at most 1000000000000000 times faster, got "4 eV" up to 600 K; check the units of both',
  ]);
});
