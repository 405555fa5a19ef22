import type { Command } from 'commander';

/** The first option (its flag) or argument (its name) of a parsed command line that was given an empty text. */
export function emptyValue(command: Command): string | undefined {
  const isEmpty = (value: unknown) => typeof value === 'string' && value.trim() === '';
  const option = command.options.find((each) => isEmpty(command.getOptionValue(each.attributeName())));
  if (option !== undefined) return option.long ?? option.flags;
  const index = command.args.findIndex(isEmpty);
  if (index === -1) return undefined;
  const named = command.registeredArguments;
  return named[Math.min(index, named.length - 1)]?.name();
}
