import type { Command } from 'commander';
import { UsageError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import { emptyValue } from './empty-value.ts';
import { commandPath } from './errors.ts';
import { type Interruption, watchInterrupts } from './interrupt.ts';
import { missingOption } from './needed-option.ts';
import { type Outcome, printOutcome } from './output.ts';
import { screenProgress } from './progress.ts';
import type { Screen } from './screen.ts';

/** What a command's work is given beside its own options. */
export interface Work {
  readonly progress: Progress;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** The clock and the memory of this process, for work that tells what it cost. */
  readonly meter: { readonly seconds: () => number; readonly peakMemoryBytes: () => number };
}

/** Runs the work of commands: progress to stderr, Ctrl-C watched, the outcome printed. */
export interface Host {
  /** The words after `holdfast`, as typed. */
  readonly words: readonly string[];
  /**
   * Runs one command's work and prints its outcome, as JSON where the command was given `--json`.
   * `advice` says what a person who stops the work by Ctrl-C can do next; a work without it leaves nothing behind and
   * is ended at once.
   */
  act(command: Command, work: (at: Work) => Promise<Outcome>, advice?: string): Promise<void>;
}

const NOTHING_KEPT = 'nothing is kept of it; run the same command again';

/** A host that prints to `screen`. `finished` is told the exit code of the work. */
export function createHost(
  words: readonly string[],
  screen: Screen,
  finished: (exitCode: 0 | 1) => void,
): Host {
  return {
    words,
    async act(command, work, advice) {
      const where = commandPath(command);
      const missing = missingOption(command);
      if (missing !== undefined) {
        throw new UsageError(
          where,
          `needs the option "${missing}", got none; see "holdfast ${where} --help"`,
        );
      }
      const interruption: Interruption = { heeds: advice !== undefined, advice: advice ?? NOTHING_KEPT };
      const empty = emptyValue(command);
      if (empty !== undefined) {
        throw new UsageError(empty, 'must not be empty, got ""; give it a value or leave it out');
      }
      const watch = watchInterrupts(where, interruption, screen);
      const progress = screenProgress(screen);
      const meter = {
        seconds: () => screen.now() / 1000,
        // In kilobytes on every platform.
        peakMemoryBytes: () => process.resourceUsage().maxRSS * 1024,
      };
      try {
        const result = await work({ progress, signal: watch.signal, meter });
        progress.close();
        printOutcome(screen, result, command.opts<{ json?: boolean }>().json === true);
        finished(result.exitCode);
      } catch (error) {
        progress.close();
        throw watch.signal.aborted ? watch.signal.reason : error;
      } finally {
        watch.stop();
      }
    },
  };
}
