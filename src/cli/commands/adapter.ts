import type { Command } from 'commander';
import { jsonOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast adapter info`. */
export function registerAdapter(parent: Command, host: Host): void {
  const adapter = parent.command('adapter').description('Adapters: what one holds');
  const info = adapter
    .command('info')
    .description('Method, options, layers and trainable counts of an adapter')
    .argument('<adapter>', 'folder from "holdfast train"');
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
