import { BASE_AXIS_TITLED, baseAxis, numberTicks } from './axis.ts';
import { DASHES, type LegendEntry, legend, legendHeight } from './legend.ts';
import { marker } from './marker.ts';
import { group, label, line, type Pen, round } from './pen.ts';
import { linearScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme, textWidth } from './theme.ts';

/** One dot a chip, one lane an arm, one block of lanes a condition; values in the units printed. */
export interface StripsData {
  readonly baseTitle: string;
  readonly values: readonly [number, number];
  readonly blocks: readonly { readonly label: string; readonly lanes: readonly Lane[] }[];
  readonly arms: readonly { readonly name: string; readonly ink: number; readonly clean: number | null }[];
}

export interface Lane {
  readonly ink: number;
  readonly values: readonly number[];
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

const LANE = 22;
const GAP = 12;
const DOT = 2.4;
const STACKED_LABEL = 18;

const stacked = (width: number): boolean => width < 400;

export function stripsHeight(data: StripsData, { width }: Pick<Theme, 'width'>): number {
  const lanes = data.blocks.reduce((sum, block) => sum + block.lanes.length, 0);
  const labels = stacked(width) ? data.blocks.length * STACKED_LABEL : 0;
  return (
    legendHeight(entriesOf(data), width) + lanes * LANE + data.blocks.length * GAP + labels + BASE_AXIS_TITLED
  );
}

/** Draws each chip as a dot, dots of one place piled, and each lane's mean with its interval. */
export function drawStrips(pen: Pen, data: StripsData, theme: Theme): void {
  const entries = entriesOf(data);
  const top = legendHeight(entries, theme.width) + 4;
  legend(pen, entries, theme.width);
  const narrow = stacked(theme.width);
  const left = narrow ? 2 : Math.max(...data.blocks.map((block) => textWidth(block.label))) + 16;
  const right = theme.width - 8;
  const bottom = theme.height - BASE_AXIS_TITLED;
  const x = linearScale(data.values, [left + 8, right - 8], narrow ? 4 : 8);
  baseAxis(pen, numberTicks(x), { left, right, bottom, top, title: data.baseTitle });
  for (const { ink, clean } of data.arms) {
    if (clean === null) continue;
    line(group(pen, 0, 0, armClass(ink)), [x(clean), top], [x(clean), bottom], 1.5).attr(
      'stroke-dasharray',
      DASHES.dashed,
    );
  }
  let y = top + GAP / 2;
  data.blocks.forEach((block, i) => {
    if (i > 0) line(group(pen, 0, 0, 'rule'), [0, y - GAP / 2], [theme.width, y - GAP / 2]);
    if (narrow) {
      label(group(pen, 0, 0, 'ink'), block.label, [left, y + FONT_SIZE]);
      y += STACKED_LABEL;
    } else {
      label(group(pen, 0, 0, 'ink'), block.label, [
        0,
        y + (block.lanes.length * LANE) / 2 + FONT_SIZE * 0.34,
      ]);
    }
    for (const lane of block.lanes) {
      drawLane(pen, lane, y + LANE / 2, x);
      y += LANE;
    }
    y += GAP;
  });
}

function drawLane(pen: Pen, lane: Lane, y: number, x: (value: number) => number): void {
  const g = group(pen, 0, 0, armClass(lane.ink));
  // The interval lies behind the dots, wide and pale, so that it hides none of them.
  if (lane.low !== null && lane.high !== null) {
    line(g, [x(lane.low), y], [x(lane.high), y], 8).attr('stroke-opacity', 0.3);
  }
  const dots = group(g).attr('fill', 'currentColor').attr('fill-opacity', 0.6);
  for (const [cx, cy] of piled(lane.values.map(x), LANE / 2 - DOT)) {
    dots
      .append('circle')
      .attr('cx', round(cx))
      .attr('cy', round(y + cy))
      .attr('r', DOT);
  }
  marker(g, lane.ink, [x(lane.mean), y]);
}

/** Moves dots of nearly one place apart, in turn above and below the middle, within a reach. */
function piled(places: readonly number[], reach: number): [number, number][] {
  const columns = new Map<number, number>();
  return [...places]
    .sort((a, b) => a - b)
    .map((place) => {
      const column = Math.round(place / (2 * DOT));
      const count = columns.get(column) ?? 0;
      columns.set(column, count + 1);
      const offset = Math.ceil(count / 2) * (2 * DOT - 0.4) * (count % 2 === 0 ? 1 : -1);
      return [place, Math.max(-reach, Math.min(reach, offset))];
    });
}

function entriesOf({ arms }: StripsData): LegendEntry[] {
  const marks = arms.map(({ name, ink }): LegendEntry => ({ text: name, ink, sign: 'marker' }));
  const clean: LegendEntry[] = arms.some((arm) => arm.clean !== null)
    ? [{ text: 'clean model', ink: null, sign: 'dashed' }]
    : [];
  return [...marks, ...clean];
}
