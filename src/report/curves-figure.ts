import { type CurvesData, curvesHeight, drawCurves } from './charts/curves.ts';
import type { Figure } from './figure.ts';

/** A figure of curves. */
export function figure(texts: Omit<Figure, 'height' | 'draw'>, chart: CurvesData): Figure {
  return {
    ...texts,
    height: (theme) => curvesHeight(chart, theme),
    draw: (pen, theme) => drawCurves(pen, chart, theme),
  };
}

/** Four digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
