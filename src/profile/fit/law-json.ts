import { product, transposed } from '../../core/cholesky.ts';
import { normalQuantile } from '../../core/distributions.ts';
import type { Law, StateLaw } from '../schema.generated.ts';
import { type Basis, lawAt, type Part, toCoefficients } from './basis.ts';
import { basisName } from './choose-laws.ts';
import type { FittedLaw, ParameterName } from './parameter.ts';

/** A number with its interval. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** A fitted law as a record. */
export interface LawRecord {
  readonly parameter: ParameterName;
  /** "polynomial of order 2". */
  readonly family: string;
  readonly unit: 'uS' | '1';
  /** Cells (of read noise: groups of reads) that it is fitted to. */
  readonly count: number;
  /** Of a polynomial in x, lowest power first; of a table its values. With ages: those of each age in turn. */
  readonly coefficients: readonly Estimate[];
  readonly states: readonly (Estimate & { readonly x: number; readonly seconds: number })[];
  /** As the profile has it. */
  readonly law: Law;
  /** Ages of the reads that it is fitted to, seconds; and of others, at which it is held. */
  readonly ages: readonly number[];
  readonly heldAt: readonly number[];
  readonly note: string | null;
  /** What was tried, with Akaike's criterion (less is better). */
  readonly tried: FittedLaw['tried'];
}

const UNITS: Readonly<Record<ParameterName, 'uS' | '1'>> = {
  'writing.std': 'uS',
  'writing.meanShift': 'uS',
  'drift.exponentMean': '1',
  'drift.exponentStd': '1',
  'readNoise.std': '1',
};

/** A fitted law with intervals of a confidence (observed information, normal quantiles). */
export function lawRecord(fitted: FittedLaw, confidence: number): LawRecord {
  const { basis, theta, covariance } = fitted;
  const z = normalQuantile(0.5 + confidence / 2);
  const estimate = (value: number, variance: number): Estimate => {
    const standardError = Math.sqrt(Math.max(0, variance));
    return { value, standardError, low: value - z * standardError, high: value + z * standardError };
  };
  const of = (weights: readonly number[]) => {
    const row = [weights];
    const variance = product(product(row, covariance), transposed(row))[0]![0]!;
    return estimate(
      weights.reduce((sum, w, i) => sum + w * theta[i]!, 0),
      variance,
    );
  };
  const states = basis.parts.flatMap(({ knots }, i) => {
    const [low, high] = [knots[0]!, knots.at(-1)!];
    const seconds = basis.ages?.[i] ?? 0;
    return (low === high ? [0] : [0, 0.25, 0.5, 0.75, 1]).map((share) => ({
      x: low + share * (high - low),
      seconds,
    }));
  });
  return {
    parameter: fitted.name,
    family: basisName(basis),
    unit: UNITS[fitted.name],
    count: fitted.count,
    coefficients: coefficientRows(basis).map(of),
    states: states.map(({ x, seconds }) => ({ x, seconds, ...of([...basis.at(x, seconds)]) })),
    law: lawJson(fitted),
    ages: fitted.ages,
    heldAt: fitted.heldAt,
    note: fitted.note,
    tried: fitted.tried,
  };
}

/** What turns the parameters into coefficients, row by row. */
function coefficientRows({ parts, size }: Basis): number[][] {
  let offset = 0;
  return parts.flatMap((part) => {
    const rows =
      part.form === 'polynomial'
        ? toCoefficients(part)
        : part.knots.map((_, i) => part.knots.map((__, j) => (i === j ? 1 : 0)));
    const from = offset;
    offset += part.knots.length;
    return rows.map((row) => Array.from({ length: size }, (_, i) => row[i - from] ?? 0));
  });
}

/** The law as a profile has it; held beyond the states that were measured, and at ages that it does not rest on. */
export function lawJson({ name, basis, theta, heldAt }: FittedLaw): Law {
  const unit = UNITS[name];
  if (basis.ages === null) return stateLaw(basis, theta, unit, name === 'readNoise.std');
  let offset = 0;
  const laws = basis.parts.map((part) => {
    const from = offset;
    offset += part.knots.length;
    return stateLaw(part, theta.slice(from, offset), unit, true);
  });
  const early = heldAt.filter((age) => age < basis.ages![0]!).slice(0, 1);
  const late = heldAt.filter((age) => age > basis.ages!.at(-1)!).slice(-1);
  const at = [...early, ...basis.ages, ...late].map((age) => `${age} s`);
  const held = [...early.map(() => laws[0]!), ...laws, ...late.map(() => laws.at(-1)!)];
  return { form: 'ages', at, laws: held, between: 'log' } as Law;
}

function stateLaw(basis: Part, theta: readonly number[], unit: string, isHeld: boolean): StateLaw {
  const { knots } = basis;
  const [low, high] = [knots[0]!, knots.at(-1)!];
  if (knots.length === 1) return { form: 'constant', value: digits(theta[0]!), unit };
  if (basis.form === 'table') {
    const [first, last] = [theta[0]!, theta.at(-1)!];
    const inside = knots.map((x, i) => [x, theta[i]!] as const);
    const points = [
      ...(low > 0 ? [[0, first] as const] : []),
      ...inside,
      ...(high < 1 ? [[1, last] as const] : []),
    ];
    return { form: 'table', x: points.map(([x]) => digits(x)), y: points.map(([, y]) => digits(y)), unit };
  }
  const coefficients = toCoefficients(basis).map((row) =>
    digits(row.reduce((sum, w, i) => sum + w * theta[i]!, 0)),
  );
  if (!isHeld && low <= 0 && high >= 1) return { form: 'polynomial', coefficients, unit };
  const x = `clamp(x, ${digits(low)}, ${digits(high)})`;
  const terms = coefficients.map((c, power) => {
    const sign = power === 0 ? (c < 0 ? '-' : '') : c < 0 ? ' - ' : ' + ';
    return `${sign}${Math.abs(c)}${power === 0 ? '' : power === 1 ? ` * ${x}` : ` * ${x}^${power}`}`;
  });
  return { form: 'expression', expression: terms.join(''), unit };
}

/** The curve of a law from its first state to its last, with its interval. */
export function lawCurve(
  fitted: FittedLaw,
  confidence: number,
): readonly (Estimate & { readonly x: number })[] {
  const { basis, theta, covariance } = fitted;
  const z = normalQuantile(0.5 + confidence / 2);
  const [low, high] = [basis.knots[0]!, basis.knots.at(-1)!];
  const seconds = basis.ages?.[0] ?? 0;
  return Array.from({ length: 33 }, (_, i) => {
    const x = low === high ? i / 32 : low + ((high - low) * i) / 32;
    const row = [[...basis.at(x, seconds)]];
    const value = lawAt(basis, theta, x, seconds);
    const standardError = Math.sqrt(Math.max(0, product(product(row, covariance), transposed(row))[0]![0]!));
    return { x, value, standardError, low: value - z * standardError, high: value + z * standardError };
  });
}

/** Seven digits: far below any interval. */
function digits(value: number): number {
  return Number(value.toPrecision(7));
}
