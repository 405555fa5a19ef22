import { marker } from './marker.ts';
import { group, label, line, type Pen } from './pen.ts';
import { armClass, FONT_SIZE, textWidth } from './theme.ts';

/** One entry: an arm with its marker, or a kind of line. */
export interface LegendEntry {
  readonly text: string;
  /** Number of the arm whose ink it has; null = muted. */
  readonly ink: number | null;
  readonly sign: 'marker' | 'dashed' | 'dotted' | 'tick' | 'line';
  /** Dash pattern of a `line`; empty = full. */
  readonly dash?: string;
}

const ROW = FONT_SIZE + 8;
const SIGN = 22;
const GAP = 16;

/** Dashes of the reference lines. */
export const DASHES = { dashed: '6 4', dotted: '1.5 3.5' } as const;

/** Height of a legend that wraps at a width. */
export function legendHeight(entries: readonly LegendEntry[], width: number): number {
  return entries.length === 0 ? 0 : (places(entries, width).rows + 1) * ROW;
}

/** Draws the entries from the upper left corner, wrapping at the width. */
export function legend(pen: Pen, entries: readonly LegendEntry[], width: number): void {
  const { at } = places(entries, width);
  entries.forEach((entry, i) => {
    const [x, y] = at[i] as readonly [number, number];
    const g = group(pen, x, y + ROW / 2, entry.ink === null ? 'muted' : armClass(entry.ink));
    if (entry.sign === 'marker' && entry.ink !== null) marker(g, entry.ink, [7, 0]);
    else if (entry.sign === 'tick') line(g, [7, -7], [7, 7], 2.5);
    else if (entry.sign === 'dashed' || entry.sign === 'dotted') {
      line(g, [0, 0], [SIGN - 6, 0], 1.75).attr('stroke-dasharray', DASHES[entry.sign]);
    } else if (entry.sign === 'line') {
      const drawn = line(g, [0, 0], [SIGN - 4, 0], 2);
      if (entry.dash !== undefined && entry.dash !== '') drawn.attr('stroke-dasharray', entry.dash);
    }
    label(group(g, 0, 0, 'ink'), entry.text, [signWidth(entry), FONT_SIZE * 0.34]);
  });
}

function signWidth(entry: LegendEntry): number {
  return entry.sign === 'marker' || entry.sign === 'tick' ? 17 : SIGN + 2;
}

function places(entries: readonly LegendEntry[], width: number) {
  let x = 0;
  let rows = 0;
  const at = entries.map((entry) => {
    const needed = signWidth(entry) + textWidth(entry.text);
    if (x > 0 && x + needed > width) {
      x = 0;
      rows += 1;
    }
    const place: readonly [number, number] = [x, rows * ROW];
    x += needed + GAP;
    return place;
  });
  return { at, rows };
}
