import { exp } from '../core/math.ts';
import type { Dimension } from '../core/units.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { ProfileTemperature } from './profile.ts';

/** Boltzmann's constant, eV/K (exact in SI: 1.380649e-23 J/K over 1.602176634e-19 J/eV). */
const BOLTZMANN = 1.380649e-23 / 1.602176634e-19;

/** Beyond it a second is longer than anything is known for. */
const MOST_ACCELERATION = 1e15;

/** How much faster a thermally activated process runs at T than at T0: exp(Ea/k (1/T0 - 1/T)), both in kelvin. */
export function arrhenius(activationEnergyElectronvolt: number, reference: number, kelvin: number): number {
  return exp((activationEnergyElectronvolt / BOLTZMANN) * (1 / reference - 1 / kelvin));
}

/**
 * Reads the section of temperature. Findings go into the list.
 * @param kelvin The temperature that is asked for; undefined: the reference.
 */
export function buildTemperature(
  root: unknown,
  number: (pointer: string, dimension: Dimension, otherwise: number) => number,
  findings: Finding[],
  kelvin: number | undefined,
): ProfileTemperature | null {
  if (valueAt(root, '/temperature') === undefined) return null;
  const kelvinAt = (field: string) => number(`/temperature/${field}`, 'temperature', Number.NaN);
  const [reference, from, to] = [kelvinAt('reference'), kelvinAt('from'), kelvinAt('to')] as const;
  const must = (holds: boolean, field: string, message: string, cure: string) => {
    if (holds) return;
    const pointer = `/temperature/${field}`;
    const got = shown(valueAt(root, pointer));
    findings.push({ severity: 'error', pointer, message: `${message}, got ${got}`, cure });
  };
  must(!(from <= 0), 'from', 'must be more than 0 K', 'check the unit');
  must(!(to < from), 'to', `must be at least "from" (${from} K)`, 'exchange or mend them');
  must(
    !(reference < from || reference > to),
    'reference',
    `must be within "from" and "to" (${from} to ${to} K)`,
    'widen them, or mend it',
  );
  const hasEnergy = valueAt(root, '/temperature/activationEnergy') !== undefined;
  const energy = number('/temperature/activationEnergy', 'energy', 0);
  must(!(energy < 0), 'activationEnergy', 'must be an energy of at least 0 eV', 'leave out the sign');
  if (energy > 5) {
    const message = `should be at most 5 eV, got ${shown(valueAt(root, '/temperature/activationEnergy'))}`;
    const pointer = '/temperature/activationEnergy';
    findings.push({ severity: 'warning', pointer, message, cure: 'check the unit' });
  }
  if (!(arrhenius(energy, reference, to) <= MOST_ACCELERATION) && to >= reference && energy >= 0) {
    const got = `${shown(valueAt(root, '/temperature/activationEnergy'))} up to ${to} K`;
    const message = `must let time run at most ${MOST_ACCELERATION} times faster, got ${got}`;
    const pointer = '/temperature/activationEnergy';
    findings.push({ severity: 'error', pointer, message, cure: 'check the units of both' });
  }
  const present = kelvin ?? reference;
  return {
    referenceKelvin: reference,
    fromKelvin: from,
    toKelvin: to,
    activationEnergyElectronvolt: hasEnergy ? energy : null,
    presentKelvin: present,
    acceleration: present === reference ? 1 : arrhenius(energy, reference, present),
    source: String(valueAt(root, '/temperature/source') ?? ''),
  };
}
