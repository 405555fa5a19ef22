import { log } from '../core/math.ts';
import { canonicalOf, type Dimension, dimensionOf } from '../core/units.ts';
import { readConstants, wrongUnit } from './build-law.ts';
import { childPointer, type Finding } from './finding.ts';
import { compileFormula } from './formula.ts';
import { interpolate } from './law.ts';
import type { CyclesLaw as CyclesLawJson } from './schema.generated.ts';

/** How a number depends on the write cycles n that a cell has been through, in canonical units. */
export interface CyclesLaw {
  /** As a person reads it, in the author's unit. */
  readonly text: string;
  readonly at: (cycles: number) => number;
}

export interface CyclesLawContext {
  readonly dimension: Dimension;
  /** The most cycles that it is asked for. */
  readonly toCycles: number;
}

/**
 * Makes a law of write cycles from JSON that the schema has passed: a table, linear in ln n between its points and held
 * before the first, or a formula of n.
 */
export async function buildCyclesLaw(
  json: unknown,
  pointer: string,
  { dimension, toCycles }: CyclesLawContext,
): Promise<{ readonly law: CyclesLaw | null; readonly findings: readonly Finding[] }> {
  const source = json as CyclesLawJson;
  const findings: Finding[] = [];
  const error = (at: string, message: string, cure: string) =>
    findings.push({ severity: 'error', pointer: at, message, cure });
  const { unit } = source;
  if (dimensionOf(unit) !== dimension)
    findings.push(wrongUnit(childPointer(pointer, 'unit'), dimension, unit));
  const canonical = dimensionOf(unit) === null ? (value: number) => value : canonicalOf(unit);
  const suffix = unit === '1' ? '' : ` ${unit}`;
  const made = (text: string, raw: (cycles: number) => number) =>
    findings.length > 0
      ? { law: null, findings }
      : { law: { text: `${text}${suffix}`, at: (cycles: number) => canonical(raw(cycles)) }, findings };
  if (source.form === 'table') {
    const { cycles, y } = source;
    if (cycles.length !== y.length) {
      const message = `must have as many values as "cycles" has (${cycles.length}), got ${y.length}`;
      error(childPointer(pointer, 'y'), message, 'give one for each');
    }
    const i = cycles.findIndex((n, k) => k > 0 && !(n > cycles[k - 1]!));
    if (i > 0) {
      const message = `must be more than the cycles before (${cycles[i - 1]}), got ${cycles[i]}`;
      error(
        childPointer(childPointer(pointer, 'cycles'), i),
        message,
        'put the points in ascending order, each once',
      );
    }
    if (i < 0 && cycles.at(-1)! < toCycles) {
      const message = `must go on to the ${toCycles} cycles that the section is for, got ${cycles.at(-1)} at last`;
      error(childPointer(pointer, 'cycles'), message, 'add points, or end the section with "to" before');
    }
    const places = cycles.map(log);
    return made(`table of ${cycles.length} points`, (n) => interpolate(places, y, log(n)));
  }
  const constants = readConstants(source.constants ?? {}, childPointer(pointer, 'constants'), findings, [
    'n',
  ]);
  const compiled = await compileFormula(source.expression, ['n'], constants);
  if ('faults' in compiled) {
    const at = childPointer(pointer, 'expression');
    for (const { column, message, cure } of compiled.faults)
      findings.push({ severity: 'error', pointer: at, character: column, message, cure });
    return { law: null, findings };
  }
  return made(source.expression, (n) => compiled.formula([n]));
}
