import test from 'ava';
import { conductionAt } from '../../src/device/conduction.ts';

const SINH = { form: 'sinh', ratio: 2.5 } as const;
const CUBIC = { form: 'cubic', share: -0.2 } as const;

test('conductionAt: odd, 0 at 0, 1 at the read voltage, rising', (t) => {
  for (const law of [SINH, CUBIC, { form: 'cubic', share: 3 } as const]) {
    t.is(conductionAt(law, 0), 0);
    t.true(Math.abs(conductionAt(law, 1) - 1) < 1e-15);
    let before = -1.1;
    for (let u = -1; u <= 1.0001; u += 0.01) {
      const at = conductionAt(law, u);
      t.is(conductionAt(law, -u), -at);
      t.true(at > before);
      before = at;
    }
  }
});

test('conductionAt: the sinh is the factor of voltage in I0 exp(-gap/g0) sinh(V/V0), whatever the gap', (t) => {
  const [i0, g0, v0, read] = [1e-3, 0.25, 0.25, 0.3];
  const current = (gap: number, volts: number) => i0 * Math.exp(-gap / g0) * Math.sinh(volts / v0);
  for (const gap of [0.2, 0.9, 1.7]) {
    const conductance = current(gap, read) / read;
    for (const volts of [-0.3, -0.1, 0.05, 0.2]) {
      const modelled = conductance * read * conductionAt({ form: 'sinh', ratio: read / v0 }, volts / read);
      t.true(Math.abs(modelled / current(gap, volts) - 1) < 1e-14);
    }
  }
});

test('conductionAt: the cubic is I = G0 (V - 0.25 V^3), with the conductance at the read voltage', (t) => {
  const read = 0.8;
  const current = (volts: number) => 7 * (volts - 0.25 * volts ** 3);
  const conductance = current(read) / read;
  for (const volts of [-0.7, 0.1, 0.5]) {
    const modelled =
      conductance * read * conductionAt({ form: 'cubic', share: -0.25 * read ** 2 }, volts / read);
    t.true(Math.abs(modelled - current(volts)) < 1e-14);
  }
});

test('conductionAt: beyond the read voltage as the voltage goes', (t) => {
  t.is(conductionAt(SINH, 1.25), 1.25);
  t.is(conductionAt(CUBIC, -3), -3);
});
