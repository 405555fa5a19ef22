import { openCanvas } from './canvas.ts';
import { group, label } from './charts/pen.ts';
import { chartStyles, DARK, FULL, LIGHT } from './charts/theme.ts';
import type { Figure } from './figure.ts';

const TITLE = 30;
const GAP = 28;
const MARGIN = 16;

/** Figures below each other, in one SVG file that follows light and dark. */
export async function figuresSvg(title: string, figures: readonly Figure[]): Promise<string> {
  const heights = figures.map((figure) => Math.ceil(figure.height({ width: FULL })) + TITLE + GAP);
  const height = heights.reduce((sum, each) => sum + each, TITLE + 2 * MARGIN);
  const canvas = await openCanvas();
  const frame = {
    id: 'profile',
    title,
    description: figures.map(({ description }) => description).join(' '),
    width: FULL + 2 * MARGIN,
    height,
    styles: `${chartStyles(LIGHT)}\n@media (prefers-color-scheme:dark){\n${chartStyles(DARK)}\n}`,
  };
  const svg = canvas(frame, (pen) => {
    pen.append('rect').attr('class', 'paper').attr('width', frame.width).attr('height', height);
    label(group(pen, MARGIN, MARGIN, 'ink'), title, [0, 14]).attr('class', 'strong');
    let y = MARGIN + TITLE;
    figures.forEach((figure, i) => {
      const part = group(pen, MARGIN, y);
      label(group(part, 0, 0, 'ink'), figure.title, [0, 14]).attr('class', 'strong');
      const inner = heights[i]! - TITLE - GAP;
      figure.draw(group(part, 0, TITLE), { width: FULL, height: inner, id: figure.id });
      y += heights[i]!;
    });
  });
  return `${svg}\n`;
}
