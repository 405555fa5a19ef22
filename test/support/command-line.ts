import type { Command } from 'commander';
import type { Host } from '../../src/cli/host.ts';
import { missingOption } from '../../src/cli/needed-option.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { run, withSubcommands } from '../../src/cli/run.ts';
import type { Screen } from '../../src/cli/screen.ts';

/** What a command line printed and how it ended. */
export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeScreen {
  readonly screen: Screen;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Lets `milliseconds` pass on the screen's clock. */
  readonly pass: (milliseconds: number) => void;
}

/** A screen that keeps what is printed; 100 columns, no terminal, no environment and a clock at 0 unless told otherwise. */
export function fakeScreen(options: Partial<Screen> = {}): FakeScreen {
  const kept = { out: '', err: '' };
  let now = 0;
  const screen: Screen = {
    out: (text) => {
      kept.out += text;
    },
    err: (text) => {
      kept.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 100,
    env: {},
    now: () => now,
    ...options,
  };
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { screen, stdout: () => kept.out, stderr: () => kept.err, pass };
}

/** Runs the words after `holdfast` in this process. */
export async function runWords(words: readonly string[], options: Partial<Screen> = {}): Promise<Printed> {
  const { screen, stdout, stderr } = fakeScreen(options);
  const exitCode = await run(words, screen);
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** Parses the words after `holdfast` without doing anything; throws where they are wrong. */
export async function parseWords(words: readonly string[]): Promise<void> {
  const reached: Command[] = [];
  const host: Host = {
    words,
    act: async (command) => {
      reached.push(command);
      const missing = missingOption(command);
      if (missing !== undefined) throw new Error(`${missing} is missing`);
    },
  };
  const program = buildProgram(host, fakeScreen().screen);
  for (const command of withSubcommands(program)) command.exitOverride();
  await program.parseAsync([...words], { from: 'user' });
  if (reached.length !== 1) throw new Error('no command was reached');
}
