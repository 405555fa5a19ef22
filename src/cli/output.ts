import type { Screen } from './screen.ts';
import { recordLines } from './text.ts';

/** What a command has to say in the end: a record for programs, lines for people, and 1 where the answer is no. */
export interface Outcome {
  readonly document: unknown;
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

/**
 * The outcome of a job that returned `result`. For people: `lines` if given, else the result's own `lines` (which
 * are no part of the document), else its fields as they stand.
 */
export function outcome(result: unknown, lines?: readonly string[], exitCode: 0 | 1 = 0): Outcome {
  const { own, document } = ownLines(result);
  return { document, lines: lines ?? own ?? recordLines(document), exitCode };
}

function ownLines(result: unknown): { own?: readonly string[]; document: unknown } {
  if (result === null || typeof result !== 'object' || Array.isArray(result) || !('lines' in result)) {
    return { document: result };
  }
  const { lines, ...document } = result;
  return { own: lines as readonly string[], document };
}

/** With `json` one JSON document on stdout and nothing else there, else the lines. */
export function printOutcome(screen: Screen, { document, lines }: Outcome, json: boolean): void {
  if (json) screen.out(`${JSON.stringify(document, null, 2)}\n`);
  else if (lines.length > 0) screen.out(`${lines.join('\n')}\n`);
}
