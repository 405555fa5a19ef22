/** One thing that is wrong with a profile, or odd. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  /** The file as it was named by the user. */
  readonly file: string;
  /** Counted from 1; null where the profile did not come from a file. */
  readonly line: number | null;
  readonly column: number | null;
  /** JSON pointer to the value, "" for the whole file. */
  readonly pointer: string;
  /** What must hold, and what was found. */
  readonly message: string;
  /** What to do. */
  readonly cure: string;
}

/** One line for a fault, without its file: `4:12 /cell/gMin: must be ..., got ...; ...`. */
export function faultLine(fault: Fault): string {
  const place = fault.line === null ? '' : `${fault.line}:${fault.column} `;
  const pointer = fault.pointer === '' ? '' : `${fault.pointer}: `;
  return `${place}${pointer}${fault.message}; ${fault.cure}`;
}

/** `file:line:column`, or the file alone. */
export function faultPlace(fault: Fault): string {
  return fault.line === null ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
}

/** The nearest of some words, if it is near enough to be meant: at most a third of its letters differ, case aside. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (distance <= limit && distance < word.length && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The fewest insertions, deletions, replacements and exchanges of neighbours from one word to the other. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20) return 20;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = exchanged ? rows[i - 2]![j - 2]! + 1 : replaced;
      row.push(Math.min(replaced, swapped, rows[i - 1]![j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** A found value as a message shows it: JSON, cut at 60 characters. */
export function shown(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number too large';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A number of a law, in six digits. */
export function shownNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
