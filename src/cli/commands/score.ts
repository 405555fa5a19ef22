import { type Command, Option } from 'commander';
import { jsonOption, taskOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { neededOption } from '../needed-option.ts';
import { outcome } from '../output.ts';

interface Options {
  readonly task: string;
  readonly predictions: string;
  readonly references: string;
}

/** `holdfast score`: a task's metrics on files of labels. */
export function registerScore(parent: Command, host: Host): void {
  const command = parent
    .command('score')
    .description("A task's metrics on predictions and references, one value a line");
  taskOption(command, 'task that chooses the metrics, such as SST-2 or STS-B');
  neededOption(command, new Option('--predictions <file>', 'one predicted value a line'));
  neededOption(command, new Option('--references <file>', 'one right value a line'));
  jsonOption(command);
  addExamples(
    command,
    example(
      'accuracy of four labels',
      "printf '1\\n0\\n1\\n1\\n' > predicted.txt",
      "printf '1\\n0\\n0\\n1\\n' > right.txt",
      'holdfast score --task SST-2 --predictions predicted.txt --references right.txt',
    ),
    example(
      'correlations, as a record for a program',
      "printf '1.5\\n4\\n2.5\\n' > predicted-scores.txt",
      "printf '1\\n5\\n3\\n' > right-scores.txt",
      'holdfast score --task STS-B --predictions predicted-scores.txt --references right-scores.txt --json',
    ),
  );
  command.action(({ task, predictions, references }: Options) =>
    host.act(command, async () => {
      const { score } = await import('../../flow/score.ts');
      return outcome(await score({ task, predictions, references }));
    }),
  );
}
