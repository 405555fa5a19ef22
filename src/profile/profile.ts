import type { Override } from './extend.ts';
import type { Law } from './law.ts';
import type { ProfileMapping } from './mapping.ts';
import type { DeviceProfileFile } from './schema.generated.ts';
import type { Verify } from './verified-writing.ts';

/** The profile's JSON as it stands in its file, less its comments. */
export type ProfileJson = Readonly<DeviceProfileFile>;

/**
 * What one memory technology and its periphery do, in canonical units: µS, seconds. Effects that are null are absent.
 * Symbols: x = g/gMax, t the age in seconds since the reference read, t_c = `referenceSeconds`, z standard normal.
 */
export interface DeviceProfile {
  readonly name: string;
  readonly description: string;
  readonly provenance: Provenance;
  readonly validity: Validity;
  /** Targets lie in [gMin, gMax]. */
  readonly gMinMicrosiemens: number;
  readonly gMaxMicrosiemens: number;
  /** How many conductances, equally spaced from gMin to gMax, a cell can be written to; null: any. */
  readonly levels: number | null;
  readonly clamp: CellClamp;
  /** t_c: time from writing to the reference read, from which t counts. */
  readonly referenceSeconds: number;
  /** g = max(0, target + meanShift(x, t) + std(x, t) z), µS, x of the target. A cell keeps its z as it ages. */
  readonly writing: {
    readonly std: Law;
    readonly meanShift: Law | null;
    /** How cells were written to what these laws leave; null: not said. */
    readonly verify: Verify | null;
  } | null;
  /** g(t) = g ((t + t_c)/t_c)^-nu, nu = |exponentMean(x) + exponentStd(x) z|, x of the target. */
  readonly drift: { readonly exponentMean: Law; readonly exponentStd: Law | null } | null;
  /** g = max(0, g + g std(x, t) z), x of the present conductance. */
  readonly readNoise: { readonly std: Law } | null;
  /**
   * Telegraph noise: a read finds a cell, with probability(x, t), in a state that is lower by amplitude(x, t) of its
   * conductance, x of the present conductance.
   */
  readonly telegraph: { readonly amplitude: Law; readonly probability: Law } | null;
  /** g is multiplied by max(0, 1 + chip z1 + column z2 + cell z3): relative spreads, each z drawn once for its level. */
  readonly variation: Variation | null;
  /** Stuck cells; after write cycles those that failed, too. */
  readonly faults: Faults | null;
  /** What write cycles do to cells; null: not modelled. */
  readonly endurance: Endurance | null;
  /** Temperatures that it is known at; null: none is modelled. */
  readonly temperature: ProfileTemperature | null;
  /** Published figures of energy, latency and area, each with its source: to be shown, not to be reckoned with. */
  readonly costs: Readonly<Record<CostKind, readonly Cost[]>>;
  /** The largest tile. */
  readonly array: { readonly rows: number; readonly columns: number };
  /** How a cell's current goes by voltage; null: as g V. */
  readonly conduction: Conduction | null;
  /** Resistance of a tile's wires. */
  readonly wires: ProfileWires | null;
  readonly mapping: ProfileMapping;
  readonly converters: { readonly dac: Converter; readonly adc: Converter };
  /** The JSON that `parseProfile` read, with all that it extends: what a bundle embeds and reads again. */
  readonly source: ProfileJson;
  /** The profiles that it extends, the nearest first; none where it was read whole, as from a bundle. */
  readonly bases: readonly ProfileBase[];
  /** SHA-256 of the source as canonical JSON (keys sorted), without `$schema`. */
  readonly sha256: string;
}

/** A profile that was extended, and what was changed in it. */
export interface ProfileBase {
  readonly name: string;
  readonly sha256: string;
  readonly overrides: readonly Override[];
}

/**
 * What bounds a conductance. `zero`: it is never negative. `range`: and what is read lies within gMin to gMax. `none`: a noise
 * model of weights rather than of cells, whose values may be negative; without drift and read noise only.
 */
export type CellClamp = 'zero' | 'range' | 'none';

/** The wires of a tile: what lies on each row wire and each column wire, in ohm. */
export interface ProfileWires {
  readonly rowSegmentOhm: number;
  readonly columnSegmentOhm: number;
  readonly rowTerminalOhm: number;
  readonly columnTerminalOhm: number;
  readonly driver: 'one-end' | 'both-ends';
  /** apart: each kind of cell is an array of its own. interleaved: the cells of a weight lie side by side on one row wire. */
  readonly layout: 'apart' | 'interleaved';
  readonly source: string | null;
}

/** A law of current by voltage that is the same for all states, with I = g V at the read voltage. See `device/conduction.ts`. */
export interface Conduction {
  readonly law: ConductionLaw;
  readonly readVolts: number;
  /** amplitude: an input is a voltage up to the read voltage. pulse-width: it is the time of the read voltage. */
  readonly inputs: 'amplitude' | 'pulse-width';
}

export type ConductionLaw =
  /** ratio: read voltage over V0. */
  | { readonly form: 'sinh'; readonly ratio: number }
  /** share: c times the square of the read voltage. */
  | { readonly form: 'cubic'; readonly share: number };

