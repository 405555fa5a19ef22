import type { Command } from 'commander';
import { jsonOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast verify`: is a bundle whole and true to itself? */
export function registerVerify(parent: Command, host: Host): void {
  const command = parent
    .command('verify')
    .description('Check a bundle: hashes, shapes, validation vectors. Exit code 1 where it is rejected')
    .argument('<bundle>', 'folder from "holdfast compile"');
  jsonOption(command);
  addExamples(
    command,
    example(
      'a bundle made here',
      'holdfast compile --model use-lite --profile ideal --out bundles/verified',
      'holdfast verify bundles/verified',
    ),
    example('the same as a record for a program', 'holdfast verify bundles/verified --json'),
  );
  command.action((bundle: string) =>
    host.act(command, async ({ progress }) => {
      const { verify } = await import('../../flow/verify.ts');
      const result = await verify({ bundle, progress });
      return outcome(result, undefined, result.accepted ? 0 : 1);
    }),
  );
}
