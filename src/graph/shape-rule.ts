import { BadFileError } from '../core/errors.ts';
import { nodeTitle } from './attributes.ts';
import type { DataType, Dimension, Node } from './graph.ts';

/** What is known of a value before the graph runs. */
export interface Known {
  readonly dtype: DataType;
  readonly shape: readonly Dimension[];
  /** Of a whole-number scalar or vector: its entries, where all are known, possibly as names of sizes. */
  readonly entries?: readonly Dimension[];
}

/** A node and what is known of its inputs; the argument of a shape rule. */
export interface ShapeQuery {
  readonly node: Node;
  /** undefined for an optional input left out. */
  readonly inputs: readonly (Known | undefined)[];
}

/** What is known of a node's outputs. @throws BadFileError if its inputs do not fit. */
export type ShapeRule = (query: ShapeQuery) => readonly Known[];

/** Throws the error of a node: `node "name" (Op): what`. */
export function fail(query: ShapeQuery, what: string): never {
  throw new BadFileError(nodeTitle(query.node), what);
}

/** Input `index`, which the operator needs. */
export function needed(query: ShapeQuery, index: number): Known {
  return query.inputs[index] ?? fail(query, `input ${index} must be given, got none`);
}

/** A size that cannot be known before the graph runs, with a name of its own. */
export function unknownSize(query: ShapeQuery, axis: number): Dimension {
  return `${query.node.name}.size${axis}`;
}

/** `axis` counted from the front. */
export function frontAxis(query: ShapeQuery, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(front) || front < 0 || front >= rank) {
    fail(query, `axis must be within a value of rank ${rank}, got ${axis}`);
  }
  return front;
}

/** The entries of input `index` as plain numbers, or undefined where it is left out. */
export function numbersOf(query: ShapeQuery, index: number): readonly number[] | undefined {
  const input = query.inputs[index];
  if (input === undefined) return undefined;
  const entries = input.entries;
  if (entries === undefined || !entries.every((entry) => typeof entry === 'number')) {
    return fail(
      query,
      `input ${index} ("${query.node.inputs[index]}") must be a constant list of whole numbers`,
    );
  }
  return entries as readonly number[];
}

/** The shape that numpy's broadcasting gives to `a` and `b`. */
export function broadcast(
  query: ShapeQuery,
  a: readonly Dimension[],
  b: readonly Dimension[],
): readonly Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    if (typeof left === 'number' && typeof right === 'number') {
      return fail(
        query,
        `shapes [${a.join(', ')}] and [${b.join(', ')}] must broadcast, got ${left} against ${right}`,
      );
    }
    // A name against a number above 1: the named size must be 1 or that number when the graph runs.
    if (typeof left === 'number') return left;
    if (typeof right === 'number') return right;
    return unknownSize(query, axis);
  });
}
