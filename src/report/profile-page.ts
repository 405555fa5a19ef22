import { openCanvas } from './canvas.ts';
import { group, label } from './charts/pen.ts';
import { chartStyles, DARK, FULL, LIGHT } from './charts/theme.ts';
import { type Drawings, drawFigure } from './drawings.ts';
import { reportHtml } from './html.ts';
import { profileFigures } from './profile-figures.ts';
import type { ProfileView } from './profile-view.ts';

/** A profile as one HTML page that needs nothing beside it: figures with their numbers, then the facts. */
export async function profileHtml(view: ProfileView): Promise<string> {
  const figures = profileFigures(view);
  const canvas = await openCanvas();
  const drawings = new Map<string, Drawings>();
  for (const figure of figures) drawings.set(figure.id, drawFigure(canvas, figure));
  const document = {
    kicker: 'Device profile',
    title: view.name,
    verdict: view.description,
    evidence: view.source,
    warnings: [],
    synthetic: false,
    sections: [
      { id: 'figures', title: 'What it does', blocks: [{ kind: 'figures', figures }] },
      { id: 'facts', title: 'What it says', blocks: [{ kind: 'facts', facts: view.facts }] },
    ],
    footer: 'This page is whole: it makes no request and runs no script.',
  } as const;
  return reportHtml(document, drawings);
}

const TITLE = 30;
const GAP = 28;
const MARGIN = 16;

/** A profile's figures below each other, in one SVG file that follows light and dark. */
export async function profileSvg(view: ProfileView): Promise<string> {
  const figures = profileFigures(view);
  const heights = figures.map((figure) => Math.ceil(figure.height({ width: FULL })) + TITLE + GAP);
  const height = heights.reduce((sum, each) => sum + each, TITLE + 2 * MARGIN);
  const canvas = await openCanvas();
  const frame = {
    id: 'profile',
    title: view.name,
    description: figures.map(({ description }) => description).join(' '),
    width: FULL + 2 * MARGIN,
    height,
    styles: `${chartStyles(LIGHT)}\n@media (prefers-color-scheme:dark){\n${chartStyles(DARK)}\n}`,
  };
  const svg = canvas(frame, (pen) => {
    pen.append('rect').attr('class', 'paper').attr('width', frame.width).attr('height', height);
    label(group(pen, MARGIN, MARGIN, 'ink'), view.name, [0, 14]).attr('class', 'strong');
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
