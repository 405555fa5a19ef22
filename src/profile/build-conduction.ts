import type { Dimension } from '../core/units.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { Conduction, ConductionLaw, Converter, ProfileWires } from './profile.ts';
import type { Conduction as ConductionJson } from './schema.generated.ts';

/** Beyond this ratio of read voltage to V0 next to nothing flows below the read voltage, and float32 would lose it. */
const MOST_RATIO = 20;

/** A cubic law rises up to the read voltage where 1 + 3 a > 0. */
const LEAST_SHARE = -1 / 3;

/**
 * Reads the section of the current-voltage law. Findings go into the list.
 * @returns Null where it is absent or has a fault.
 */
export function buildConduction(
  root: unknown,
  read: (pointer: string, dimension: Dimension, otherwise: number) => number,
  sound: (pointer: string) => boolean,
  beside: { readonly dac: Pick<Converter, 'bits'>; readonly wires: ProfileWires | null },
  findings: Finding[],
): Conduction | null {
  const source = sound('/conduction')
    ? (valueAt(root, '/conduction') as ConductionJson | undefined)
    : undefined;
  if (source === undefined) return null;
  const volts = read('/conduction/readVoltage', 'voltage', Number.NaN);
  const scale = read('/conduction/voltageScale', 'voltage', Number.NaN);
  const error = (field: string, message: string, cure: string, atKey = false) => {
    const pointer = field === '' ? '/conduction' : `/conduction/${field}`;
    findings.push({ severity: 'error', pointer, message, cure, ...(atKey ? { atKey } : {}) });
  };
  const got = (field: string) => `, got ${shown(valueAt(root, `/conduction/${field}`))}`;
  if (volts <= 0) error('readVoltage', `must be more than 0 V${got('readVoltage')}`, 'give the size of it');
  const needed = source.form === 'sinh' ? 'voltageScale' : 'cubic';
  const other = source.form === 'sinh' ? 'cubic' : 'voltageScale';
  if (source[needed] === undefined)
    error('form', `must have "${needed}" beside it${got('form')} alone`, 'give it, or name another form');
  if (source[other] !== undefined)
    error(other, `must be absent of a law of form "${source.form}"${got(other)}`, 'leave it out');
  if (scale <= 0) error('voltageScale', `must be more than 0 V${got('voltageScale')}`, 'give the size of it');
  if (source.form === 'sinh' && scale > 0 && volts / scale > MOST_RATIO) {
    const message = `must be at least a twentieth of the read voltage (${volts} V)${got('voltageScale')}`;
    error('voltageScale', message, 'check the unit');
  }
  const share = (source.cubic ?? 0) * volts ** 2;
  if (source.form === 'cubic' && volts > 0 && !(share > LEAST_SHARE)) {
    const message = `must let currents rise up to the read voltage, 1 + 3 c V^2 > 0 there${got('cubic')}`;
    error('cubic', message, 'make it or the read voltage smaller');
  }
  const inputs = source.inputs ?? 'amplitude';
  if (beside.wires !== null) {
    const message = 'must not stand beside "wires", whose circuits are solved for cells of I = g V, got both';
    error('', message, 'leave one of them out', true);
  }
  if (inputs === 'amplitude' && beside.dac.bits === null) {
    const message =
      'must stand beside a DAC with bits, the end of whose range is the read voltage, got an exact one';
    error('', message, 'give /converters/dac its bits, or "inputs": "pulse-width"', true);
  }
  const law: ConductionLaw =
    source.form === 'sinh' ? { form: 'sinh', ratio: volts / scale } : { form: 'cubic', share };
  return { law, readVolts: volts, inputs };
}

/** The law in words. */
export function conductionText({ law, readVolts, inputs }: Conduction): string {
  const digits = (value: number) => Number(value.toPrecision(4));
  const how =
    law.form === 'sinh'
      ? `sinh(V/${digits(readVolts / law.ratio)} V)`
      : `V ${law.share < 0 ? '-' : '+'} ${digits(Math.abs(law.share) / readVolts ** 2)}/V^2 V^3`;
  const coded =
    inputs === 'amplitude' ? 'the amplitude of a voltage' : 'the width of a pulse, which it leaves alone';
  return `current by ${how}, as g V at the read voltage of ${digits(readVolts)} V; inputs by ${coded}`;
}
