import { BASE_AXIS_TITLED, baseAxis, numberTicks } from './axis.ts';
import { marker } from './marker.ts';
import { group, label, line, type Pen, strokes, whisker } from './pen.ts';
import { linearScale } from './scale.ts';
import { armClass, FONT_SIZE, type Theme, textWidth } from './theme.ts';

/** Paired differences b - a, one row a condition, in the units printed. */
export interface DifferencesData {
  readonly a: DifferenceSide;
  readonly b: DifferenceSide;
  readonly baseTitle: string;
  readonly rows: readonly DifferenceRow[];
}

export interface DifferenceSide {
  readonly name: string;
  readonly ink: number;
}

export interface DifferenceRow {
  readonly label: string;
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Written at the end of the row. */
  readonly text: string;
  readonly standing: 'ahead' | 'behind' | 'open' | 'unknown';
}

const ROW = 28;
const HEAD = 26;

export function differencesHeight(data: DifferencesData): number {
  return HEAD + data.rows.length * ROW + BASE_AXIS_TITLED + 4;
}

/**
 * Draws each difference with its interval about the line of no difference. A filled mark has the ink and marker of the
 * arm that is ahead; a hollow one says that the chips do not tell the two apart.
 */
export function drawDifferences(pen: Pen, data: DifferencesData, theme: Theme): void {
  const left = Math.max(...data.rows.map((row) => textWidth(row.label))) + 12;
  const right = theme.width - Math.max(...data.rows.map((row) => textWidth(row.text))) - 12;
  const bottom = HEAD + data.rows.length * ROW + 4;
  const ends = data.rows.flatMap((row) => [
    row.difference,
    row.low ?? row.difference,
    row.high ?? row.difference,
  ]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  // Some of both sides stays in view, so that a one-sided result is seen to be one.
  const reach = high - low || 1;
  const x = linearScale(
    [Math.min(low, -0.12 * reach), Math.max(high, 0.12 * reach)],
    [left, right],
    theme.width < 400 ? 3 : 6,
  );
  baseAxis(pen, numberTicks(x), { left, right, bottom, top: HEAD, title: data.baseTitle });
  line(group(pen, 0, 0, 'ink'), [x(0), HEAD - 4], [x(0), bottom], 1.25);
  sides(pen, data, x(0), theme.width);

  data.rows.forEach((row, i) => {
    const y = HEAD + (i + 0.5) * ROW + 2;
    const baseline = y + FONT_SIZE * 0.34;
    label(group(pen, 0, 0, 'ink'), row.label, [0, baseline]);
    label(group(pen, 0, 0, 'muted'), row.text, [theme.width, baseline], 'end');
    const side = row.standing === 'behind' ? data.a : data.b;
    const told = row.standing === 'ahead' || row.standing === 'behind';
    const g = group(pen, 0, 0, told ? armClass(side.ink) : 'muted');
    if (row.low !== null && row.high !== null) {
      const [low, high] = [x(row.low), x(row.high)];
      strokes(g, whisker(low, high, y), 2);
    }
    marker(g, side.ink, [x(row.difference), y], told);
  });
}

/** Says above the line of no difference which side is whose, where there is room. */
function sides(pen: Pen, { a, b }: DifferencesData, zero: number, width: number): void {
  const y = FONT_SIZE;
  const leftText = `← ${a.name} better`;
  const rightText = `${b.name} better →`;
  if (zero - 10 - textWidth(leftText) >= 0) {
    label(group(pen, 0, 0, armClass(a.ink)), leftText, [zero - 10, y], 'end').attr('class', 'strong');
  }
  if (zero + 10 + textWidth(rightText) <= width) {
    label(group(pen, 0, 0, armClass(b.ink)), rightText, [zero + 10, y]).attr('class', 'strong');
  }
}
