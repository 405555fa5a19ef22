import { pow } from '../core/math.ts';
import { nearest } from './fault.ts';
import { FORMULA_FUNCTIONS } from './formula-functions.ts';
import { FORMULA_MAX_DEPTH, type FormulaFault, type Token, tokensOf } from './formula-tokens.ts';

/** A formula's value, given the values of its variables in the order in which they were declared. */
export type Formula = (variables: readonly number[]) => number;
type Condition = (variables: readonly number[]) => boolean;

/** A node as mathjs gives it, seen through the few fields that the walk reads. */
interface ParsedNode {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: unknown;
  readonly op?: unknown;
  readonly fn?: unknown;
  readonly args?: readonly ParsedNode[];
  readonly content?: ParsedNode;
  readonly condition?: ParsedNode;
  readonly trueExpr?: ParsedNode;
  readonly falseExpr?: ParsedNode;
}

/**
 * Reads a formula: mathjs parses it and never evaluates it; our walk admits a short list of nodes, names and functions and
 * makes a closure over float64. The same bits on every machine.
 *
 * @param text At most 1000 characters, nested at most 64 deep.
 * @param variables Names whose values the closure takes, in this order.
 * @param constants Further names, with their values.
 * @returns The closure, or all faults found.
 */
export async function compileFormula(
  text: string,
  variables: readonly string[],
  constants: ReadonlyMap<string, number> = new Map(),
): Promise<{ readonly formula: Formula } | { readonly faults: readonly FormulaFault[] }> {
  const { tokens, faults } = tokensOf(text);
  if (faults.length > 0) return { faults };
  const { default: math } = await import('mathjs/lib/browser/math.js');
  let root: ParsedNode;
  try {
    root = math.parse(text) as unknown as ParsedNode;
  } catch (error) {
    return { faults: [syntaxFault(text, error as Error)] };
  }
  const leaves = tokens.filter((token) => token.kind !== 'sign');
  const walk: Walk = { leaves, next: 0, variables, constants, faults: [], lost: false };
  const formula = numberOf(root, walk, 1);
  return walk.faults.length > 0 ? { faults: walk.faults } : { formula };
}

/** The walk's state. mathjs' nodes carry no positions; numbers and names come in the order of the text, which gives them back. */
interface Walk {
  readonly leaves: readonly Token[];
  next: number;
  readonly variables: readonly string[];
  readonly constants: ReadonlyMap<string, number>;
  readonly faults: FormulaFault[];
  /** Set once a node was left unread: places are unknown from there on, so nothing more is reported. */
  lost: boolean;
}

const NEVER: Formula = () => Number.NaN;

function numberOf(node: ParsedNode, walk: Walk, depth: number): Formula {
  if (depth > FORMULA_MAX_DEPTH) {
    return refuse(
      walk,
      `must nest at most ${FORMULA_MAX_DEPTH} deep, got more`,
      'split the formula or give a table',
    );
  }
  switch (node.type) {
    case 'ParenthesisNode':
      return numberOf(node.content!, walk, depth + 1);
    case 'ConstantNode':
      return constantOf(node, walk);
    case 'SymbolNode':
      return nameOf(node, walk);
    case 'OperatorNode':
      return operatorOf(node, walk, depth);
    case 'FunctionNode':
      return callOf(node, walk, depth);
    case 'ConditionalNode': {
      const condition = conditionOf(node.condition!, walk, depth + 1);
      const yes = numberOf(node.trueExpr!, walk, depth + 1);
      const no = numberOf(node.falseExpr!, walk, depth + 1);
      return (v) => (condition(v) ? yes(v) : no(v));
    }
    default:
      return refuse(
        walk,
        `must be plain arithmetic, got a ${kindOf(node)}`,
        'write it with + - * / ^ and functions',
      );
  }
}

function constantOf(node: ParsedNode, walk: Walk): Formula {
  const { value } = node;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    const found = walk.leaves[walk.next]?.text ?? String(value);
    return refuse(walk, `must hold finite numbers, got ${found}`, 'write a number');
  }
  walk.next++;
  return () => value;
}

function nameOf(node: ParsedNode, walk: Walk): Formula {
  const name = String(node.name);
  const index = walk.variables.indexOf(name);
  const constant = walk.constants.get(name);
  if (index < 0 && constant === undefined) {
    const known = [...walk.variables, ...walk.constants.keys()];
    const near = nearest(name, known);
    const cure = near === null ? 'declare it in "constants"' : `did you mean "${near}"?`;
    const problem = report(walk, `must use only the names ${known.join(', ')}, got "${name}"`, cure);
    walk.next++;
    return problem;
  }
  walk.next++;
  return index < 0 ? () => constant! : (v) => v[index]!;
}

