import type { Backward } from './backward.ts';
import type { Dimension } from './graph.ts';

/** A place along an axis, counted from its start, or back from its end (0 or less). */
export interface Edge {
  readonly from: 'start' | 'end';
  readonly offset: number;
}

/** A gradient that belongs to one stretch of an axis only, the rest being 0. */
export interface Part {
  readonly value: string;
  readonly axis: number;
  readonly start: Edge;
  readonly end: Edge;
}

/**
 * The sum of parts of one value, in that value's shape: parts that do not overlap are put side by side with zeros
 * between (one Concat); others are filled up each for itself and added.
 * @param like A value whose size along the parts' axis is the whole one.
 */
export function joinParts(g: Backward, parts: readonly Part[], like: string): string {
  const sorted = [...parts].sort((a, b) => a.start.offset - b.start.offset);
  const [first] = sorted;
  const aligned = sorted.every(
    (part, index) =>
      part.axis === first!.axis &&
      part.start.from === 'start' &&
      (index === 0 || sorted[index - 1]!.end.offset <= part.start.offset) &&
      (index === sorted.length - 1 || part.end.from === 'start'),
  );
  if (aligned) return sideBySide(g, sorted, like);
  return parts.map((part) => sideBySide(g, [part], like)).reduce((a, b) => g.node('Add', [a, b]));
}

function sideBySide(g: Backward, parts: readonly Part[], like: string): string {
  const axis = parts[0]!.axis;
  const pieces: string[] = [];
  let from: Edge = { from: 'start', offset: 0 };
  for (const part of parts) {
    pieces.push(...zeros(g, part, like, from, part.start), part.value);
    from = part.end;
  }
  pieces.push(...zeros(g, parts[0]!, like, from, { from: 'end', offset: 0 }));
  return pieces.length === 1 ? pieces[0]! : g.node('Concat', pieces, { axis });
}

/** Zeros between two edges, in the other sizes of `part`; none where the gap is empty. */
function zeros(g: Backward, part: Part, like: string, start: Edge, end: Edge): string[] {
  const whole = g.shape(like)[part.axis]!;
  const place = (edge: Edge) => {
    if (edge.from === 'start') return edge.offset;
    return typeof whole === 'number' ? whole + edge.offset : undefined;
  };
  const [low, high] = [place(start), place(end)];
  const sameEnd = start.from === 'end' && end.from === 'end';
  const gap = sameEnd
    ? end.offset - start.offset
    : low !== undefined && high !== undefined
      ? high - low
      : undefined;
  if (gap === 0) return [];
  // Beyond numbers, the gap is the axis' size less what is known of both ends.
  return [g.node('ConstantOfShape', [gapShape(g, part, gap ?? { like, less: (low ?? 0) - end.offset })])];
}

function gapShape(g: Backward, part: Part, gap: number | { like: string; less: number }): string {
  const { value, axis } = part;
  const shape = g.shape(value);
  const sizes = shape.map((size, index): Dimension | undefined =>
    index !== axis ? size : typeof gap === 'number' ? gap : undefined,
  );
  if (sizes.every((size) => typeof size === 'number')) return g.ints(sizes);
  const own = typeof gap === 'number' ? g.ints([gap]) : axisSize(g, gap.like, axis, gap.less);
  const before = axis > 0 ? [g.node('Shape', [value], { start: 0, end: axis })] : [];
  const after =
    axis < shape.length - 1 ? [g.node('Shape', [value], { start: axis + 1, end: shape.length })] : [];
  return g.node('Concat', [...before, own, ...after], { axis: 0 });
}

function axisSize(g: Backward, like: string, axis: number, less: number): string {
  const size = g.node('Shape', [like], { start: axis, end: axis + 1 });
  return less === 0 ? size : g.node('Sub', [size, g.ints([less])]);
}
