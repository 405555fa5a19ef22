import type { Dimension } from '../core/units.ts';
import { buildAdcDesign } from './build-adc-design.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { AdcRange, Converter, ConverterErrors, DacRange, Inl } from './profile.ts';
import type { Adc, Inl as InlJson } from './schema.generated.ts';

/** What a profile's other sections say that its converters are held against: the largest tile and its cells. */
export interface ConvertedTile {
  readonly rows: number;
  readonly gMin: number;
  readonly gMax: number;
}

/** Reads a quantity; `otherwise` where it is absent. */
type ReadQuantity = (pointer: string, dimension: Dimension, otherwise: number) => number;

/** A spread of the gain beyond which it says nothing. */
const MOST_GAIN_STD = 10;

const NO_ERRORS: ConverterErrors = { gainStd: 0, offsetStdLsb: 0, noiseStdLsb: 0, inl: null, design: null };

/**
 * The converters of a profile, and what physics holds against them.
 *
 * @param root The profile's JSON; parts with faults of their own are passed over by `sound`.
 */
export function buildConverters(
  root: unknown,
  read: ReadQuantity,
  sound: (pointer: string) => boolean,
  tile: ConvertedTile,
): { dac: Converter<DacRange>; adc: Converter<AdcRange>; findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const say = (severity: Finding['severity'], pointer: string, message: string, cure: string) =>
    findings.push({ severity, pointer, message: `${message}, got ${shown(valueAt(root, pointer))}`, cure });
  const build = (which: 'dac' | 'adc'): Converter<AdcRange> => {
    const at = `/converters/${which}`;
    // An ADC has all that a DAC has, and more.
    const source = (sound(at) ? valueAt(root, at) : undefined) as Adc | undefined;
    const errors: ConverterErrors = {
      gainStd: read(`${at}/gainStd`, 'dimensionless', 0),
      offsetStdLsb: source?.offsetStd ?? 0,
      noiseStdLsb: source?.noiseStd ?? 0,
      inl: source?.inl === undefined ? null : inl(source.inl),
      design:
        which === 'dac' || source === undefined
          ? null
          : buildAdcDesign(
              root,
              read,
              sound,
              { bits: source.bits, rule: source.rule ?? 'symmetric' },
              findings,
            ),
    };
    const percentile = read(`${at}/percentile`, 'dimensionless', 0.9999);
    const fixed = read(`${at}/fixedRange`, 'conductance', Number.NaN);
    if (source === undefined)
      return { bits: null, rule: 'symmetric', range: { rule: 'calibrated' }, errors: null };
    if (errors.gainStd < 0) say('error', `${at}/gainStd`, 'must be at least 0', 'give a standard deviation');
    if (errors.gainStd > MOST_GAIN_STD)
      say(
        'error',
        `${at}/gainStd`,
        `must be at most ${MOST_GAIN_STD} (${100 * MOST_GAIN_STD} %)`,
        'check the unit',
      );
    else if (errors.gainStd > 0.2)
      say('warning', `${at}/gainStd`, 'should be at most 20 %', 'check the unit');
    if (percentile <= 0.5 || percentile > 1) {
      say(
        'error',
        `${at}/percentile`,
        'must be more than 50 % and at most 100 %',
        'give the share within the range',
      );
    }
    const rule = source.range ?? 'calibrated';
    for (const [field, of] of [
      ['percentile', 'percentile'],
      ['fixedRange', 'fixed'],
    ] as const) {
      if (source[field] === undefined || rule === of) continue;
      say(
        'warning',
        `${at}/${field}`,
        `should stand beside "range": "${of}" only, for nothing else uses it`,
        'name the range or leave it out',
      );
    }
    if (rule === 'fixed') findings.push(...fixedFindings(at, source.fixedRange, fixed, tile));
    if (source.inl?.form === 'table') findings.push(...tableFindings(`${at}/inl`, source.inl));
    const isExact = source.bits === null || source.bits === undefined;
    const hasErrors =
      errors.gainStd > 0 ||
      errors.offsetStdLsb > 0 ||
      errors.noiseStdLsb > 0 ||
      errors.inl !== null ||
      errors.design !== null;
    if (isExact && hasErrors) {
      say(
        'error',
        `${at}/bits`,
        'must be a number of bits beside errors of the converter, which count in its steps',
        'give the resolution, or leave the errors out',
      );
    }
    if (!isExact) {
      const top = 2 ** (source.bits! - 1);
      if (errors.offsetStdLsb > top / 4)
        say(
          'warning',
          `${at}/offsetStd`,
          `should be far below the ${top} steps to the end of the range`,
          'check it: it counts in steps',
        );
      if (errors.noiseStdLsb > top / 4)
        say(
          'warning',
          `${at}/noiseStd`,
          `should be far below the ${top} steps to the end of the range`,
          'check it: it counts in steps',
        );
    }
    const range: AdcRange =
      rule === 'percentile'
        ? { rule, share: percentile }
        : rule === 'fixed'
          ? { rule, microsiemens: fixed }
          : { rule };
    return {
      bits: source.bits,
      rule: source.rule ?? 'symmetric',
      range,
      errors: hasErrors ? { ...NO_ERRORS, ...errors } : null,
    };
  };
  const dac = build('dac') as Converter<DacRange>;
  return { dac, adc: build('adc'), findings };
}

function inl(source: InlJson): Inl {
  return source.form === 'polynomial'
    ? { form: 'polynomial', coefficients: source.coefficients }
    : { form: 'table', u: source.u, y: source.y };
}

function fixedFindings(
  at: string,
  given: unknown,
  fixed: number,
  { rows, gMin, gMax }: ConvertedTile,
): Finding[] {
  const pointer = given === undefined ? `${at}/range` : `${at}/fixedRange`;
  const found = (severity: Finding['severity'], message: string, cure: string): Finding[] => [
    { severity, pointer, message, cure },
  ];
  if (given === undefined) {
    return found(
      'error',
      'must have "fixedRange" beside it, got none',
      'give the largest difference current as a conductance',
    );
  }
  if (fixed <= 0)
    return found(
      'error',
      `must be more than 0 uS, got ${shown(given)}`,
      'give the largest difference current',
    );
  const most = rows * (gMax - gMin);
  if (!(fixed > most)) return [];
  return found(
    'warning',
    `should be at most ${Number(most.toPrecision(6))} uS, the difference current of ${rows} rows at gMax, got ${shown(given)}`,
    'the upper part of the range can never be reached: choose a smaller one',
  );
}

function tableFindings(at: string, { u, y }: Extract<InlJson, { form: 'table' }>): Finding[] {
  const error = (pointer: string, message: string, cure: string): Finding[] => [
    { severity: 'error', pointer, message, cure },
  ];
  if (u.length !== y.length) {
    return error(
      `${at}/y`,
      `must have as many values as "u" (${u.length}), got ${y.length}`,
      'add or remove some',
    );
  }
  const wrong = u.findIndex((value, i) => i > 0 && value <= u[i - 1]!);
  if (wrong < 0) return [];
  return error(
    `${at}/u/${wrong}`,
    `must be more than the one before (${u[wrong - 1]}), got ${u[wrong]}`,
    'sort the points',
  );
}
