import { BadFileError } from '../core/errors.ts';
import type { Attribute, Node, Tensor } from './graph.ts';

/** A node as messages name it: `node "blocks.0.qkv" (MatMul)`. */
export function nodeTitle(node: Node): string {
  return `node "${node.name}" (${node.op})`;
}

type Kind = Attribute['type'];
type Values = { readonly [One in Attribute as One['type']]: One['value'] };

function read<Type extends Kind>(node: Node, name: string, type: Type): Values[Type] | undefined {
  const found = node.attributes[name];
  if (found === undefined) return undefined;
  if (found.type !== type) {
    throw new BadFileError(nodeTitle(node), `attribute "${name}" must be of kind ${type}, got ${found.type}`);
  }
  return found.value as Values[Type];
}

/** A whole-number attribute, or `absent` where the node lacks it. @throws BadFileError if it is of another kind. */
export function intAttribute(node: Node, name: string, absent: number): number {
  return read(node, name, 'int') ?? absent;
}

/**
 * A number attribute, or `absent` where the node lacks it. A whole number stands for itself: builders write `1` as one.
 * @throws BadFileError if it is of another kind
 */
export function floatAttribute(node: Node, name: string, absent: number): number {
  return node.attributes[name]?.type === 'int'
    ? intAttribute(node, name, absent)
    : (read(node, name, 'float') ?? absent);
}

/** A text attribute, or `absent` where the node lacks it. @throws BadFileError if it is of another kind. */
export function stringAttribute(node: Node, name: string, absent: string): string {
  return read(node, name, 'string') ?? absent;
}

/** A list of whole numbers, or undefined where the node lacks it. @throws BadFileError if it is of another kind. */
export function intsAttribute(node: Node, name: string): readonly number[] | undefined {
  return read(node, name, 'ints');
}

/** A tensor, or undefined where the node lacks it. @throws BadFileError if it is of another kind. */
export function tensorAttribute(node: Node, name: string): Tensor | undefined {
  return read(node, name, 'tensor');
}
