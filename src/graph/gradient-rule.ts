import { BadFileError } from '../core/errors.ts';
import { nodeTitle } from './attributes.ts';
import type { Backward } from './backward.ts';
import type { Edge } from './backward-parts.ts';
import type { Node } from './graph.ts';

/** A node of the forward pass whose inputs' gradients are asked for; the argument of a gradient rule. */
export interface GradientQuery {
  readonly g: Backward;
  readonly node: Node;
  /** Gradient of the first output, in the output's shape. */
  full(): string;
  /** The same, but it may still lack sizes that broadcasting would give it: for rules that broadcast anyway. */
  loose(): string;
  /** Gradients of all outputs, each in its output's shape; undefined for an output that does not reach the loss. */
  all(): readonly (string | undefined)[];
  /** Whether input `index` leads back to a wanted value. */
  wanted(index: number): boolean;
  /** Adds `value` to the gradient of input `index`; it has that input's shape, or broadcasts to it. */
  give(index: number, value: string): void;
  /** Adds `value` to a part of the gradient of input `index`, along one axis. */
  givePart(index: number, value: string, axis: number, start: Edge, end: Edge): void;
}

/** Adds the gradients of a node's wanted inputs. */
export type GradientRule = (query: GradientQuery) => void;

/** Throws the error of a node: `node "name" (Op): what`. */
export function refuse(node: Node, what: string): never {
  throw new BadFileError(nodeTitle(node), what);
}
