import { type Command, Option } from 'commander';
import { jsonOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';
import { tableLines } from '../text.ts';

interface Options {
  readonly metric?: string;
  readonly out?: string;
  readonly force: boolean;
}

/** `holdfast compare`: one table of methods. */
export function registerCompare(parent: Command, host: Host): void {
  const command = parent
    .command('compare')
    .description(
      'One table of trained folders and evaluation runs: metric, interval, parameters, time, memory',
    )
    .argument('<run...>', 'folders from "holdfast train" (with --seeds too) and "holdfast evaluate"');
  command.addOption(new Option('--metric <name>', "metric to show (default: each task's main one)"));
  command.addOption(new Option('--out <path>', 'Markdown file for the table'));
  command.option('--force', 'replace what is at --out already', false);
  jsonOption(command);
  const train = 'holdfast train --model use-lite --task reviews --steps 20 --seeds 2';
  addExamples(
    command,
    example(
      'two methods, each with two seeds',
      `${train} --method grasp --out adapters/two-grasp`,
      `${train} --method bitfit --out adapters/two-bitfit`,
      'holdfast compare adapters/two-grasp adapters/two-bitfit',
    ),
    example(
      'the same by another metric, as Markdown',
      'holdfast compare adapters/two-grasp adapters/two-bitfit --metric f1 --out methods.md',
    ),
  );
  command.action((runs: readonly string[], { metric, out, force }: Options) =>
    host.act(command, async () => {
      const { compare } = await import('../../flow/compare.ts');
      const asked = { ...(metric === undefined ? {} : { metric }), ...(out === undefined ? {} : { out }) };
      const { table, ...result } = await compare({ runs, force, ...asked });
      const rows = table.rows.map((row) =>
        Object.fromEntries(table.columns.map(({ title }, index) => [title, row[index]])),
      );
      return outcome(result, tableLines(rows));
    }),
  );
}
