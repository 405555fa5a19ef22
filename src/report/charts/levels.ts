import { BASE_AXIS_TITLED, baseAxis, numberTicks, type Tick, valueAxis } from './axis.ts';
import { DASHES, type LegendEntry, legend, legendHeight } from './legend.ts';
import { marker } from './marker.ts';
import { group, label, line, type Pen, path, strokes, whisker } from './pen.ts';
import { linearScale, plainScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme, textWidth } from './theme.ts';

/** A metric's mean with its interval against something (time, noise), one line an arm. Values in the units printed. */
export interface LevelsData {
  readonly valueTitle: string;
  readonly baseTitle: string;
  /** Range of values that must be in view. */
  readonly values: readonly [number, number];
  /** Places on the base axis, in its own units (a logarithm, say), with their texts. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly series: readonly LevelSeries[];
  /** Levels without hardware, drawn across. */
  readonly references: readonly Reference[];
}

export interface LevelSeries {
  readonly name: string;
  /** Number of the arm: its ink and its marker. */
  readonly ink: number;
  readonly points: readonly {
    readonly at: number;
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

export interface Reference {
  readonly ink: number | null;
  readonly value: number;
  readonly sign: 'dashed' | 'dotted';
}

export function levelsHeight(): number {
  return 340;
}

/** Draws means with interval bars, arms set side by side by a few pixels so that bars do not hide each other. */
export function drawLevels(pen: Pen, data: LevelsData, theme: Theme): void {
  const entries = levelsLegend(data);
  const key = legendHeight(entries, theme.width);
  legend(pen, entries, theme.width);
  label(group(pen, 0, 0, 'muted'), data.valueTitle, [0, key + FONT_SIZE + 4]);
  const top = key + FONT_SIZE + 18;
  const bottom = theme.height - BASE_AXIS_TITLED;
  const y = linearScale(data.values, [bottom, top], 5);
  const valueTicks = numberTicks(y);
  const left = Math.max(...valueTicks.map(({ text }) => textWidth(text))) + 10;
  const right = theme.width - 4;
  valueAxis(pen, valueTicks, left, right);

  const places = data.ticks.map(({ at }) => at);
  const x = plainScale([Math.min(...places), Math.max(...places)], [left + 20, right - 20], []);
  const baseTicks: Tick[] = data.ticks.map(({ at, text }) => ({ at: x(at), text }));
  baseAxis(pen, baseTicks, { left, right, bottom, title: data.baseTitle });

  for (const { ink, value, sign } of data.references) {
    const g = group(pen, 0, 0, ink === null ? 'muted' : armClass(ink));
    line(g, [left, y(value)], [right, y(value)], 1.5).attr('stroke-dasharray', DASHES[sign]);
  }
  data.series.forEach((series, i) => {
    const shift = (i - (data.series.length - 1) / 2) * 7;
    const g = group(pen, 0, 0, armClass(series.ink));
    const spots = series.points.map((point) => ({ ...point, x: x(point.at) + shift, y: y(point.mean) }));
    path(
      g,
      spots.map((spot) => [spot.x, spot.y]),
      1.75,
    ).attr('stroke-opacity', 0.55);
    for (const spot of spots) {
      if (spot.low !== null && spot.high !== null) {
        strokes(g, whisker(y(spot.low), y(spot.high), spot.x, 'upright'), 1.75);
      }
      marker(g, series.ink, [spot.x, spot.y]);
    }
  });
}

function levelsLegend(data: LevelsData): LegendEntry[] {
  const arms = data.series.map(({ name, ink }): LegendEntry => ({ text: name, ink, sign: 'marker' }));
  const has = (sign: Reference['sign']): boolean =>
    data.references.some((reference) => reference.sign === sign);
  return [
    ...arms,
    ...(has('dashed') ? [{ text: 'clean model', ink: null, sign: 'dashed' } as const] : []),
    ...(has('dotted') ? [{ text: 'frozen probe', ink: null, sign: 'dotted' } as const] : []),
  ];
}
