/**
 * Arithmetic on sizes that may be names. A size is a sum of products of names with whole coefficients, written in one
 * canonical way (`B*T`, `2*T`, `(S+T+1)`), so that equal texts are equal sizes.
 */
import type { Dimension } from './graph.ts';

/** Product of names (sorted, joined by `*`; empty for a plain number) -> coefficient. */
type Terms = ReadonlyMap<string, number>;

/** a + b. */
export function plus(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return write(addTerms(termsOf(a), termsOf(b), 1));
}

/** a - b. */
export function minus(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return write(addTerms(termsOf(a), termsOf(b), -1));
}

/** The product of sizes; 1 for none. */
export function times(...sizes: readonly Dimension[]): Dimension {
  let coefficient = 1;
  const factors: string[] = [];
  for (const size of sizes) {
    if (typeof size === 'number') coefficient *= size;
    else {
      const own = single(size);
      coefficient *= own.coefficient;
      factors.push(...own.factors);
    }
  }
  return write(new Map([[factors.sort().join('*'), coefficient]]));
}

/** a / b where b divides a as written, else undefined. */
export function over(a: Dimension, b: Dimension): Dimension | undefined {
  const top = single(a);
  const bottom = single(b);
  const factors = [...top.factors];
  for (const factor of bottom.factors) {
    const at = factors.indexOf(factor);
    if (at < 0) return undefined;
    factors.splice(at, 1);
  }
  const coefficient = top.coefficient / bottom.coefficient;
  if (!Number.isInteger(coefficient)) return undefined;
  return write(new Map([[factors.join('*'), coefficient]]));
}

/** A size as one product: a sum of several terms counts as a single factor. */
function single(size: Dimension): { coefficient: number; factors: readonly string[] } {
  const terms = termsOf(size);
  if (terms.size === 0) return { coefficient: 0, factors: [] };
  if (terms.size > 1) return { coefficient: 1, factors: [String(size)] };
  const [names, coefficient] = [...terms][0]!;
  return { coefficient, factors: names === '' ? [] : split(names, '*') };
}

function termsOf(size: Dimension): Terms {
  if (typeof size === 'number') return new Map(size === 0 ? [] : [['', size]]);
  const isSum = size.startsWith('(') && matching(size) === size.length - 1;
  let terms: Terms = new Map();
  for (const term of isSum ? splitSum(size.slice(1, -1)) : [size]) terms = addTerms(terms, termOf(term), 1);
  return terms;
}

function termOf(text: string): Terms {
  let coefficient = 1;
  const names: string[] = [];
  for (const factor of split(text, '*')) {
    if (/^-?\d+$/.test(factor)) coefficient *= Number(factor);
    else if (/^-[^\d]/.test(factor)) {
      coefficient = -coefficient;
      names.push(guarded(factor.slice(1)));
    } else names.push(guarded(factor));
  }
  return new Map(coefficient === 0 ? [] : [[names.sort().join('*'), coefficient]]);
}

/** A name that holds our own marks (`batch-size`) stands in braces inside a sum, so that it is read back as one name. */
function guarded(name: string): string {
  return /^[({]/.test(name) || !/[-+]/.test(name) ? name : `{${name}}`;
}

function addTerms(a: Terms, b: Terms, sign: 1 | -1): Terms {
  const sum = new Map(a);
  for (const [names, coefficient] of b) {
    const total = (sum.get(names) ?? 0) + sign * coefficient;
    if (total === 0) sum.delete(names);
    else sum.set(names, total);
  }
  return sum;
}

function write(terms: Terms): Dimension {
  const entries = [...terms].filter(([, coefficient]) => coefficient !== 0);
  if (entries.length === 0) return 0;
  const numberLast = ([a]: [string, number], [b]: [string, number]) =>
    a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1;
  const texts = entries.sort(numberLast).map(([names, coefficient]) => {
    if (names === '') return String(coefficient);
    return coefficient === 1 ? names : coefficient === -1 ? `-${names}` : `${coefficient}*${names}`;
  });
  if (texts.length > 1) return `(${texts.join('+').replaceAll('+-', '-')})`;
  if (entries[0]![0] === '') return entries[0]![1];
  return /^\{[^{}]*\}$/.test(texts[0]!) ? texts[0]!.slice(1, -1) : texts[0]!;
}

/** Position of the bracket that closes the first one. */
function matching(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** Splits at `mark` outside brackets. */
function split(text: string, mark: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '(' || letter === '{') depth += 1;
    if (letter === ')' || letter === '}') depth -= 1;
    if (letter === mark && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/** The signed terms of a sum. */
function splitSum(text: string): string[] {
  return split(text, '+').flatMap((part) =>
    split(part, '-')
      .map((term, index) => (index === 0 ? term : `-${term}`))
      .filter((term) => term !== ''),
  );
}
