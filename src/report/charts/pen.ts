/**
 * What a chart draws with: the part of a d3 selection that charts use, so that any d3 selection is a Pen, in Node and
 * in a browser, and charts know no library.
 */
export interface Pen {
  append(name: string): Pen;
  attr(name: string, value: string | number): Pen;
  text(value: string): Pen;
}

/** A group moved by (x, y), of a class that gives its ink. */
export function group(pen: Pen, x = 0, y = 0, className?: string): Pen {
  const g = pen.append('g');
  if (x !== 0 || y !== 0) g.attr('transform', `translate(${round(x)},${round(y)})`);
  return className === undefined ? g : g.attr('class', className);
}

/** A straight line in the current colour. */
export function line(pen: Pen, [x1, y1]: Point, [x2, y2]: Point, width = 1): Pen {
  return pen
    .append('line')
    .attr('x1', round(x1))
    .attr('y1', round(y1))
    .attr('x2', round(x2))
    .attr('y2', round(y2))
    .attr('stroke', 'currentColor')
    .attr('stroke-width', width);
}

/** Several straight lines as one path: rules, whiskers. */
export function strokes(pen: Pen, lines: readonly (readonly [Point, Point])[], width = 1): Pen {
  const moves = lines.map(([[x1, y1], [x2, y2]]) => {
    const to = y1 === y2 ? `H${round(x2)}` : x1 === x2 ? `V${round(y2)}` : `L${round(x2)},${round(y2)}`;
    return `M${round(x1)},${round(y1)}${to}`;
  });
  return pen
    .append('path')
    .attr('d', moves.join(''))
    .attr('stroke', 'currentColor')
    .attr('stroke-width', width);
}

/** The three strokes of an interval from `low` to `high` with end caps: lying at height `at`, or upright at x = `at`. */
export function whisker(
  low: number,
  high: number,
  at: number,
  stance: 'lying' | 'upright' = 'lying',
): [Point, Point][] {
  const point = (along: number, across: number): Point =>
    stance === 'lying' ? [along, at + across] : [at + across, along];
  return [
    [point(low, 0), point(high, 0)],
    [point(low, -3.5), point(low, 3.5)],
    [point(high, -3.5), point(high, 3.5)],
  ];
}

/** A line through points in the current colour. */
export function path(pen: Pen, points: readonly Point[], width = 1.75): Pen {
  return pen
    .append('path')
    .attr('d', points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join(''))
    .attr('fill', 'none')
    .attr('stroke', 'currentColor')
    .attr('stroke-width', width)
    .attr('stroke-linejoin', 'round');
}

/** A filled outline in the current colour. */
export function area(pen: Pen, points: readonly Point[], opacity: number): Pen {
  return pen
    .append('path')
    .attr('d', `${points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join('')}Z`)
    .attr('fill', 'currentColor')
    .attr('fill-opacity', opacity);
}

/** Text with its baseline at (x, y). */
export function label(
  pen: Pen,
  text: string,
  [x, y]: Point,
  anchor: 'start' | 'middle' | 'end' = 'start',
): Pen {
  const node = pen.append('text').attr('x', round(x)).attr('y', round(y)).text(text);
  return anchor === 'start' ? node : node.attr('text-anchor', anchor);
}

export type Point = readonly [x: number, y: number];

/** Two decimals of a pixel are plenty, and make figures equal bytes on every machine. */
export function round(value: number): number {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? 0 : rounded;
}
