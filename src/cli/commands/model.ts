import type { Command } from 'commander';
import { jsonOption, tokenizerOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast model info`. */
export function registerModel(parent: Command, host: Host): void {
  const model = parent.command('model').description('Models: family, shape, linear layers');
  const info = model
    .command('info')
    .description(
      'Family, shape, parameters and linear layers of a model, with the names that --layers matches',
    )
    .argument('<model>', 'use-lite, a folder with config.json and model.safetensors, or an .onnx file');
  tokenizerOption(info);
  jsonOption(info);
  addExamples(
    info,
    example('the embedded model', 'holdfast model info use-lite'),
    example('the same as a record for a program', 'holdfast model info use-lite --json'),
  );
  info.action((name: string, { tokenizer }: { readonly tokenizer?: string }) =>
    host.act(info, async () => {
      const { modelInfo } = await import('../../flow/model-info.ts');
      return outcome(await modelInfo(name, tokenizer));
    }),
  );
}
