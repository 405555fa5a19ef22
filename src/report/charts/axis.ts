import { number } from '../names.ts';
import { group, label, line, type Pen, strokes } from './pen.ts';
import type { Scale } from './scale.ts';
import { FONT_SIZE, textWidth } from './theme.ts';

/** A tick at a place on the axis, with its text. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** The ticks of a scale, written as plain numbers. */
export function numberTicks(scale: Scale): Tick[] {
  return scale.ticks.map((value) => ({ at: scale(value), text: number(value) }));
}

/** Leaves out ticks whose text would touch their left neighbour's. The first and the last stay. */
export function roomyTicks(ticks: readonly Tick[], gap = 8): Tick[] {
  const kept: Tick[] = [];
  const fits = (a: Tick, b: Tick): boolean =>
    b.at - a.at >= (textWidth(a.text) + textWidth(b.text)) / 2 + gap;
  const ordered = [...ticks].sort((a, b) => a.at - b.at);
  const last = ordered[ordered.length - 1];
  for (const tick of ordered) {
    const before = kept[kept.length - 1];
    if (before !== undefined && !fits(before, tick)) continue;
    if (last !== undefined && tick !== last && kept.length > 0 && !fits(tick, last)) continue;
    kept.push(tick);
  }
  return kept;
}

/** Ticks with light rules across from `left` to `right`, text to the left; the values' axis. */
export function valueAxis(pen: Pen, ticks: readonly Tick[], left: number, right: number): void {
  const texts = group(pen, 0, 0, 'muted');
  strokes(
    group(pen, 0, 0, 'rule'),
    ticks.map(({ at }) => [
      [left, at],
      [right, at],
    ]),
  );
  for (const { at, text } of ticks) {
    if (text !== '') label(texts, text, [left - 8, at + FONT_SIZE * 0.34], 'end');
  }
}

/** Ticks below a frame at y = `bottom`; with `top`, light rules up to there. `title` is set below, at the right. */
export function baseAxis(
  pen: Pen,
  ticks: readonly Tick[],
  { left, right, bottom, top, title }: AxisFrame,
): void {
  const texts = group(pen, 0, 0, 'muted');
  strokes(
    group(pen, 0, 0, 'rule'),
    ticks.map(({ at }) => [
      [at, top ?? bottom],
      [at, top === undefined ? bottom + 4 : bottom],
    ]),
  );
  for (const { at, text } of roomyTicks(ticks)) {
    label(texts, text, [at, bottom + FONT_SIZE + 6], 'middle');
  }
  if (top === undefined) line(group(pen, 0, 0, 'muted'), [left, bottom], [right, bottom]);
  if (title !== undefined) label(texts, title, [right, bottom + 2 * FONT_SIZE + 12], 'end');
}

export interface AxisFrame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top?: number;
  readonly title?: string;
}

/** Height that `baseAxis` needs below the frame, with and without a title. */
export const BASE_AXIS = FONT_SIZE + 12;
export const BASE_AXIS_TITLED = 2 * FONT_SIZE + 18;

/** Shortens a text from its front, where names of layers differ least, to a width in pixels. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let start = 1;
  while (start < text.length && textWidth(`…${text.slice(start)}`) > width) start++;
  return `…${text.slice(start)}`;
}
