import { formatDuration } from '../core/duration.ts';
import { log } from '../core/math.ts';
import { conductionText } from './build-conduction.ts';
import { enduranceText } from './build-endurance.ts';
import { verifyText } from './build-verify.ts';
import { type LoadedTile, wiresText } from './build-wires.ts';
import { shown } from './fault.ts';
import type { Law } from './law.ts';
import { isPair, mappingText } from './mapping.ts';
import { meanDecay } from './mean-decay.ts';
import type {
  AdcDesign,
  AdcRange,
  Converter,
  ConverterErrors,
  DeviceProfile,
  Faults,
  ProfileBase,
  ProfileTemperature,
  Variation,
} from './profile.ts';

/** One line of `profile show`. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/**
 * A profile's laws at one state, exactly as authored (not by the table), at the first age that its source supports where none is
 * named. Null: the effect is absent.
 */
export interface StateRow {
  readonly x: number;
  readonly gMicrosiemens: number;
  readonly writeStdMicrosiemens: number | null;
  readonly writeMeanShiftMicrosiemens: number | null;
  readonly driftExponentMean: number | null;
  readonly driftExponentStd: number | null;
  /** Where the cell relaxes: std of writing and what relaxed since, µS, at each of `readSeconds`. */
  readonly relaxedStdsMicrosiemens: readonly number[] | null;
  /**
   * Mean of g over cells at each of `readSeconds`, relative to that at the first age that the source supports: shift of the
   * mean and power law, nu the magnitude of a normal number with this mean and std. Null where the mean at first is 0.
   */
  readonly driftFactors: readonly (number | null)[];
  /** Relative std of one read at each of `readSeconds`. */
  readonly readStds: readonly number[] | null;
}

/** All that `profile show` tells. */
export interface ProfileFacts {
  readonly name: string;
  readonly description: string;
  readonly facts: readonly Fact[];
  /** The first age that the source supports. */
  readonly firstSeconds: number;
  readonly readSeconds: readonly number[];
  readonly states: readonly StateRow[];
}

const STATES = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 1];
const AGES = [0, 3600, 86_400, 31_536_000];

/** What a person wants to know of a profile: its facts in order, and its laws at seven states and the ages that it supports. */
export function profileFacts(profile: DeviceProfile): ProfileFacts {
  const { fromSeconds, toSeconds } = profile.validity;
  const within = AGES.filter((t) => t >= fromSeconds && t <= toSeconds);
  const readSeconds = within.length > 0 ? within : [fromSeconds];
  const states = STATES.map((x) => stateRow(profile, x, readSeconds));
  return {
    name: profile.name,
    description: profile.description,
    facts: factsOf(profile),
    firstSeconds: fromSeconds,
    readSeconds,
    states,
  };
}

function factsOf(profile: DeviceProfile): Fact[] {
  const { validity, writing, drift, readNoise, telegraph, array, wires } = profile;
  const { mapping, converters, provenance } = profile;
  const to = Number.isFinite(validity.toSeconds)
    ? ` to ${formatDuration(validity.toSeconds)}`
    : ', without end';
  const pairs: (readonly [string, string | null])[] = [
    ...profile.bases.map(baseFact),
    ['source', provenance.source],
    ['taken from it', provenance.taken],
    ['checked by', provenance.checkedBy],
    ['not modelled', provenance.notModelled.length === 0 ? null : provenance.notModelled.join(', ')],
    [
      'cell',
      `${profile.gMinMicrosiemens} to ${profile.gMaxMicrosiemens} uS${profile.levels === null ? '' : `, ${profile.levels} levels`}`,
    ],
    ['reference read t_c', `${formatDuration(profile.referenceSeconds)} after writing`],
    [
      'ages',
      `${formatDuration(validity.fromSeconds)}${to}${validity.source === null ? '' : ` (${validity.source})`}`,
    ],
    ['writing, std', lawText(writing?.std)],
    ['writing, shift of the mean', writing === null ? null : lawText(writing.meanShift)],
    ['write-verify', writing === null || writing.verify === null ? null : verifyText(writing.verify)],
    ['drift exponent, mean', lawText(drift?.exponentMean)],
    ['drift exponent, std', drift === null ? null : lawText(drift.exponentStd)],
    ['read noise, relative std', lawText(readNoise?.std)],
    [
      'telegraph noise',
      telegraph === null
        ? null
        : `lower by ${telegraph.amplitude.text} at ${telegraph.probability.text} of reads`,
    ],
    ['variation', variationText(profile.variation)],
    ['faults', faultsText(profile.faults)],
    ['temperature', temperatureText(profile.temperature)],
    ['endurance', profile.endurance === null ? null : enduranceText(profile.endurance)],
    ['conduction', profile.conduction === null ? null : conductionText(profile.conduction)],
    ['array', `${array.rows}x${array.columns}`],
    ['wires', wires === null ? 'without resistance' : wiresText(wires, tileOf(profile))],
    ['mapping', mappingText(mapping)],
    ['DAC', converterText(converters.dac)],
    ['ADC', converterText(converters.adc)],
    ...(['energy', 'latency', 'area'] as const).flatMap((kind) =>
      profile.costs[kind].map(
        ({ of, value, unit, source }) => [kind, `${of}: ${value} ${unit} (${source})`] as const,
      ),
    ),
    ['sha-256', profile.sha256],
  ];
  return pairs.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
}

