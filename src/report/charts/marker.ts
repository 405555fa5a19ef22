import { type Pen, type Point, round } from './pen.ts';

/** Shapes that tell the arms apart without colour, in the order of arms, each of about equal area around (0, 0). */
const SHAPES: readonly string[] = [
  'M0,-4A4,4 0 1 1 0,4A4,4 0 1 1 0,-4Z',
  'M-3.6,-3.6H3.6V3.6H-3.6Z',
  'M0,-5L4.6,3.4H-4.6Z',
  'M0,-5.2L5.2,0L0,5.2L-5.2,0Z',
  'M0,5L4.6,-3.4H-4.6Z',
  'M-1.5,-4.6H1.5V-1.5H4.6V1.5H1.5V4.6H-1.5V1.5H-4.6V-1.5H-1.5Z',
];

/** Marks a point with arm number i's shape in the current colour, filled or hollow. */
export function marker(pen: Pen, i: number, [x, y]: Point, filled = true): Pen {
  return pen
    .append('path')
    .attr('d', SHAPES[i % SHAPES.length] as string)
    .attr('transform', `translate(${round(x)},${round(y)})`)
    .attr('stroke', 'currentColor')
    .attr('stroke-width', 1.5)
    .attr(...fill(filled));
}

/** A hollow mark shows paper, not what lies beneath. */
function fill(filled: boolean): [string, string] {
  return filled ? ['fill', 'currentColor'] : ['class', 'paper'];
}
