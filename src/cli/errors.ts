import type { Command, CommanderError } from 'commander';
import { HoldfastError, UsageError } from '../core/errors.ts';
import { surroundingsError } from '../core/files.ts';

/** What the user is told of an error: `{"error": {code, message, where}}` with `--json`, and the exit code. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly where: string;
  readonly exitCode: number;
  readonly stack: string | undefined;
}

/** Puts any thrown value into the form that is printed. What holdfast did not throw on purpose is an internal error. */
export function errorReport(error: unknown): ErrorReport {
  const known = knownError(error);
  const stack = error instanceof Error ? stackWithCauses(error) : undefined;
  if (known !== undefined) {
    return { code: known.code, message: known.message, where: known.where, exitCode: known.exitCode, stack };
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `internal error, a fault of holdfast itself: ${what}; please report it with what HOLDFAST_DEBUG=1 adds`;
  return { code: 'internal', message, where: 'holdfast', exitCode: 3, stack };
}

function knownError(error: unknown): HoldfastError | undefined {
  if (error instanceof HoldfastError) return error;
  const system = error as NodeJS.ErrnoException | undefined;
  if (error instanceof Error && typeof system?.syscall === 'string' && typeof system.code === 'string') {
    return surroundingsError(system.path ?? system.syscall, `be used (${system.syscall})`, error);
  }
  return undefined;
}

function stackWithCauses(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackWithCauses(error.cause)}` : stack;
}

/** The command as typed after `holdfast`: `profile check`; for the program itself `holdfast`. */
export function commandPath(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.length === 0 ? 'holdfast' : names.join(' ');
}

/**
 * Rewords what commander says of a command line in our grammar, with the nearest right name where it found one.
 * Asking for help or for the version is no error: those are handed back as they are.
 */
export function usageError(error: CommanderError, command: Command): CommanderError | UsageError {
  if (error.exitCode === 0) return error;
  const where = commandPath(command);
  const help = where === 'holdfast' ? 'holdfast --help' : `holdfast ${where} --help`;
  const text = error.message.replace(/^error: /, '');
  const quoted = /'([^']*)'/.exec(text)?.[1] ?? '';
  const near = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(text)?.[1];
  const cure =
    near === undefined ? `see "${help}"` : `did you mean ${near.split(', ').map(quote).join(' or ')}?`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return new UsageError(
        where,
        `must be followed by a known command, got ${quote(quoted)}; ${cure}`,
        error,
      );
    case 'commander.unknownOption':
      return new UsageError(where, `takes only its own options, got ${quote(quoted)}; ${cure}`, error);
    case 'commander.missingArgument':
      return new UsageError(where, `needs the argument ${quote(quoted)}, got none; ${cure}`, error);
    case 'commander.optionMissingArgument':
      return new UsageError(
        where,
        `the option ${quote(quoted)} must be followed by a value, got none; ${cure}`,
        error,
      );
    case 'commander.excessArguments': {
      const expected = /Expected (\d+)/.exec(text)?.[1] ?? 'fewer';
      const got = /got (\d+)/.exec(text)?.[1] ?? 'more';
      return new UsageError(
        where,
        `takes ${expected} argument${expected === '1' ? '' : 's'}, got ${got}; ${cure}`,
        error,
      );
    }
    case 'commander.conflictingOption': {
      const [first, second] = [...text.matchAll(/'([^']*)'/g)].map((found) => found[1] ?? '');
      const what = `takes one of ${quote(first ?? '')} and ${quote(second ?? '')}, got both; leave one of them out`;
      return new UsageError(where, what, error);
    }
    case 'commander.invalidArgument':
      return invalidValue(where, text, cure, error);
    case 'commander.help':
      return new UsageError(where, `must be followed by a command, got none; ${cure}`, error);
    default:
      return new UsageError(
        where,
        `must be a command line that holdfast knows, got: ${text}; ${cure}`,
        error,
      );
  }
}

/** A value that is not among an option's choices: the only check of a value that is commander's own. */
function invalidValue(where: string, text: string, cure: string, error: CommanderError): UsageError {
  const found =
    /^(?:option|command-argument value) '(?:[^']*?)(--[\w-]+)[^']*' argument '([^']*)' is invalid\. (.*)$/s.exec(
      text,
    );
  if (found === null)
    return new UsageError(where, `must be given values it knows, got: ${text}; ${cure}`, error);
  const [, option = '', value = '', rest = ''] = found;
  const choices = /Allowed choices are (.+)\.$/.exec(rest)?.[1];
  if (choices === undefined)
    return new UsageError(option, `must be a value it knows, got ${quote(value)}; ${cure}`, error);
  return new UsageError(option, `must be one of ${choices}, got ${quote(value)}; choose one of them`, error);
}

function quote(text: string): string {
  return `"${text}"`;
}
