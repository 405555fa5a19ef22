import { type Command, Option } from 'commander';
import type { ExportJob } from '../../flow/adapter-export.ts';
import type { ImportJob } from '../../flow/adapter-import.ts';
import { jsonOption, modelOption, outOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked } from '../given.ts';
import type { Host } from '../host.ts';
import { neededOption } from '../needed-option.ts';
import { outcome } from '../output.ts';

/** `holdfast adapter info`, `import` and `export`. */
export function registerAdapter(parent: Command, host: Host): void {
  const adapter = parent.command('adapter').description("Adapters: what one holds, and PEFT's format");
  registerInfo(adapter, host);
  registerImport(adapter, host);
  registerExport(adapter, host);
}

function registerInfo(adapter: Command, host: Host): void {
  const info = adapter
    .command('info')
    .description('Method, options, layers and trainable counts of an adapter')
    .argument('<adapter>', 'folder from "holdfast train" or "holdfast adapter import"');
  jsonOption(info);
  addExamples(
    info,
    example(
      'an adapter made here',
      'holdfast train --model use-lite --task reviews --method grasp --steps 20 --out adapters/one',
      'holdfast adapter info adapters/one',
    ),
    example('the same as a record for a program', 'holdfast adapter info adapters/one --json'),
  );
  info.action((folder: string) =>
    host.act(info, async () => {
      const { adapterInfo } = await import('../../flow/adapter-info.ts');
      return outcome(await adapterInfo(folder));
    }),
  );
}

function registerImport(adapter: Command, host: Host): void {
  const command = adapter
    .command('import')
    .description(
      "A LoRA or (IA)^3 adapter in Hugging Face PEFT's format, with its task head, becomes an adapter of ours",
    )
    .argument('<peft>', 'folder with adapter_config.json and adapter_model.safetensors');
  modelOption(command);
  outOption(command, 'folder for the adapter');
  jsonOption(command);
  const tiny = 'test/fixtures/hf/bert';
  const peft = 'test/fixtures/peft/bert-lora';
  addExamples(
    command,
    example(
      'the tiny adapter and model of our tests (run it in a checkout)',
      `holdfast adapter import ${peft} --model ${tiny} --out adapters/imported`,
      'holdfast adapter info adapters/imported',
    ),
    example(
      '(IA)^3, as a record for a program',
      'holdfast adapter import test/fixtures/peft/bert-ia3 --model test/fixtures/hf/bert --out adapters/vectors --json',
    ),
  );
  command.action((from: string, options: Omit<ImportJob, 'from'>) =>
    host.act(command, async () => {
      const { adapterImport } = await import('../../flow/adapter-import.ts');
      return outcome(await adapterImport({ ...asked(options), from }));
    }),
  );
}

function registerExport(adapter: Command, host: Host): void {
  const command = adapter
    .command('export')
    .description("A LoRA or (IA)^3 adapter and its head in Hugging Face PEFT's format")
    .argument('<adapter>', 'folder from "holdfast train" or "holdfast adapter import"');
  neededOption(command, new Option('--format <name>', 'format of the files').choices(['peft']));
  outOption(command, 'folder for adapter_config.json and adapter_model.safetensors');
  jsonOption(command);
  const tiny = 'test/fixtures/hf/bert';
  addExamples(
    command,
    example(
      'an adapter trained here on the tiny model of our tests (run it in a checkout)',
      `holdfast train --model ${tiny} --task reviews --method lora --rank 2 --steps 2 --out adapters/tiny`,
      'holdfast adapter export adapters/tiny --format peft --out peft/tiny',
    ),
    example(
      'over what an earlier run left',
      'holdfast adapter export adapters/tiny --format peft --out peft/tiny --force',
    ),
  );
  command.action((path: string, options: Omit<ExportJob, 'adapter'>) =>
    host.act(command, async () => {
      const { adapterExport } = await import('../../flow/adapter-export.ts');
      return outcome(await adapterExport({ ...asked(options), adapter: path }));
    }),
  );
}
