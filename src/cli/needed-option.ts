import type { Command, Option } from 'commander';

const needed = new WeakMap<Command, readonly Option[]>();

/**
 * Adds an option that must be given. It is checked by `missingOption` once the whole line is parsed, so that a
 * mistyped option is named before a missing one.
 */
export function neededOption(command: Command, option: Option): Command {
  option.description = `${option.description} (needed)`;
  needed.set(command, [...(needed.get(command) ?? []), option]);
  return command.addOption(option);
}

/** The flags of a needed option that a parsed command line lacks. */
export function missingOption(command: Command): string | undefined {
  const lacks = (option: Option) => command.getOptionValue(option.attributeName()) === undefined;
  return needed.get(command)?.find(lacks)?.flags;
}
