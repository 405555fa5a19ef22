import type { Dimension } from '../core/units.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { AdcDesign, Converter } from './profile.ts';
import type { Architecture } from './schema.generated.ts';

const AT = '/converters/adc/architecture';

/** Bits beyond which the tables of an ADC's codes would be too long. */
export const MOST_DESIGN_BITS = 10;

/** A spread of parts beyond which nothing is left of a converter. */
const MOST_SPREAD = 10;

/**
 * How a profile's ADCs are built; null where it does not say, and for the uniform one, which has no error of its own. Findings
 * go into the list.
 */
export function buildAdcDesign(
  root: unknown,
  read: (pointer: string, dimension: Dimension, otherwise: number) => number,
  sound: (pointer: string) => boolean,
  { bits, rule }: Pick<Converter, 'bits' | 'rule'>,
  findings: Finding[],
): AdcDesign | null {
  const source = sound(AT) ? (valueAt(root, AT) as Architecture | undefined) : undefined;
  if (source === undefined) return null;
  const say = (severity: Finding['severity'], pointer: string, message: string, cure: string) =>
    findings.push({ severity, pointer, message: `${message}, got ${shown(valueAt(root, pointer))}`, cure });
  if (bits === null) {
    const message = 'must be a number of bits beside an architecture, which says how they come about';
    say('error', '/converters/adc/bits', message, 'give the resolution, or leave the architecture out');
    return null;
  }
  if (rule !== 'uniform') {
    const pointer = valueAt(root, '/converters/adc/rule') === undefined ? AT : '/converters/adc/rule';
    const message = 'must stand beside "rule": "uniform", for its 2^bits codes have none at zero';
    say('error', pointer, message, 'give the rule, or leave the architecture out');
  }
  const { kind } = source;
  const spread = (field: 'capacitorStd' | 'comparatorStd') => {
    const pointer = `${AT}/${field}`;
    const value = read(pointer, 'dimensionless', 0);
    if (value < 0) say('error', pointer, 'must be at least 0', 'give a standard deviation');
    if (value > MOST_SPREAD)
      say('error', pointer, `must be at most ${MOST_SPREAD} (${100 * MOST_SPREAD} %)`, 'check the unit');
    else if (value > 0.5) say('warning', pointer, 'should be at most 50 %', 'check the unit');
    return value;
  };
  const design = { capacitorStd: spread('capacitorStd'), comparatorStd: spread('comparatorStd') };
  const gain = source.amplifierGain ?? Number.POSITIVE_INFINITY;
  if (kind === 'uniform') {
    for (const field of ['capacitorStd', 'comparatorStd', 'amplifierGain', 'columns'] as const) {
      if (source[field] === undefined) continue;
      const message = 'must be absent of a uniform ADC, which has no parts to err';
      say('error', `${AT}/${field}`, message, 'name how it is built: sar, split-sar, ramp or pipeline');
    }
    return null;
  }
  if (bits > MOST_DESIGN_BITS) {
    const message = `must be at most ${MOST_DESIGN_BITS} beside an architecture, for each ADC has a table of its codes`;
    say('error', '/converters/adc/bits', message, 'choose fewer, or give gainStd, offsetStd and inl instead');
  }
  return { kind, ...design, amplifierGainDecibels: gain, columns: source.columns ?? 1 };
}
