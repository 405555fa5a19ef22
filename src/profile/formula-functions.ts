import { cos, exp, LARGEST_ANGLE, log, pow, sin } from '../core/math.ts';

/** A function that a formula may call. */
export interface FormulaFunction {
  readonly least: number;
  readonly most: number;
  /** How to call it, for messages. */
  readonly form: string;
  readonly apply: (values: readonly number[]) => number;
}

const LN10 = log(10);

/**
 * All functions that a formula may call. They use our own exp, log, pow, sin and cos, so a formula has the same bits on every
 * machine. `log` is the natural logarithm, like `ln`; the sine of an angle beyond a million radians is no number.
 */
export const FORMULA_FUNCTIONS: ReadonlyMap<string, FormulaFunction> = new Map([
  ['min', { least: 2, most: 16, form: 'min(a, b, ...)', apply: (v) => v.reduce((a, b) => Math.min(a, b)) }],
  ['max', { least: 2, most: 16, form: 'max(a, b, ...)', apply: (v) => v.reduce((a, b) => Math.max(a, b)) }],
  [
    'clamp',
    {
      least: 3,
      most: 3,
      form: 'clamp(value, low, high)',
      apply: (v) => Math.min(Math.max(v[0]!, v[1]!), v[2]!),
    },
  ],
  ['abs', one('abs', Math.abs)],
  ['sqrt', one('sqrt', Math.sqrt)],
  ['exp', one('exp', exp)],
  ['ln', one('ln', log)],
  ['log', one('log', log)],
  ['log10', one('log10', (a) => log(a) / LN10)],
  ['sin', one('sin', (a) => (Math.abs(a) <= LARGEST_ANGLE ? sin(a) : Number.NaN))],
  ['cos', one('cos', (a) => (Math.abs(a) <= LARGEST_ANGLE ? cos(a) : Number.NaN))],
  ['pow', { least: 2, most: 2, form: 'pow(base, exponent)', apply: (v) => pow(v[0]!, v[1]!) }],
] satisfies ReadonlyArray<readonly [string, FormulaFunction]>);

function one(name: string, f: (a: number) => number): FormulaFunction {
  return { least: 1, most: 1, form: `${name}(a)`, apply: (v) => f(v[0]!) };
}