function tileOf({ gMinMicrosiemens, gMaxMicrosiemens, array, mapping }: DeviceProfile): LoadedTile {
  return { ...array, gMin: gMinMicrosiemens, gMax: gMaxMicrosiemens, isPaired: isPair(mapping) };
}

/** What is extended, and what is changed in it. */
function baseFact({ name, overrides }: ProfileBase): readonly [string, string] {
  const changes = overrides.map(({ pointer, before, after }) =>
    after === undefined
      ? `${pointer} removed`
      : `${pointer} ${before === undefined ? 'added' : `${shown(before)} ->`} ${shown(after)}`,
  );
  return ['extends', `${name}; overrides ${changes.length === 0 ? 'nothing' : changes.join(', ')}`];
}

function lawText(law: Law | null | undefined): string {
  return law === null || law === undefined ? 'none' : law.text;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}

function temperatureText(temperature: ProfileTemperature | null): string | null {
  if (temperature === null) return null;
  const { referenceKelvin, fromKelvin, toKelvin, activationEnergyElectronvolt: energy } = temperature;
  const drift = energy === null ? 'time not accelerated' : `drift time accelerated by Ea ${energy} eV`;
  return `${fromKelvin} to ${toKelvin} K, reference ${referenceKelvin} K, ${drift} (${temperature.source})`;
}

function variationText(variation: Variation | null): string | null {
  if (variation === null) return null;
  const { wafer } = variation;
  const levels = (['chip', 'column', 'cell'] as const).filter((level) => variation[level] > 0);
  const spreads = levels.map((level) => `${percent(variation[level])} over ${level}s`).join(', ');
  const edge = `${percent(Math.abs(wafer))} ${wafer > 0 ? 'more' : 'less'} at the edge of the wafer than at its centre`;
  return [...(spreads === '' ? [] : [`relative std ${spreads}`]), ...(wafer === 0 ? [] : [edge])].join('; ');
}

function faultsText(faults: Faults | null): string | null {
  if (faults === null) return null;
  const { rows, columns } = faults.clusters;
  const patterns = [
    ['cells stuck', faults.cells],
    [`clusters of ${rows} x ${columns} stuck`, faults.clusters],
    ['columns stuck', faults.columns],
    ['rows stuck', faults.rows],
    ...(faults.failures === null ? [] : [['cells failed in use and stuck', faults.failures] as const]),
  ] as const;
  const texts = patterns.flatMap(([name, { stuckLow, stuckHigh, stuckRandom }]) => {
    const kinds = [
      [stuckLow, 'low'],
      [stuckHigh, 'high'],
      [stuckRandom, 'at random'],
    ] as const;
    const some = kinds.filter(([rate]) => rate > 0).map(([rate, kind]) => `${percent(rate)} ${kind}`);
    return some.length === 0 ? [] : [`${name} ${some.join(', ')}`];
  });
  return texts.join('; ');
}

