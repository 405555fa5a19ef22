/** A table as data: the page, the Markdown file and the tests all read the same one. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** One text a column; the first column names the row. */
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly title: string;
  /** Numbers are set flush right, words flush left, names of layers and hashes in a fixed-width face. */
  readonly kind: 'words' | 'number' | 'code';
}

export function words(title: string): Column {
  return { title, kind: 'words' };
}

export function numbers(title: string): Column {
  return { title, kind: 'number' };
}

export function code(title: string): Column {
  return { title, kind: 'code' };
}

/** Written where a number is unknown or undefined. */
export const NONE = '\u2013';
