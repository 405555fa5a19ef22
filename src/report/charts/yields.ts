import { BASE_AXIS, BASE_AXIS_TITLED, baseAxis, numberTicks, valueAxis } from './axis.ts';
import { type LegendEntry, legend, legendHeight } from './legend.ts';
import { group, label, type Pen, type Point, path } from './pen.ts';
import { innerScale, plainScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme } from './theme.ts';

/** Share of chips at or above a limit against the limit: one panel a condition, values in the units printed. */
export interface YieldsData {
  readonly baseTitle: string;
  readonly values: readonly [number, number];
  readonly panels: readonly {
    readonly label: string;
    readonly arms: readonly {
      readonly ink: number;
      readonly values: readonly number[];
      /** All chips: those without a value miss every limit. */
      readonly chips: number;
    }[];
  }[];
  readonly arms: readonly { readonly name: string; readonly ink: number }[];
}

const PANEL = 150;
const HEAD = 24;
const GAP = 20;
const ROW_GAP = 10;

const columnsAt = (width: number): number => (width < 400 ? 2 : width < 700 ? 3 : 4);

export function yieldsHeight(data: YieldsData, { width }: Pick<Theme, 'width'>): number {
  const rows = Math.ceil(data.panels.length / columnsAt(width));
  const titles = BASE_AXIS_TITLED - BASE_AXIS;
  return (
    legendHeight(entriesOf(data), width) +
    FONT_SIZE +
    8 +
    rows * (PANEL + HEAD + BASE_AXIS + ROW_GAP) -
    ROW_GAP +
    titles
  );
}

/** Draws the falling staircase of each arm; panels share both axes, so that they can be compared. */
export function drawYields(pen: Pen, data: YieldsData, theme: Theme): void {
  const entries = entriesOf(data);
  legend(pen, entries, theme.width);
  const key = legendHeight(entries, theme.width);
  label(group(pen, 0, 0, 'muted'), 'chips at or above the limit, %', [0, key + FONT_SIZE + 2]);
  const columns = Math.min(columnsAt(theme.width), data.panels.length);
  const axis = 32;
  const width = (theme.width - axis - 4 - (columns - 1) * GAP) / columns;
  data.panels.forEach((panel, i) => {
    const column = i % columns;
    const top = key + FONT_SIZE + 8 + Math.floor(i / columns) * (PANEL + HEAD + BASE_AXIS + ROW_GAP) + HEAD;
    const left = axis + column * (width + GAP);
    const right = left + width;
    const y = plainScale([0, 100], [top + PANEL, top], [0, 50, 100]);
    const x = innerScale(data.values, [left, right], 3);
    const ticks = numberTicks(y).map((tick) => (column === 0 ? tick : { ...tick, text: '' }));
    valueAxis(pen, ticks, left, right);
    const titled = i === data.panels.length - 1;
    baseAxis(pen, numberTicks(x), {
      left,
      right,
      bottom: top + PANEL,
      ...(titled ? { title: data.baseTitle } : {}),
    });
    label(group(pen, 0, 0, 'ink'), panel.label, [left, top - 8]).attr('class', 'strong');
    panel.arms.forEach((arm, at) => {
      const g = group(pen, 0, 0, armClass(arm.ink));
      const steps = staircase(arm.values, arm.chips, x.domain).map(
        ([value, share]): Point => [x(value), y(share)],
      );
      const drawn = path(g, steps, 2);
      if (at > 0 && DASH[at % DASH.length] !== '')
        drawn.attr('stroke-dasharray', DASH[at % DASH.length] as string);
    });
  });
}

/** Dashes tell the arms apart without colour: full, dashed, dash-dotted. */
const DASH: readonly string[] = ['', '7 3', '2 3', '7 3 2 3'];

/** Corners of the share of chips with a value >= limit as the limit goes through the domain. */
function staircase(
  values: readonly number[],
  chips: number,
  [low, high]: readonly [number, number],
): Point[] {
  const sorted = [...values].sort((a, b) => a - b);
  const share = (above: number): number => (100 * above) / Math.max(1, chips);
  const corners: Point[] = [[low, share(sorted.length)]];
  sorted.forEach((value, i) => {
    corners.push([value, share(sorted.length - i)]);
    corners.push([value, share(sorted.length - i - 1)]);
  });
  return [...corners, [high, 0]];
}

function entriesOf({ arms }: YieldsData): LegendEntry[] {
  return arms.map(({ name, ink }, i) => ({
    text: name,
    ink,
    sign: 'line',
    dash: DASH[i % DASH.length] as string,
  }));
}
