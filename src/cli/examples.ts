import type { Command } from 'commander';

/** A thing to do and the command lines that do it, which run as printed. */
export interface Example {
  readonly does: string;
  readonly lines: readonly string[];
}

const known = new WeakMap<Command, readonly Example[]>();

/** Adds examples to a command's help: what each does, then its lines. */
export function addExamples(command: Command, ...examples: readonly Example[]): void {
  known.set(command, examples);
  const text = examples.map(({ does, lines }) =>
    [`  # ${does}`, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
  command.addHelpText('after', `\nExamples:\n${text.join('\n\n')}`);
}

/** The examples of a command, for the tests that run them. */
export function examplesOf(command: Command): readonly Example[] {
  return known.get(command) ?? [];
}

/** One example in the form that `addExamples` takes. */
export function example(does: string, ...lines: readonly string[]): Example {
  return { does, lines };
}