function operatorOf(node: ParsedNode, walk: Walk, depth: number): Formula {
  const args = node.args ?? [];
  const op = String(node.op);
  if (!(args.length === 2 ? '+-*/^' : '+-').includes(op) || args.length > 2) {
    const cure = '<>='.includes(op[0]!)
      ? 'put comparisons before "?", as in "x < 0.1 ? 1 : 2"'
      : 'write it with those';
    return refuse(walk, `must use only the operators + - * / ^, got "${op}"`, cure);
  }
  const a = numberOf(args[0]!, walk, depth + 1);
  if (args.length === 1) return op === '-' ? (v) => -a(v) : a;
  const b = numberOf(args[1]!, walk, depth + 1);
  switch (op) {
    case '+':
      return (v) => a(v) + b(v);
    case '-':
      return (v) => a(v) - b(v);
    case '*':
      return (v) => a(v) * b(v);
    case '/':
      return (v) => a(v) / b(v);
    default:
      return (v) => pow(a(v), b(v));
  }
}

function callOf(node: ParsedNode, walk: Walk, depth: number): Formula {
  const name = String((node.fn as { name?: unknown } | undefined)?.name);
  const known = FORMULA_FUNCTIONS.get(name);
  const args = node.args ?? [];
  if (known === undefined) {
    const names = [...FORMULA_FUNCTIONS.keys()];
    const near = nearest(name, names);
    const cure = near === null ? 'write it with those' : `did you mean "${near}"?`;
    report(walk, `must call only ${names.join(', ')}, got a call of "${name}"`, cure);
  } else if (args.length < known.least || args.length > known.most) {
    const count = known.least === known.most ? `${known.least}` : `${known.least} to ${known.most}`;
    report(walk, `must give ${count} arguments to "${name}", got ${args.length}`, `call it as ${known.form}`);
  }
  const start = walk.leaves[walk.next]?.column ?? 1;
  walk.next++;
  const inner = args.map((arg) => numberOf(arg, walk, depth + 1));
  if (known === undefined) return NEVER;
  if (name === 'clamp' && args.length === 3 && args.slice(1).every((arg) => isFixed(arg, walk))) {
    const [low, high] = [inner[1]!([]), inner[2]!([])];
    if (low > high && !walk.lost) {
      const message = `must give "clamp" its low bound before its high one, got ${low} and ${high} at character ${start}`;
      walk.faults.push({ column: start, message, cure: `call it as ${known.form}` });
    }
  }
  // One list for all calls: a law is evaluated some ten thousand times, and no node is inside itself.
  const values = new Array<number>(inner.length).fill(Number.NaN);
  return (v) => {
    for (let i = 0; i < values.length; i++) values[i] = inner[i]!(v);
    return known.apply(values);
  };
}

/** Whether a node is a number or a constant, with a sign perhaps. */
function isFixed(node: ParsedNode, walk: Walk): boolean {
  if (node.type === 'ConstantNode') return true;
  if (node.type === 'SymbolNode') return walk.constants.has(String(node.name));
  const args = node.args ?? [];
  return node.type === 'OperatorNode' && args.length === 1 && isFixed(args[0]!, walk);
}

const COMPARISONS: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
]);

function conditionOf(node: ParsedNode, walk: Walk, depth: number): Condition {
  if (node.type === 'ParenthesisNode' && depth <= FORMULA_MAX_DEPTH) {
    return conditionOf(node.content!, walk, depth + 1);
  }
  const compare = node.type === 'OperatorNode' ? COMPARISONS.get(String(node.op)) : undefined;
  if (compare === undefined) {
    refuse(
      walk,
      'must have one comparison (< <= > >=) before "?", got none',
      'write it as in "x < 0.1 ? 1 : 2"',
    );
    return () => false;
  }
  const a = numberOf(node.args![0]!, walk, depth + 1);
  const b = numberOf(node.args![1]!, walk, depth + 1);
  return (v) => compare(a(v), b(v));
}

/** Reports a fault at the next number or name. */
function report(walk: Walk, message: string, cure: string): Formula {
  if (walk.lost) return NEVER;
  const column = walk.leaves[Math.min(walk.next, walk.leaves.length - 1)]?.column ?? 1;
  walk.faults.push({ column, message: `${message} at character ${column}`, cure });
  return NEVER;
}

/** Reports a node that is not read any further. */
function refuse(walk: Walk, message: string, cure: string): Formula {
  report(walk, message, cure);
  walk.lost = true;
  return NEVER;
}

/** `RangeNode` as "range": the kinds of mathjs' nodes in words. */
function kindOf(node: ParsedNode): string {
  return node.type
    .replace(/Node$/u, '')
    .replace(/(?<=[a-z])(?=[A-Z])/gu, ' ')
    .toLowerCase();
}

function syntaxFault(text: string, error: Error): FormulaFault {
  const { char } = error as Error & { char?: number };
  if (char === undefined) {
    return { column: 1, message: `must be a readable formula, got ${JSON.stringify(text)}`, cure: 'mend it' };
  }
  const said = error.message.replace(/\s*\(char \d+\)$/u, '');
  const reason = `${said[0]!.toLowerCase()}${said.slice(1)}`.replaceAll('"', "'");
  const message = `must be a readable formula, got ${JSON.stringify(text)} (${reason} at character ${char})`;
  return { column: char, message, cure: 'mend it there' };
}
