import { formatDuration } from '../core/duration.ts';
import { canonicalOf, type Dimension, dimensionOf, readQuantity, unitsOf } from '../core/units.ts';
import { shown } from './fault.ts';
import { childPointer, type Finding } from './finding.ts';
import { compileFormula } from './formula.ts';
import { FORMULA_FUNCTIONS } from './formula-functions.ts';
import { interpolate, type Law, polynomial } from './law.ts';
import { lawByAges } from './law-by-ages.ts';
import type { AgesLaw as AgesLawJson, Law as LawJson } from './schema.generated.ts';

/** A law, or null with the findings that say why. */
export interface BuiltLaw {
  readonly law: Law | null;
  readonly findings: readonly Finding[];
}

/** What a law must be. */
export interface LawContext {
  readonly dimension: Dimension;
  /** What a formula may name: ["x"] or ["x", "t"], t in seconds. */
  readonly variables: readonly string[];
  /** t_c, by which ages are interpolated. */
  readonly referenceSeconds: number;
  /** T, which formulas may name then; null: they may not. */
  readonly kelvin?: number | null;
}

/** Makes a law from JSON that the schema has passed. */
export async function buildLaw(json: unknown, pointer: string, context: LawContext): Promise<BuiltLaw> {
  const source = json as LawJson;
  const { dimension, variables } = context;
  if (source.form === 'ages') return buildAgesLaw(source, pointer, context);
  const findings: Finding[] = [];
  const { unit } = source;
  if (dimensionOf(unit) !== dimension)
    findings.push(wrongUnit(childPointer(pointer, 'unit'), dimension, unit));
  const canonical = dimensionOf(unit) === null ? (value: number) => value : canonicalOf(unit);
  const suffix = unit === '1' ? '' : ` ${unit}`;
  // A warning leaves the law as it stands.
  const made = (
    text: string,
    raw: (x: number, t: number) => number,
    knots: readonly number[] | null = null,
  ): BuiltLaw =>
    findings.some(({ severity }) => severity === 'error')
      ? { law: null, findings }
      : {
          law: {
            form: source.form,
            dimension,
            dependsOnAge: source.form === 'expression' && /\bt\b/u.test(source.expression),
            ageSeconds: null,
            knots,
            text: `${text}${suffix}`,
            at: (x, t) => canonical(raw(x, t)),
          },
          findings,
        };
  switch (source.form) {
    case 'constant':
      return made(String(source.value), () => source.value);
    case 'polynomial':
      return made(polynomialText(source.coefficients), (x) => polynomial(source.coefficients, x));
    case 'table':
      findings.push(...tableFindings(source.x, source.y, pointer));
      return made(`table of ${source.x.length} points`, (x) => interpolate(source.x, source.y, x), source.x);
    case 'expression': {
      const constants = readConstants(source.constants ?? {}, childPointer(pointer, 'constants'), findings);
      const { kelvin = null } = context;
      const named = kelvin === null ? constants : new Map([...constants, ['T', kelvin]]);
      const compiled = await compileFormula(source.expression, variables, named);
      if ('faults' in compiled) {
        const at = childPointer(pointer, 'expression');
        for (const { column, message, cure } of compiled.faults) {
          findings.push({ severity: 'error', pointer: at, character: column, message, cure });
        }
        return { law: null, findings };
      }
      const { formula } = compiled;
      return made(source.expression, (x, t) => formula([x, t]));
    }
  }
}

/** A law that is given at several ages: a law of x for each. */
async function buildAgesLaw(source: AgesLawJson, pointer: string, context: LawContext): Promise<BuiltLaw> {
  const findings: Finding[] = [];
  const fault = (at: string, message: string, cure: string) =>
    findings.push({ severity: 'error', pointer: at, message, cure });
  if (!context.variables.includes('t')) {
    const message = 'must be a law of x alone, got one by ages';
    fault(childPointer(pointer, 'form'), message, 'a drift exponent holds for all ages');
  }
  const atPointer = childPointer(pointer, 'at');
  const seconds = source.at.map((age, i) => {
    const quantity = readQuantity(age);
    if (quantity?.dimension === 'time') return quantity.value;
    findings.push(wrongUnit(childPointer(atPointer, i), 'time', age));
    return Number.NaN;
  });
  seconds.forEach((age, i) => {
    const before = i === 0 ? -1 : seconds[i - 1]!;
    if (!(age < 0 || age <= before)) return;
    const least = i === 0 ? 'at least 0 s' : `more than the age before it (${before} s)`;
    const message = `must be ${least}, got ${shown(source.at[i])}`;
    fault(childPointer(atPointer, i), message, 'put the ages in ascending order, each once');
  });
  const lawsPointer = childPointer(pointer, 'laws');
  if (source.laws.length !== source.at.length) {
    const message = `must have as many laws as "at" has ages (${source.at.length}), got ${source.laws.length}`;
    fault(lawsPointer, message, 'give one for each age');
  }
  const laws: Law[] = [];
  for (const [i, json] of source.laws.entries()) {
    const built = await buildLaw(json, childPointer(lawsPointer, i), { ...context, variables: ['x'] });
    findings.push(...built.findings);
    if (built.law !== null) laws.push(built.law);
  }
  if (findings.some(({ severity }) => severity === 'error')) return { law: null, findings };
  const between = source.between ?? 'log';
  const law = lawByAges(seconds, laws, between === 'log' ? context.referenceSeconds : null);
  const ends = [seconds[0]!, seconds.at(-1)!].map(formatDuration).join(' to ');
  const text = `${laws.length} laws at ages ${ends} (${laws[0]!.text}, ...), ${between} between`;
  return { law: { ...law, text }, findings };
}

