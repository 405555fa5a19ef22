import type { Canvas } from './canvas.ts';
import { chartStyles, DARK, FULL, HALF, LIGHT, PHONE } from './charts/theme.ts';
import type { Figure } from './figure.ts';

/** The SVG texts of one figure: two for the page (it shows the one that suits the screen), one as a file of its own. */
export interface Drawings {
  readonly wide: string;
  readonly phone: string;
  readonly file: string;
}

/** Draws a figure for the page and for its file. */
export function drawFigure(canvas: Canvas, figure: Figure): Drawings {
  const wide = figure.size === 'half' ? HALF : FULL;
  return {
    wide: drawAt(canvas, figure, wide, { id: figure.id, className: 'chart wide' }),
    phone: drawAt(canvas, figure, PHONE, { id: `${figure.id}-phone`, className: 'chart phone' }),
    file: drawAt(canvas, figure, wide, { id: figure.id, styles: fileStyles() }),
  };
}

function drawAt(
  canvas: Canvas,
  figure: Figure,
  width: number,
  look: { readonly id: string; readonly className?: string; readonly styles?: string },
): string {
  const height = Math.ceil(figure.height({ width }));
  const { title, description } = figure;
  return canvas({ ...look, title, description, width, height }, (pen) => {
    // A file may be shown on any ground; on the page the page itself is the paper.
    if (look.styles !== undefined) {
      pen.append('rect').attr('class', 'paper').attr('width', width).attr('height', height);
    }
    figure.draw(pen, { width, height, id: look.id });
  });
}

/** A file of its own follows light and dark where its viewer does. */
function fileStyles(): string {
  return `${chartStyles(LIGHT)}\n@media (prefers-color-scheme:dark){\n${chartStyles(DARK)}\n}`;
}
