import { type Command, Option } from 'commander';
import type { PredictRequest } from '../../flow/predict.ts';
import { engineOption, jsonOption, modelOption, outOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { neededOption } from '../needed-option.ts';
import { outcome } from '../output.ts';

type Options = Omit<PredictRequest, 'progress'>;

/** `holdfast predict`: plain digital inference. */
export function registerPredict(parent: Command, host: Host): void {
  const command = parent
    .command('predict')
    .description('Plain digital inference: one line of JSON in, one line of JSON out');
  modelOption(command).option('--adapter <dir>', 'adapter from "holdfast train", with its head');
  neededOption(
    command,
    new Option('--input <file>', 'lines of {"text"}, {"text", "pair"} or {"ids", "typeIds"?}'),
  );
  command.addOption(
    new Option('--output <what>', 'logits of the head, the last hidden state [T][D], or the pooled embedding')
      .choices(['logits', 'hidden', 'pooled'])
      .default('logits'),
  );
  engineOption(command);
  outOption(command, 'file of answers, one line an example, in order');
  jsonOption(command);
  const echo = `echo '{"text": "The battery lasts all day."}' > sentences.jsonl`;
  addExamples(
    command,
    example(
      'embeddings of sentences',
      echo,
      'holdfast predict --model use-lite --output pooled --input sentences.jsonl --out embeddings.jsonl',
    ),
    example(
      'labels by an adapter and its head',
      echo,
      'holdfast train --model use-lite --task reviews --method grasp --steps 20 --out adapters/labels',
      'holdfast predict --model use-lite --adapter adapters/labels --input sentences.jsonl --out labels.jsonl',
    ),
  );
  command.action((options: Options) =>
    host.act(command, async ({ progress }) => {
      const { predict } = await import('../../flow/predict.ts');
      return outcome(await predict(given({ ...asked(options), progress })));
    }),
  );
}
