import { HoldfastError } from '../core/errors.ts';
import type { Screen } from './screen.ts';

/** How a command takes Ctrl-C. */
export interface Interruption {
  /** True where the job heeds the signal and stops by itself at the next safe point. */
  readonly heeds: boolean;
  /** What to do next, for a person who stopped the command: the command that resumes it, or that nothing is kept. */
  readonly advice: string;
}

/** A watch over one job's Ctrl-C; `stop` ends it. */
export interface InterruptWatch {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** The error that an interrupted job ends with. Exit code 130. */
export function interruptedError(where: string, advice: string): HoldfastError {
  return new HoldfastError('interrupted', where, `interrupted; ${advice}`);
}

/**
 * Watches for Ctrl-C while a job runs. The first one aborts `signal` with an interrupted error as its reason (or, where
 * the job heeds no signal, ends the process with 130 at once); the second one always ends the process.
 */
export function watchInterrupts(
  where: string,
  { heeds, advice }: Interruption,
  screen: Screen,
): InterruptWatch {
  const controller = new AbortController();
  const reason = interruptedError(where, advice);
  const onInterrupt = (): void => {
    if (heeds && !controller.signal.aborted) {
      screen.err(`\n${where}: stopping at the next safe point; press Ctrl-C again to stop at once\n`);
      controller.abort(reason);
      return;
    }
    screen.err(`\n${reason.message}\n`);
    process.exit(reason.exitCode);
  };
  process.on('SIGINT', onInterrupt);
  return { signal: controller.signal, stop: () => void process.off('SIGINT', onInterrupt) };
}

/** A command line as it must be typed into a POSIX shell to mean `words`. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
