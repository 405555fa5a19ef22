import type { Command } from 'commander';
import { jsonOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast doctor`: what is there and what is missing. */
export function registerDoctor(parent: Command, host: Host): void {
  const command = parent
    .command('doctor')
    .description(
      'What engines, cores, memory and packages are there; what each missing thing would give and how to get it. Exit code 1 where a needed thing is missing',
    );
  jsonOption(command);
  addExamples(
    command,
    example('look at this machine', 'holdfast doctor'),
    example('the same as a record for a program', 'holdfast doctor --json'),
  );
  command.action(() =>
    host.act(command, async () => {
      const { doctor } = await import('../../flow/doctor.ts');
      const facts = await doctor();
      return outcome(facts, undefined, facts.healthy ? 0 : 1);
    }),
  );
}
