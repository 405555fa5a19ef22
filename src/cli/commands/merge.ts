import type { Command } from 'commander';
import { jsonOption, outOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast merge`: joins the shards of one plan. */
export function registerMerge(parent: Command, host: Host): void {
  const command = parent
    .command('merge')
    .description('Join the runs of the shards of one plan into one run')
    .argument('<run...>', 'folders from "holdfast evaluate --shard"');
  outOption(command, 'folder of the joined run');
  jsonOption(command);
  const evaluate = 'holdfast evaluate bundles/sharded --task reviews --chips 2 --limit 50';
  addExamples(
    command,
    example(
      'two halves, which could run on two machines',
      'holdfast train --model use-lite --task reviews --method grasp --steps 20 --out adapters/sharded',
      'holdfast compile --model use-lite --adapter adapters/sharded --profile pcm-nandakumar-2019 --out bundles/sharded',
      `${evaluate} --shard 1/2 --out runs/half-1`,
      `${evaluate} --shard 2/2 --out runs/half-2`,
      'holdfast merge runs/half-1 runs/half-2 --out runs/whole',
    ),
    example(
      'again, in place of the old one',
      'holdfast merge runs/half-1 runs/half-2 --out runs/whole --force',
    ),
  );
  command.action(
    (runs: readonly string[], { out, force }: { readonly out: string; readonly force: boolean }) =>
      host.act(command, async () => {
        const { merge } = await import('../../flow/merge.ts');
        return outcome(await merge({ runs, out, force }));
      }),
  );
}