/** The finding for a quantity or a law's unit that measures something else. */
export function wrongUnit(pointer: string, dimension: Dimension, found: unknown): Finding {
  const measured = readQuantity(found)?.dimension ?? (typeof found === 'string' ? dimensionOf(found) : null);
  const article = measured === null || measured === 'dimensionless' ? '' : `, a ${measured}`;
  const plain = measured === 'dimensionless' ? ', a plain number' : '';
  const what =
    dimension === 'dimensionless'
      ? 'a plain number or share'
      : `${dimension === 'energy' ? 'an' : 'a'} ${dimension}`;
  const message = `must be ${what} (${unitsOf(dimension)}), got ${shown(found)}${article}${plain}`;
  return { severity: 'error', pointer, message, cure: 'write it in one of those units' };
}

function tableFindings(xs: readonly number[], ys: readonly number[], pointer: string): Finding[] {
  const findings: Finding[] = [];
  if (xs.length !== ys.length) {
    const message = `must have as many values as "x" has (${xs.length}), got ${ys.length}`;
    findings.push({
      severity: 'error',
      pointer: childPointer(pointer, 'y'),
      message,
      cure: 'give one for each x',
    });
  }
  const i = xs.findIndex((x, k) => k > 0 && !(x > xs[k - 1]!));
  if (i > 0) {
    const message = `must be more than the x before it (${xs[i - 1]}), got ${xs[i]}`;
    const at = childPointer(childPointer(pointer, 'x'), i);
    findings.push({
      severity: 'error',
      pointer: at,
      message,
      cure: 'put the points in ascending order, each once',
    });
  }
  if (i < 0 && (xs[0]! > 0 || xs.at(-1)! < 1)) {
    const message = `should cover x from 0 to 1, got ${xs[0]} to ${xs.at(-1)}`;
    const cure = 'add points, or leave it: the value is held beyond the last ones';
    findings.push({ severity: 'warning', pointer: childPointer(pointer, 'x'), message, cure });
  }
  return findings;
}

/** The constants of a formula, canonical, by name. Findings go into the list. @param taken Names that the formula has already. */
export function readConstants(
  json: Readonly<Record<string, unknown>>,
  pointer: string,
  findings: Finding[],
  taken: readonly string[] = ['x', 't', 'T'],
): ReadonlyMap<string, number> {
  const constants = new Map<string, number>();
  for (const [name, value] of Object.entries(json)) {
    const at = childPointer(pointer, name);
    if (taken.includes(name) || FORMULA_FUNCTIONS.has(name)) {
      const message = `must not take a name that formulas have already, got "${name}"`;
      findings.push({ severity: 'error', pointer: at, atKey: true, message, cure: 'rename it' });
    }
    const quantity = readQuantity(value);
    if (quantity === null) {
      const message = `must be a number or a quantity with a known unit, got ${shown(value)}`;
      findings.push({ severity: 'error', pointer: at, message, cure: 'write it like "250 ns" or 0.65' });
    }
    // A constant with a fault still has its name, so that the formula is not blamed too.
    constants.set(name, quantity?.value ?? Number.NaN);
  }
  return constants;
}

function polynomialText(coefficients: readonly number[]): string {
  const terms = coefficients.map((c, i) => {
    const power = i === 0 ? '' : i === 1 ? ' x' : ` x^${i}`;
    return i === 0 ? `${c}` : `${c < 0 ? '-' : '+'} ${Math.abs(c)}${power}`;
  });
  const text = terms.join(' ');
  return coefficients.length > 1 ? `(${text})` : text;
}
