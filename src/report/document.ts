import type { Figure } from './figure.ts';
import type { Table } from './table.ts';

/** The report as data: sections of blocks of plain text. `html.ts` and `markdown.ts` only set it. */
export interface ReportDocument {
  /** Small line above the title. */
  readonly kicker: string;
  readonly title: string;
  readonly verdict: string;
  /** One line on the evidence: chips, examples, conditions, reads. */
  readonly evidence: string;
  readonly warnings: readonly string[];
  readonly synthetic: boolean;
  readonly sections: readonly Section[];
  /** The last line. Default: where the run's numbers are. */
  readonly footer?: string;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'columns';
      readonly columns: readonly { readonly title: string; readonly items: readonly string[] }[];
    }
  | { readonly kind: 'facts'; readonly facts: readonly FactLine[] }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'table'; readonly table: Table; readonly folded?: boolean }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] };

export interface FactLine {
  readonly name: string;
  readonly value: string;
  /** Set in a fixed-width face (hashes, versions, names of files). */
  readonly code?: boolean;
}
