import type { GraphBuilder } from '../../graph/build.ts';

/** TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;

/** A row that holds two texts, one behind the other: which of its tokens are whose, as 0 and 1, `[B, T]` float32. */
export interface PairMasks {
  readonly first: string;
  readonly second: string;
}

/** `typeIds` is 0 at the first text's tokens and at padding, 1 at the second's. */
export function pairMasks(b: GraphBuilder, mask: string, typeIds: string): PairMasks {
  const second = b.node('Cast', [typeIds], { name: 'second', attributes: { to: FLOAT } });
  return { first: b.node('Sub', [mask, second], { name: 'first' }), second };
}

/** The place of each token within its own text, `[B, T]` int64, 0 at padding. */
export function pairPlaces(b: GraphBuilder, { first, second }: PairMasks): string {
  const axis = b.ints([1]);
  const scalarAxis = b.node('Squeeze', [axis, b.ints([0])], { name: 'places.axis' });
  const [one, two] = [first, second].map((own, text) => {
    const count = b.node('CumSum', [own, scalarAxis], { name: `places.count.${text}` });
    const from0 = b.node('Sub', [count, b.scalar(1)], { name: `places.from0.${text}` });
    return b.node('Mul', [from0, own], { name: `places.own.${text}` });
  }) as [string, string];
  const both = b.node('Add', [one, two], { name: 'places.float' });
  return b.node('Cast', [both], { name: 'places', attributes: { to: INT64 } });
}

/** 0 where a token may look at another, -1e9 where that is of the other text or padding: `[B, 1, T, T]`. */
export function pairBias(b: GraphBuilder, { first, second }: PairMasks): string {
  const [one, two] = [first, second].map((own, text) => {
    const column = b.node('Unsqueeze', [own, b.ints([2])], { name: `bias.column.${text}` });
    const row = b.node('Unsqueeze', [own, b.ints([1])], { name: `bias.row.${text}` });
    return b.node('Mul', [column, row], { name: `bias.seen.${text}` });
  }) as [string, string];
  const seen = b.node('Add', [one, two], { name: 'bias.seen' });
  const hidden = b.node('Sub', [b.scalar(1), seen], { name: 'bias.hidden' });
  const bias = b.node('Mul', [hidden, b.scalar(-1e9)], { name: 'bias' });
  return b.node('Unsqueeze', [bias, b.ints([1])], { name: 'bias4' });
}

/** The means over each text's tokens, `[B, T, D]` to `[B, 2, D]`; zeros for a text without tokens. */
export function pairMeans(b: GraphBuilder, hidden: string, { first, second }: PairMasks): string {
  const rows = [first, second].map((own, text) =>
    b.node('Unsqueeze', [own, b.ints([1])], { name: `means.row.${text}` }),
  );
  const tokens = b.node('Concat', rows, { name: 'means.tokens', attributes: { axis: 1 } });
  const sums = b.node('MatMul', [tokens, hidden], { name: 'means.sums' });
  const count = b.node('ReduceSum', [tokens, b.ints([2])], {
    name: 'means.count',
    attributes: { keepdims: 1 },
  });
  return b.node('Div', [sums, b.node('Clip', [count, b.scalar(1)], { name: 'means.least1' })], {
    name: 'means',
  });
}

/**
 * What a head sees of two embeddings u and v of unit length, `[B, 2, D]` to `[B, 2 D]`: |u - v|, and u v sqrt(D), which brings
 * the products to the size of the differences (both go as D^-1/2).
 */
export function pairFeatures(b: GraphBuilder, embeddings: string, width: number, name: string): void {
  const [u, v] = b
    .nodes('Split', [embeddings, b.ints([1, 1])], 2, { name: 'texts', attributes: { axis: 1 } })
    .map((text, index) => b.node('Squeeze', [text, b.ints([1])], { name: `text.${index}` })) as [
    string,
    string,
  ];
  const difference = b.node('Abs', [b.node('Sub', [u, v], { name: 'difference' })], { name: 'distance' });
  const product = b.node(
    'Mul',
    [b.node('Mul', [u, v], { name: 'product' }), b.scalar(Math.fround(Math.sqrt(width)))],
    {
      name: 'agreement',
    },
  );
  b.node('Concat', [difference, product], { name, attributes: { axis: -1 } });
}