/** What write cycles do. */
export interface Endurance {
  /** How many write cycles the source says that cells go through. */
  readonly ratedCycles: number;
  /** Beyond these no number is known. */
  readonly toCycles: number;
  /** Write cycles that each cell has been through, see `profileAt`; null: cells are fresh. */
  readonly presentCycles: number | null;
  /** The conductances that writing then still reaches: targets beyond them end there. Null: all of them. */
  readonly window: { readonly gMinMicrosiemens: number; readonly gMaxMicrosiemens: number } | null;
  /** Shares of sound cells that have then failed: they are among the profile's `faults`. */
  readonly failures: Failures;
  /** Its laws in words. */
  readonly texts: readonly string[];
  readonly source: string;
}

/** What temperature does, and at which temperature this profile's laws are. */
export interface ProfileTemperature {
  /** T0, at which the source's numbers hold. */
  readonly referenceKelvin: number;
  readonly fromKelvin: number;
  readonly toKelvin: number;
  /** Null: drift and relaxation are not accelerated. */
  readonly activationEnergyElectronvolt: number | null;
  /** T: see `profileAt`. */
  readonly presentKelvin: number;
  /** exp(Ea/k (1/T0 - 1/T)): drift and relaxation run by t times this. */
  readonly acceleration: number;
  readonly source: string;
}

export type CostKind = 'energy' | 'latency' | 'area';

/** One published figure, in its source's unit. */
export interface Cost {
  readonly of: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
}

/** Relative spreads of conductance, by the level at which each is drawn. */
export interface Variation {
  /** Edge of the wafer less its centre; the only one that may be negative. */
  readonly wafer: number;
  readonly chip: number;
  readonly column: number;
  readonly cell: number;
}

/** Shares that are stuck at gMin, at gMax, at a conductance drawn uniformly between them. */
export interface FaultRates {
  readonly stuckLow: number;
  readonly stuckHigh: number;
  readonly stuckRandom: number;
}

/** Shares that have failed in use; null parts of `Faults`: none. */
export interface Failures extends FaultRates {
  /** The share that will have failed after the last cycles of the section: of these come those that have failed by now. */
  readonly most: number;
}

/** Rates of each pattern. Where patterns meet, the later in this order rules. */
export interface Faults {
  /** Of the cells that were sound from the start. */
  readonly failures: Failures | null;
  readonly cells: FaultRates;
  /** Of blocks of so many rows and columns of a tile. */
  readonly clusters: FaultRates & { readonly rows: number; readonly columns: number };
  readonly columns: FaultRates;
  readonly rows: FaultRates;
}

export interface Provenance {
  readonly source: string;
  readonly taken: string;
  /** By whom or what the numbers were held against the source; null: not said. */
  readonly checkedBy: string | null;
  readonly notModelled: readonly string[];
}

/** The ages that the source supports. */
export interface Validity {
  readonly fromSeconds: number;
  /** Infinity where there is no end. */
  readonly toSeconds: number;
  readonly source: string | null;
}

/** A converter at an edge of the tiles: how it rounds, over which range, and with which errors. */
export interface Converter<Range = AdcRange> {
  /** Null: exact. */
  readonly bits: number | null;
  /** symmetric: 2^bits - 1 levels with an exact zero. uniform: 2^bits. */
  readonly rule: 'symmetric' | 'uniform';
  readonly range: Range;
  /** Null: without any error but rounding and saturation. */
  readonly errors: ConverterErrors | null;
}

/** How a converter's static range is chosen from the values seen in calibration. */
export type DacRange =
  | { readonly rule: 'calibrated' }
  /** The share of the values, by size, that lie within. */
  | { readonly rule: 'percentile'; readonly share: number };

export type AdcRange =
  | DacRange
  /** The largest difference current that can occur. */
  | { readonly rule: 'full-scale' }
  /** So many steps of the smallest current that a cell can add: one level of a slice, driven by the least digit of an input. */
  | { readonly rule: 'granular' }
  /** A difference current over the voltage at the end of the DAC's range. */
  | { readonly rule: 'fixed'; readonly microsiemens: number };

/** Errors of a converter besides rounding; spreads are scaled by the noise scale. LSB: steps of the converter. */
export interface ConverterErrors {
  /** Relative spread of the gain over converters, drawn once a chip. */
  readonly gainStd: number;
  /** Spread of the offset over converters, drawn once a chip. */
  readonly offsetStdLsb: number;
  /** Thermal noise, new at each conversion. */
  readonly noiseStdLsb: number;
  readonly inl: Inl | null;
  /** How it is built, where its parts err. Of ADCs only. */
  readonly design: AdcDesign | null;
}

/** How an ADC is built, and the errors of its parts, drawn once a chip. Spreads are scaled by the noise scale. */
export interface AdcDesign {
  readonly kind: 'sar' | 'split-sar' | 'ramp' | 'pipeline';
  /** Of a unit capacitor, relative; one of n units has 1/sqrt(n) of it. */
  readonly capacitorStd: number;
  /** Of a comparator's offset, as a share of the end of the range. */
  readonly comparatorStd: number;
  /** Infinite without an error. */
  readonly amplifierGainDecibels: number;
  /** How many neighbouring columns of a tile one ADC converts; of a ramp, one DAC serves. */
  readonly columns: number;
}

/** Integral non-linearity in LSB by u, the value as a share of the range, held beyond -1 to 1 (a table's ends). */
export type Inl =
  | { readonly form: 'polynomial'; readonly coefficients: readonly number[] }
  | { readonly form: 'table'; readonly u: readonly number[]; readonly y: readonly number[] };
