import { formatDuration } from '../../core/duration.ts';
import type { ProfileJson } from '../profile.ts';
import type { DeviceFit } from './fit.ts';
import type { Estimate, LawRecord } from './law-json.ts';
import type { Data } from './series.ts';

/** What a fitted profile says beside its laws. */
export interface FittedProfileFacts {
  readonly name: string;
  /** Path to the schema, for editors. */
  readonly schema: string;
  /** The measurements, so that another person finds them. */
  readonly source: string;
  readonly gMinMicrosiemens: number;
  readonly gMaxMicrosiemens: number;
  readonly referenceSeconds: number;
  readonly confidence: number;
  /** Array, mapping and converters to take over; measurements of cells say nothing of them. */
  readonly periphery: Pick<ProfileJson, 'array' | 'mapping' | 'converters'> & { readonly of: string | null };
}

/** The JSON of a profile from a fit: what was measured and nothing else. */
export function fittedProfile(
  data: Data,
  fit: DeviceFit,
  laws: readonly LawRecord[],
  facts: FittedProfileFacts,
): ProfileJson {
  const law = (name: LawRecord['parameter']) => laws.find(({ parameter }) => parameter === name)?.law;
  const [std, meanShift, mean, spread, read] = [
    law('writing.std'),
    law('writing.meanShift'),
    law('drift.exponentMean'),
    law('drift.exponentStd'),
    law('readNoise.std'),
  ];
  const { array, mapping, converters, of } = facts.periphery;
  const first = data.ages[0]!;
  const last = mean === undefined ? first : data.ages.at(-1)!;
  const validity = {
    from: `${first} s`,
    to: `${last} s`,
    source:
      mean === undefined ? 'The age of the first reads; no drift was fitted' : 'The ages that were measured',
  };
  return {
    $schema: facts.schema,
    schemaVersion: 1,
    name: facts.name,
    description: `Fitted to measurements of ${cellsText(data)} from ${facts.gMinMicrosiemens} to ${facts.gMaxMicrosiemens} uS.`,
    provenance: {
      source: facts.source,
      taken: takenText(data, fit, laws, facts),
      notModelled: notModelled(fit, of),
    },
    validity,
    cell: { gMin: `${facts.gMinMicrosiemens} uS`, gMax: `${facts.gMaxMicrosiemens} uS` },
    referenceTime: `${facts.referenceSeconds} s`,
    ...(std === undefined ? {} : { writing: { std, ...(meanShift === undefined ? {} : { meanShift }) } }),
    ...(mean === undefined
      ? {}
      : { drift: { exponentMean: mean, ...(spread === undefined ? {} : { exponentStd: spread }) } }),
    ...(read === undefined ? {} : { readNoise: { std: read } }),
    ...(array === undefined ? {} : { array }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(converters === undefined ? {} : { converters }),
  } as ProfileJson;
}

/** "5000 cells" or "5000 reads of unnamed cells". */
function cellsText(data: Data): string {
  return data.hasDevices ? `${data.cells.length} cells` : `${data.rows} unnamed cells`;
}

function takenText(
  data: Data,
  fit: DeviceFit,
  laws: readonly LawRecord[],
  facts: FittedProfileFacts,
): string {
  const ages =
    data.ages.length > 6
      ? `${data.ages.length} ages to ${age(data.ages.at(-1)!)}`
      : `ages ${data.ages.map(age).join(', ')}`;
  const warmth = data.celsius === null ? '' : `, ${data.celsius} degrees Celsius`;
  const parts = [
    `Maximum-likelihood fit (holdfast profile fit) to ${data.rows} reads of ${cellsText(data)}, ${data.targets.length} targets, ${ages} counted from a reference read ${facts.referenceSeconds} s after writing${warmth}. Families by AIC; x = g/gMax; ${Number((100 * facts.confidence).toPrecision(12))} % intervals in brackets; laws are held beyond the measured states.`,
    ...laws.map((law) => `${law.parameter}: ${lawText(law)}.`),
    ...(fit.writing.censored > 0 ? [`${fit.writing.censored} cells read 0 and count as censored.`] : []),
    fit.goodness.length === 0
      ? 'Too few cells for a test of fit.'
      : `Goodness of fit, chi-square: ${fit.goodness.map(({ of, p }) => `${of} p = ${shortNumber(p)}`).join('; ')}.`,
  ];
  const whole = parts.join(' ');
  if (whole.length <= 2000) return whole;
  return [
    parts[0],
    `Laws: ${laws.map(({ parameter, family }) => `${parameter} ${family}`).join(', ')}; their intervals are in what --json prints.`,
    parts.at(-1),
  ].join(' ');
}

function lawText({ family, coefficients, note }: LawRecord): string {
  const numbers = coefficients.length > 5 ? widest(coefficients) : coefficients.map(shortEstimate).join(', ');
  return `${family}, ${numbers}${note === null ? '' : ` (${note})`}`;
}

/** "0.3 [0.28, 0.32]". */
export function shortEstimate({ value, low, high }: Estimate): string {
  return `${shortNumber(value)} [${shortNumber(low)}, ${shortNumber(high)}]`;
}

function widest(coefficients: readonly Estimate[]): string {
  const most = coefficients.reduce((a, b) => (b.high - b.low > a.high - a.low ? b : a));
  return `${coefficients.length} values, the least certain ${shortEstimate(most)}`;
}

function notModelled(fit: DeviceFit, peripheryOf: string | null): string[] {
  const periphery =
    peripheryOf === null
      ? 'array, mapping and converters: not measured, left at their defaults'
      : `array, mapping and converters: not measured, those of ${peripheryOf}`;
  return [
    ...fit.refusals.map(({ parameter, why }) => `${parameter}: ${why}`),
    periphery,
    'stuck cells',
    'temperature',
    'endurance',
    'resistance of the wires',
  ];
}

function age(seconds: number): string {
  return formatDuration(seconds);
}

/** Four digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
