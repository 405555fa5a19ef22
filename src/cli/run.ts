import { type Command, CommanderError } from 'commander';
import { packageVersion } from '../core/paths.ts';
import { errorReport, usageError } from './errors.ts';
import { createHost } from './host.ts';
import { buildProgram } from './program.ts';
import { colours, type Screen } from './screen.ts';

/**
 * Runs one command line, the words after `holdfast`, and returns the exit code. Never throws.
 * Exit codes: 0 done, 1 the answer is no, 2 wrong usage or a bad file, 3 the surroundings failed, 130 interrupted.
 */
export async function run(words: readonly string[], screen: Screen): Promise<number> {
  let exitCode = 0;
  const host = createHost(words, screen, (code) => {
    exitCode = code;
  });
  const json = words.includes('--json');
  const program = buildProgram(host, screen);
  program.on('option:version', () => {
    const version = packageVersion();
    screen.out(
      json ? `${JSON.stringify({ name: 'holdfast', version, node: process.version })}\n` : `${version}\n`,
    );
    throw new CommanderError(0, 'commander.version', version);
  });
  for (const command of withSubcommands(program)) {
    command.exitOverride((error) => {
      throw usageError(error, command);
    });
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportError(error, json, screen);
  }
}

/** Prints an error: its message alone on stderr, with `json` a record on stdout too. Returns its exit code. */
export function reportError(error: unknown, json: boolean, screen: Screen): number {
  const { code, message, where, exitCode, stack } = errorReport(error);
  if (json) screen.out(`${JSON.stringify({ error: { code, message, where } }, null, 2)}\n`);
  screen.err(`${colours(screen, 'err').red(message)}\n`);
  if (screen.env.HOLDFAST_DEBUG === '1' && stack !== undefined) screen.err(`${stack}\n`);
  return exitCode;
}

/** A command and everything below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
