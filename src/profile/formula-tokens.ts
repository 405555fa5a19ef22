/** What is wrong at one place of a formula. */
export interface FormulaFault {
  /** Within the formula's text, from 1. */
  readonly column: number;
  readonly message: string;
  readonly cure: string;
}

/** A piece of a formula's text. `column` counts from 1. */
export interface Token {
  readonly kind: 'number' | 'name' | 'sign';
  readonly text: string;
  readonly column: number;
}

/** Longer formulas are refused before anything reads them. */
export const FORMULA_MAX_LENGTH = 1000;
/** Formulas that nest deeper are refused: brackets here, operators in the walk. */
export const FORMULA_MAX_DEPTH = 64;

const TOKEN =
  /[ \t]+|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|[-+*/^(),?:<>])/uy;

/**
 * Cuts a formula into tokens, the first of three doors that it passes (tokens, mathjs' parser, our walk). Only digits,
 * plain names and the signs + - * / ^ ( ) , ? : < > <= >= pass, so strings, brackets, assignments, units, property access and
 * statements end here; so does a missing operator, which mathjs would read as a product.
 */
export function tokensOf(text: string): {
  readonly tokens: readonly Token[];
  readonly faults: readonly FormulaFault[];
} {
  const tokens: Token[] = [];
  const fault = (column: number, message: string, cure: string) => ({
    tokens,
    faults: [{ column, message, cure }],
  });
  if (text.length > FORMULA_MAX_LENGTH) {
    const message = `must have at most ${FORMULA_MAX_LENGTH} characters, got ${text.length}`;
    return fault(1, message, 'give a table instead');
  }
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
      const message = `must hold only numbers, names and the signs + - * / ^ ( ) , ? : < > <= >=, got ${character} at character ${at + 1}`;
      return fault(at + 1, message, 'write the formula with those');
    }
    const [whole, number, name, sign] = match;
    const token = tokenOf(number, name, sign, at + 1);
    if (token !== null) {
      const before = tokens.at(-1);
      if (before !== undefined && lacksOperator(before, token)) {
        const message = `must have an operator between "${before.text}" and "${token.text}", got none at character ${at + 1}`;
        return fault(at + 1, message, 'write a product with *, and units in "unit" or "constants"');
      }
      depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
      if (depth > FORMULA_MAX_DEPTH) {
        const message = `must nest at most ${FORMULA_MAX_DEPTH} deep, got more at character ${at + 1}`;
        return fault(at + 1, message, 'give a table instead');
      }
      tokens.push(token);
    }
    at += whole.length;
  }
  if (tokens.length === 0)
    return fault(1, 'must be a formula, got an empty text', 'write one, like "0.2 + 0.1 * x"');
  return { tokens, faults: [] };
}

function tokenOf(
  number: string | undefined,
  name: string | undefined,
  sign: string | undefined,
  column: number,
): Token | null {
  if (number !== undefined) return { kind: 'number', text: number, column };
  if (name !== undefined) return { kind: 'name', text: name, column };
  return sign === undefined ? null : { kind: 'sign', text: sign, column };
}

/** Whether one operand follows another: `2 x`, `x 2`, `(x)(x)`, `2(x)`; a name before "(" is a call. */
function lacksOperator(before: Token, token: Token): boolean {
  const ends = before.kind !== 'sign' || before.text === ')';
  const starts = token.kind !== 'sign' || (token.text === '(' && before.kind !== 'name');
  return ends && starts;
}
