import type { Progress } from '../core/progress.ts';
import { colours, type Screen } from './screen.ts';

/** A `Progress` that writes to stderr. `close` takes an unfinished bar off the screen. */
export interface ScreenProgress extends Progress {
  close(): void;
}

/** Without a terminal: at most one line in this many milliseconds. */
const LINE_INTERVAL = 3000;
/** With a terminal: the bar is drawn again at most this often, in milliseconds. */
const BAR_INTERVAL = 100;
const BAR_WIDTH = 24;

interface Stage {
  readonly name: string;
  readonly total: number | undefined;
  readonly started: number;
  done: number;
  note: string;
}

/** A bar with an estimate of the time left where stderr is a terminal, else a line every few seconds. */
export function screenProgress(screen: Screen): ScreenProgress {
  const paint = colours(screen, 'err');
  const terminal = screen.errIsTerminal && screen.env.TERM !== 'dumb';
  let stage: Stage | undefined;
  let shown = Number.NEGATIVE_INFINITY;
  let barOnScreen = false;

  const erase = (): void => {
    if (barOnScreen) screen.err('\r\u001b[2K');
    barOnScreen = false;
  };
  const draw = (now: number): void => {
    if (stage === undefined) return;
    shown = now;
    if (terminal) {
      screen.err(`\r\u001b[2K${fitted(barText(stage, now), screen.columns - 1)}`);
      barOnScreen = true;
    } else {
      screen.err(`${lineText(stage, now)}\n`);
    }
  };
  const line = (text: string): void => {
    erase();
    screen.err(`${text}\n`);
    if (terminal && stage !== undefined) draw(screen.now());
  };

  return {
    stage(name, total) {
      const now = screen.now();
      if (terminal && stage !== undefined) {
        erase();
        screen.err(`${paint.dim(`${stage.name}: done in ${clock(now - stage.started)}`)}\n`);
      }
      stage = { name, total, started: now, done: 0, note: '' };
      if (terminal || now - shown >= LINE_INTERVAL) draw(now);
    },
    advance(by = 1, note = '') {
      if (stage === undefined) return;
      stage.done += by;
      stage.note = note;
      const now = screen.now();
      if (now - shown >= (terminal ? BAR_INTERVAL : LINE_INTERVAL)) draw(now);
    },
    note: line,
    warn: (text) => line(paint.yellow(`warning: ${text}`)),
    close: erase,
  };
}

/** Time left at the mean speed of the stage so far, or nothing where that says little yet. */
function timeLeft(stage: Stage, now: number): string {
  if (stage.total === undefined || stage.done <= 0 || stage.done >= stage.total) return '';
  return `, ${clock(((now - stage.started) / stage.done) * (stage.total - stage.done))} left`;
}

function lineText(stage: Stage, now: number): string {
  const note = stage.note === '' ? '' : `, ${stage.note}`;
  if (stage.total === undefined) return `${stage.name}${stage.done > 0 ? `: ${stage.done}` : ''}${note}`;
  return `${stage.name}: ${stage.done} of ${stage.total}${timeLeft(stage, now)}${note}`;
}

function barText(stage: Stage, now: number): string {
  if (stage.total === undefined || stage.total <= 0) return lineText(stage, now);
  const share = Math.min(1, stage.done / stage.total);
  const full = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const note = stage.note === '' ? '' : `, ${stage.note}`;
  return `${stage.name} ${bar} ${stage.done}/${stage.total}${timeLeft(stage, now)}${note}`;
}

function fitted(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** Milliseconds as `7 s`, `3 min 20 s` or `2 h 5 min`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
