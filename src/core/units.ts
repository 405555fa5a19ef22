/**
 * Quantities with units, for the few dimensions that a device profile speaks of. Each dimension has one canonical
 * unit, in which all numbers are kept once they are past the door: microsiemens, seconds, volts, kelvin, ohm,
 * electronvolt, plain numbers.
 */

/** What a quantity measures. */
export type Dimension =
  | 'conductance'
  | 'time'
  | 'voltage'
  | 'temperature'
  | 'resistance'
  | 'energy'
  | 'dimensionless';

interface Unit {
  readonly dimension: Dimension;
  /** Canonical value = number x factor / divisor + offset; two exact integers, so that 250 ns is the double nearest 2.5e-7. */
  readonly factor: number;
  readonly divisor: number;
  readonly offset: number;
}

function unit(dimension: Dimension, factor: number, divisor = 1, offset = 0): Unit {
  return { dimension, factor, divisor, offset };
}

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['S', unit('conductance', 1e6)],
  ['mS', unit('conductance', 1e3)],
  ['uS', unit('conductance', 1)],
  ['nS', unit('conductance', 1, 1e3)],
  ['pS', unit('conductance', 1, 1e6)],
  ['ns', unit('time', 1, 1e9)],
  ['us', unit('time', 1, 1e6)],
  ['ms', unit('time', 1, 1e3)],
  ['s', unit('time', 1)],
  ['min', unit('time', 60)],
  ['h', unit('time', 3600)],
  ['d', unit('time', 86_400)],
  ['y', unit('time', 31_536_000)],
  ['V', unit('voltage', 1)],
  ['mV', unit('voltage', 1, 1e3)],
  ['uV', unit('voltage', 1, 1e6)],
  ['K', unit('temperature', 1)],
  ['degC', unit('temperature', 1, 1, 273.15)],
  ['ohm', unit('resistance', 1)],
  ['kohm', unit('resistance', 1e3)],
  ['Mohm', unit('resistance', 1e6)],
  ['eV', unit('energy', 1)],
  ['meV', unit('energy', 1, 1e3)],
  ['1', unit('dimensionless', 1)],
  ['%', unit('dimensionless', 1, 100)],
]);

/** A value in the canonical unit of its dimension. */
export interface Quantity {
  readonly dimension: Dimension;
  readonly value: number;
}

/** The units of a dimension, for messages: "S, mS, uS, nS or pS". */
export function unitsOf(dimension: Dimension): string {
  const names = [...UNITS].filter(([, u]) => u.dimension === dimension).map(([name]) => name);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The dimension of a unit, or null for an unknown unit. Both code points of the micro sign are read as u. */
export function dimensionOf(unitName: string): Dimension | null {
  return UNITS.get(normalised(unitName))?.dimension ?? null;
}

/** A number of some unit in the canonical unit. @throws RangeError for an unknown unit. */
export function toCanonical(value: number, unitName: string): number {
  return canonicalOf(unitName)(value);
}

/** What turns numbers of some unit into the canonical one. @throws RangeError for an unknown unit. */
export function canonicalOf(unitName: string): (value: number) => number {
  const known = UNITS.get(normalised(unitName));
  if (known === undefined)
    throw new RangeError(`toCanonical: the unit must be a known one, got "${unitName}"`);
  const { factor, divisor, offset } = known;
  return (value) => (value * factor) / divisor + offset;
}

const QUANTITY = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\s\d].*?|)\s*$/u;

/**
 * Reads "25 uS", "20s", "0.5", {"value": 25, "unit": "uS"} or a plain number (dimensionless).
 * @returns The quantity, or null where it is not a finite number with a known unit.
 */
export function readQuantity(source: unknown): Quantity | null {
  if (typeof source === 'number') return quantity(source, '1');
  if (typeof source === 'string') {
    const match = QUANTITY.exec(source);
    return match === null ? null : quantity(Number(match[1]), match[2] === '' ? '1' : match[2]!);
  }
  if (source === null || typeof source !== 'object') return null;
  const { value, unit: name } = source as { value?: unknown; unit?: unknown };
  return typeof value === 'number' && typeof name === 'string' ? quantity(value, name) : null;
}

function quantity(value: number, unitName: string): Quantity | null {
  const dimension = dimensionOf(unitName);
  if (dimension === null) return null;
  const canonical = toCanonical(value, unitName);
  return Number.isFinite(canonical) ? { dimension, value: canonical } : null;
}

/** The micro sign U+00B5 and the Greek mu U+03BC both mean u. */
function normalised(unitName: string): string {
  return unitName.replace(/[\u00b5\u03bc]/gu, 'u');
}
