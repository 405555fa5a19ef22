import { openCanvas } from './canvas.ts';
import { type Drawings, drawFigure } from './drawings.ts';
import { figuresSvg } from './figures-svg.ts';
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

/** A profile's figures below each other, in one SVG file that follows light and dark. */
export function profileSvg(view: ProfileView): Promise<string> {
  return figuresSvg(view.name, profileFigures(view));
}