function converterText({ bits, rule, range, errors }: Converter): string {
  if (bits === null) return 'exact';
  const levels = `${bits} bits, ${rule} (${rule === 'symmetric' ? 2 ** bits - 1 : 2 ** bits} levels)`;
  return [levels, ...rangeText(range), ...(errors === null ? [] : errorTexts(errors))].join(', ');
}

function rangeText(range: AdcRange): string[] {
  if (range.rule === 'calibrated') return [];
  if (range.rule === 'percentile')
    return [`range of ${Number((100 * range.share).toPrecision(8))} % of the values`];
  if (range.rule === 'granular') return ['a step for the smallest current of a cell'];
  return range.rule === 'fixed'
    ? [`range of ${range.microsiemens} uS`]
    : ['range of the largest possible current'];
}

function errorTexts({ gainStd, offsetStdLsb, noiseStdLsb, inl, design }: ConverterErrors): string[] {
  return [
    ...(design === null ? [] : designTexts(design)),
    ...(gainStd > 0 ? [`gain spread ${Number((100 * gainStd).toPrecision(6))} %`] : []),
    ...(offsetStdLsb > 0 ? [`offset spread ${offsetStdLsb} LSB`] : []),
    ...(noiseStdLsb > 0 ? [`noise ${noiseStdLsb} LSB`] : []),
    ...(inl === null ? [] : [`integral non-linearity by a ${inl.form}`]),
  ];
}

/** How an ADC is built. */
function designTexts({
  kind,
  capacitorStd,
  comparatorStd,
  amplifierGainDecibels,
  columns,
}: AdcDesign): string[] {
  return [
    kind,
    ...(capacitorStd > 0 ? [`capacitor spread ${percent(capacitorStd)}`] : []),
    ...(comparatorStd > 0 ? [`comparator spread ${percent(comparatorStd)} of the range's end`] : []),
    ...(Number.isFinite(amplifierGainDecibels) ? [`amplifier of ${amplifierGainDecibels} dB`] : []),
    ...(columns > 1 ? [`one for ${columns} columns`] : []),
  ];
}

function stateRow(profile: DeviceProfile, x: number, ages: readonly number[]): StateRow {
  const { writing, drift, readNoise, referenceSeconds } = profile;
  const first = profile.validity.fromSeconds;
  const mean = drift?.exponentMean.at(x, 0) ?? null;
  const std = drift === null ? null : (drift.exponentStd?.at(x, 0) ?? 0);
  const left = (t: number) => meanDecay(mean ?? 0, std ?? 0, log((t + referenceSeconds) / referenceSeconds));
  return {
    x,
    gMicrosiemens: x * profile.gMaxMicrosiemens,
    writeStdMicrosiemens: writing?.std.at(x, first) ?? null,
    writeMeanShiftMicrosiemens: writing?.meanShift?.at(x, first) ?? null,
    driftExponentMean: mean,
    driftExponentStd: std,
    relaxedStdsMicrosiemens:
      writing?.std.dependsOnAge === true ? ages.map((t) => writing.std.at(x, t)) : null,
    driftFactors: ages.map((t) => {
      const moved = shiftFactor(profile, x, t);
      return moved === null ? null : (moved * left(t)) / left(first);
    }),
    readStds: readNoise === null ? null : ages.map((t) => readNoise.std.at(x, t)),
  };
}

/**
 * How the shift of the mean moves a state from the first age to another: 1 where there is none, null where it starts from
 * nothing, 0 once nothing is left.
 */
function shiftFactor(
  { writing, gMaxMicrosiemens, validity }: DeviceProfile,
  x: number,
  t: number,
): number | null {
  const shift = writing?.meanShift;
  if (shift === undefined || shift === null) return 1;
  const before = x * gMaxMicrosiemens + shift.at(x, validity.fromSeconds);
  return before > 0 ? Math.max(0, x * gMaxMicrosiemens + shift.at(x, t)) / before : null;
}
