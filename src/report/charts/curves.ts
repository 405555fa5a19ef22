import { BASE_AXIS_TITLED, baseAxis, numberTicks, valueAxis } from './axis.ts';
import { type LegendEntry, legend, legendHeight } from './legend.ts';
import { area, group, label, type Pen, type Point, path } from './pen.ts';
import { linearScale, plainScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme, textWidth } from './theme.ts';

/** Functions of one number, each a line, some with a band around it; panels below each other share both axes. */
export interface CurvesData {
  readonly valueTitle: string;
  readonly baseTitle: string;
  readonly values: readonly [number, number];
  readonly base: readonly [number, number];
  /** Places on the base axis with their texts; without them round numbers are chosen. */
  readonly ticks?: readonly { readonly at: number; readonly text: string }[];
  /** Height of a panel, pixels. Default 220. */
  readonly panelHeight?: number;
  readonly panels: readonly {
    /** Empty for a single panel. */
    readonly label: string;
    readonly curves: readonly Curve[];
  }[];
  /** One name an ink. */
  readonly names: readonly string[];
}

export interface Curve {
  readonly ink: number;
  readonly points: readonly Point[];
  /** Lower and upper bound at each point. */
  readonly band?: readonly (readonly [low: number, high: number])[];
  /** Whether what lies below the line is filled. */
  readonly filled?: boolean;
}

const PANEL = 220;
const HEAD = FONT_SIZE + 10;

export function curvesHeight(data: CurvesData, { width }: Pick<Theme, 'width'>): number {
  const panel = (data.panelHeight ?? PANEL) + HEAD;
  return legendHeight(entriesOf(data), width) + HEAD + data.panels.length * panel + BASE_AXIS_TITLED;
}

/** Draws the curves; lines differ by dash as well as by ink. */
export function drawCurves(pen: Pen, data: CurvesData, theme: Theme): void {
  const entries = entriesOf(data);
  legend(pen, entries, theme.width);
  const key = legendHeight(entries, theme.width);
  label(group(pen, 0, 0, 'muted'), data.valueTitle, [0, key + FONT_SIZE]);
  const height = data.panelHeight ?? PANEL;
  const scaleOf = (top: number) => linearScale(data.values, [top + height, top], height > 120 ? 5 : 2);
  const texts = numberTicks(scaleOf(0)).map(({ text }) => textWidth(text));
  const [left, right] = [Math.max(...texts) + 10, theme.width - 6];
  data.panels.forEach(({ label: name, curves }, i) => {
    const top = key + HEAD + HEAD / 2 + i * (height + HEAD);
    const y = scaleOf(top);
    const x = baseScale(data, left, right);
    valueAxis(pen, numberTicks(y), left, right);
    const isLast = i === data.panels.length - 1;
    const ticks = data.ticks?.map(({ at, text }) => ({ at: x(at), text })) ?? numberTicks(x);
    baseAxis(pen, isLast ? ticks : [], {
      left,
      right,
      bottom: top + height,
      ...(isLast ? { title: data.baseTitle } : {}),
    });
    for (const curve of curves) drawCurve(pen, curve, x, y);
    if (name !== '') label(group(pen, 0, 0, 'ink'), name, [right, top - 5], 'end').attr('class', 'strong');
  });
}

function baseScale({ base, ticks }: CurvesData, left: number, right: number) {
  const count = right - left < 400 ? 4 : 8;
  const range: readonly [number, number] = [left + 6, right - 6];
  return ticks === undefined ? linearScale(base, range, count) : plainScale(base, range, []);
}

function drawCurve(pen: Pen, curve: Curve, x: (v: number) => number, y: (v: number) => number): void {
  const g = group(pen, 0, 0, armClass(curve.ink));
  const spots = curve.points.map(([at, value]): Point => [x(at), y(value)]);
  if (curve.band !== undefined) {
    const edge = (side: 0 | 1) =>
      curve.band!.map((bounds, i): Point => [x(curve.points[i]![0]), y(bounds[side])]);
    area(g, [...edge(1), ...edge(0).reverse()], 0.16);
  }
  if (curve.filled === true && spots.length > 0) {
    area(g, [[spots[0]![0], y(0)], ...spots, [spots.at(-1)![0], y(0)]], 0.18);
  }
  const drawn = path(g, spots, 2);
  const dash = dashOf(curve.ink);
  if (dash !== '' && curve.filled !== true) drawn.attr('stroke-dasharray', dash);
}

const DASHES: readonly string[] = ['', '7 3', '2 3', '7 3 2 3', '12 4'];

function dashOf(ink: number): string {
  return DASHES[ink % DASHES.length] ?? '';
}

function entriesOf({ names, panels }: CurvesData): LegendEntry[] {
  const filled = panels.some(({ curves }) => curves.some((curve) => curve.filled === true));
  return names.map((text, ink) => ({ text, ink, sign: 'line', dash: filled ? '' : dashOf(ink) }));
}
