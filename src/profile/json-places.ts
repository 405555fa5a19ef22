import {
  applyEdits,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { childPointer, type Finding, pointerKeys } from './finding.ts';

/** Nothing in a profile nests deeper than this; a deeper text is refused before the parser recurses into it. */
const MAX_DEPTH = 32;

/** A JSON text that was read with the places of its values. */
export interface PlacedJson {
  readonly value: unknown;
  /** Syntax errors by offset, and fields that stand twice. */
  readonly findings: readonly (Finding & { readonly offset: number })[];
  /** Offset in the text of what a finding is about. */
  readonly offsetOf: (finding: Finding) => number;
}

/** Finds lines and columns, from 1, of offsets in a text. */
export function lineFinder(
  text: string,
): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0, ...Array.from(text.matchAll(/\n/gu), (match) => match.index + 1)];
  return (offset) => {
    let line = 1;
    for (let step = 2 ** 20; step >= 1; step /= 2) {
      if ((starts[line + step - 1] ?? Number.POSITIVE_INFINITY) <= offset) line += step;
    }
    return { line, column: offset - starts[line - 1]! + 1 };
  };
}

/** Reads JSON with comments. All syntax errors and repeated fields are found, with their offsets. */
export function readPlacedJson(text: string): PlacedJson {
  const deep = tooDeep(text);
  if (deep !== null) {
    const message = `must nest at most ${MAX_DEPTH} deep, got more`;
    const finding = { ...error('', message, 'write the profile as the schema has it'), offset: deep };
    return { value: undefined, findings: [finding], offsetOf: () => deep };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false });
  const findings = errors
    .slice(0, 1)
    .map((e) => ({ ...error('', syntaxMessage(text, e), 'mend it there'), offset: e.offset }));
  const value = root === undefined ? undefined : placedValue(root, '', findings);
  return { value, findings, offsetOf: offsetFinder(text, root) };
}

/** Only the first syntax error is told: those after it follow from it. */
function syntaxMessage(text: string, e: ParseError): string {
  const expected: Record<string, string> = {
    PropertyNameExpected: 'a field name in double quotes',
    ValueExpected: 'a value',
    ColonExpected: 'a colon',
    CommaExpected: 'a comma',
    CloseBraceExpected: 'a closing }',
    CloseBracketExpected: 'a closing ]',
    EndOfFileExpected: 'nothing more',
    UnexpectedEndOfString: 'a closing "',
    UnexpectedEndOfComment: 'the end of the comment',
    InvalidEscapeCharacter: 'a valid escape after \\',
    InvalidUnicode: 'four hexadecimal digits after \\u',
    InvalidCharacter: 'no control characters in a text',
    InvalidNumberFormat: 'a number',
    UnexpectedEndOfNumber: 'a digit',
  };
  const word = expected[printParseErrorCode(e.error)] ?? 'a JSON value';
  const found =
    e.offset >= text.trimEnd().length
      ? 'the end of the file'
      : JSON.stringify(text.substr(e.offset, Math.max(1, e.length)));
  return `must be JSON (comments are allowed), with ${word} here, got ${found.length > 40 ? `${found.slice(0, 37)}...` : found}`;
}

function error(pointer: string, message: string, cure: string): Finding {
  return { severity: 'error', pointer, message, cure };
}

function placedValue(node: Node, pointer: string, findings: (Finding & { offset: number })[]): unknown {
  if (node.type === 'array') {
    return (node.children ?? []).map((child, i) => placedValue(child, childPointer(pointer, i), findings));
  }
  if (node.type !== 'object') return node.value as unknown;
  const record: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = String(keyNode.value);
    const at = childPointer(pointer, key);
    if (Object.hasOwn(record, key)) {
      findings.push({
        ...error(at, 'must stand once, got it again', 'leave one of them out'),
        offset: keyNode.offset,
      });
    }
    // `__proto__` must become an ordinary field, which the schema then refuses.
    const value = placedValue(valueNode, at, findings);
    Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return record;
}

/** A finder of a finding's place in the text; fields are indexed once an object. */
function offsetFinder(text: string, root: Node | undefined): (finding: Finding) => number {
  const indexes = new Map<Node, ReadonlyMap<string, Node>>();
  const fieldsOf = (node: Node): ReadonlyMap<string, Node> => {
    const known = indexes.get(node);
    if (known !== undefined) return known;
    const fields = new Map(
      (node.children ?? []).map((property) => [String(property.children?.[0]?.value), property]),
    );
    indexes.set(node, fields);
    return fields;
  };
  return ({ pointer, atKey, character }) => {
    let node = root;
    let keyOffset = root?.offset ?? 0;
    for (const key of pointerKeys(pointer)) {
      const isArray: boolean = node?.type === 'array';
      const child =
        node === undefined ? undefined : isArray ? node.children?.[Number(key)] : fieldsOf(node).get(key);
      if (child === undefined) break;
      keyOffset = child.offset;
      node = isArray ? child : (child.children?.[1] ?? child);
    }
    if (node === undefined) return 0;
    if (atKey === true) return keyOffset;
    return character === undefined ? node.offset : insideText(text, node.offset, character);
  };
}

/** The offset of the n-th character of a JSON string that starts at `start`, past its escapes. */
function insideText(text: string, start: number, character: number): number {
  let at = start + 1;
  for (let i = 1; i < character; i++) at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  return at;
}

/** Texts and comments, closed or not, and brackets. Every alternative matches where it starts, so the time is linear. */
const TEXTS_AND_BRACKETS = /"(?:[^"\\\n]|\\.)*"?|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|[{}[\]]/gu;

/** The offset at which a text nests too deep, or null. */
function tooDeep(text: string): number | null {
  let depth = 0;
  for (const match of text.matchAll(TEXTS_AND_BRACKETS)) {
    const [token] = match;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth > MAX_DEPTH) return match.index;
  }
  return null;
}

/** The text with some top-level fields' values replaced; comments and layout stay. */
export function withFields(text: string, fields: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, value] of Object.entries(fields)) {
    result = applyEdits(result, modify(result, [name], value, {}));
  }
  return result;
}

/** The text without the field at a path; the same text where it has none. */
export function withoutField(text: string, path: readonly string[]): string {
  const tree = parseTree(text);
  const isThere = tree !== undefined && findNodeAtLocation(tree, [...path]) !== undefined;
  return isThere ? applyEdits(text, modify(text, [...path], undefined, {})) : text;
}
