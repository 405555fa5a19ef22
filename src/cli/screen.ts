import { Ansis } from 'ansis';

/** The two streams, what is known of the terminal behind them, and the clock: all that the command line may touch. */
export interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
}

/** The screen of this process. */
export function processScreen(): Screen {
  const columns = process.stderr.columns ?? process.stdout.columns;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: columns === undefined || columns === 0 ? 100 : Math.min(columns, 120),
    env: process.env,
    now: () => performance.now(),
  };
}

/**
 * Colours for one stream: none where `NO_COLOR` is set to anything (https://no-color.org), where the terminal is
 * `dumb`, or where the stream is no terminal; `FORCE_COLOR` other than `0` brings them back for the last two.
 */
export function colours(screen: Screen, stream: 'out' | 'err'): Ansis {
  const { NO_COLOR, FORCE_COLOR, TERM } = screen.env;
  const isTerminal = stream === 'out' ? screen.outIsTerminal : screen.errIsTerminal;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return new Ansis(0);
  if (FORCE_COLOR !== undefined) return new Ansis(FORCE_COLOR === '0' ? 0 : 1);
  return new Ansis(isTerminal && TERM !== 'dumb' ? 1 : 0);
}
