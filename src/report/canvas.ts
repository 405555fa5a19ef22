import type { Pen } from './charts/pen.ts';

/**
 * The one door to d3-node: a document to draw in without a browser. Charts draw with a Pen (a d3 selection) and know
 * nothing of it, so the same charts draw in a browser too.
 */

/** One drawing's frame. */
export interface Frame {
  /** Unique on the page: prefix of the ids of title and description. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** CSS for a file that stands alone; on the page the page's own style sheet serves, and this is left out. */
  readonly styles?: string;
  /** Class of the `<svg>` element. */
  readonly className?: string;
}

/** Draws one picture and gives its SVG text. */
export type Canvas = (frame: Frame, draw: (pen: Pen) => void) => string;

/** The part of d3-node that we use; it ships no types. */
interface D3NodeModule {
  readonly D3Node: new () => {
    createSVG(width: number, height: number, attributes: Readonly<Record<string, string | number>>): Pen;
    svgString(): string;
  };
}

/** Loads d3-node (half a second; so only on demand) and gives a canvas that draws any number of pictures. */
export async function openCanvas(): Promise<Canvas> {
  const { D3Node } = (await import('d3-node' as string)) as unknown as D3NodeModule;
  return (frame, draw) => {
    const page = new D3Node();
    const svg = page.createSVG(frame.width, frame.height, {
      viewBox: `0 0 ${frame.width} ${frame.height}`,
      role: 'img',
      'aria-labelledby': `${frame.id}-title ${frame.id}-desc`,
      ...(frame.className === undefined ? {} : { class: frame.className }),
    });
    svg.append('title').attr('id', `${frame.id}-title`).text(frame.title);
    svg.append('desc').attr('id', `${frame.id}-desc`).text(frame.description);
    if (frame.styles !== undefined) svg.append('style').text(frame.styles);
    draw(svg);
    return asXml(page.svgString());
  };
}

/**
 * d3-node gives HTML; a figure must be XML too. What differs here: the non-breaking space entity, and the CDATA marks
 * that d3-node puts around styles, which are wrong inside an HTML page.
 */
function asXml(svg: string): string {
  return svg.replaceAll('&nbsp;', '\u00a0').replaceAll('<![CDATA[', '').replaceAll(']]>', '');
}
