import type { Pen } from './charts/pen.ts';
import type { Theme } from './charts/theme.ts';
import type { Table } from './table.ts';

/** One figure: how to draw it at a width, what it says in words, and its numbers. */
export interface Figure {
  /** File name of the `.svg`, and anchor on the page. */
  readonly id: string;
  readonly title: string;
  /** What one sees, for those who do not. */
  readonly description: string;
  /** How to read it, printed below. */
  readonly caption: string;
  readonly table: Table;
  /** Half of the page's width or all of it. */
  readonly size: 'half' | 'full';
  readonly height: (theme: Pick<Theme, 'width'>) => number;
  readonly draw: (pen: Pen, theme: Theme) => void;
}
