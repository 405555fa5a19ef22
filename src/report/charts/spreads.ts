import { BASE_AXIS_TITLED, baseAxis, numberTicks, shortened } from './axis.ts';
import { type LegendEntry, legend, legendHeight } from './legend.ts';
import { marker } from './marker.ts';
import { group, label, line, type Pen } from './pen.ts';
import { linearScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme, textWidth } from './theme.ts';

/** Learned std (mean over groups, with least and largest) against the target std, one row a layer. */
export interface SpreadsData {
  readonly baseTitle: string;
  readonly arm: { readonly name: string; readonly ink: number };
  readonly rows: readonly {
    readonly label: string;
    readonly target: number;
    readonly mean: number;
    readonly min: number;
    readonly max: number;
  }[];
}

const ROW = 26;
const STACKED_ROW = 40;

const stacked = (width: number): boolean => width < 500;

export function spreadsHeight(data: SpreadsData, { width }: Pick<Theme, 'width'>): number {
  const row = stacked(width) ? STACKED_ROW : ROW;
  return legendHeight(entriesOf(data), width) + data.rows.length * row + BASE_AXIS_TITLED + 8;
}

/** Draws each layer's learned mean as the arm's mark, its range over groups as a bar, its target as a tall tick. */
export function drawSpreads(pen: Pen, data: SpreadsData, theme: Theme): void {
  const entries = entriesOf(data);
  legend(pen, entries, theme.width);
  const top = legendHeight(entries, theme.width) + 4;
  const narrow = stacked(theme.width);
  const row = narrow ? STACKED_ROW : ROW;
  const longest = Math.max(...data.rows.map((layer) => textWidth(layer.label)));
  const left = narrow ? 0 : Math.min(longest, theme.width * 0.42) + 16;
  const right = theme.width - 10;
  const bottom = top + data.rows.length * row;
  const largest = Math.max(...data.rows.flatMap((layer) => [layer.target, layer.max]));
  const x = linearScale([0, largest], [left + 4, right], narrow ? 4 : 8);
  baseAxis(pen, numberTicks(x), { left, right, bottom, top, title: data.baseTitle });
  data.rows.forEach((layer, i) => {
    const y = top + i * row + (narrow ? 28 : row / 2);
    const name = shortened(layer.label, narrow ? theme.width : left - 16);
    const at = narrow ? top + i * row + FONT_SIZE + 3 : y + FONT_SIZE * 0.34;
    label(group(pen, 0, 0, 'ink'), name, [0, at]);
    const g = group(pen, 0, 0, armClass(data.arm.ink));
    line(g, [x(layer.min), y], [x(layer.max), y], 3).attr('stroke-opacity', 0.45);
    line(group(pen, 0, 0, 'ink'), [x(layer.target), y - 8], [x(layer.target), y + 8], 2.25);
    marker(g, data.arm.ink, [x(layer.mean), y]);
  });
}

function entriesOf({ arm }: SpreadsData): LegendEntry[] {
  return [
    { text: 'learned: mean and range over groups', ink: arm.ink, sign: 'marker' },
    { text: 'target', ink: null, sign: 'tick' },
  ];
}
