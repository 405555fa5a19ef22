import type { Command } from 'commander';
import { type EngineName, engineOption, jobsOption, jsonOption, seedOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

interface Options {
  readonly quick: boolean;
  readonly out: string;
  readonly profile: string;
  readonly seed: number;
  readonly jobs: number;
  readonly engine: EngineName;
}

/** `holdfast demo`: the main job on the embedded default. */
export function registerDemo(parent: Command, host: Host): void {
  const command = parent
    .command('demo')
    .description('The main job on the embedded model and data: train, compile, evaluate, report')
    .option('--quick', 'fewer training steps, chips and sentences: shows that it works, not how well', false)
    .option(
      '--out <dir>',
      'folder for all that is made; what an earlier demo left there is replaced',
      'reports/demo',
    );
  command.option(
    '--profile <profile>',
    'device profile of the chips: a shipped name or the path of a .json; its ages are those that it supports',
    'pcm-nandakumar-2019',
  );
  seedOption(command, 'training, chips and the split of the data');
  jobsOption(command);
  engineOption(command);
  jsonOption(command);
  addExamples(
    command,
    example('GRASP and StochGRASP on 20 simulated chips, in some minutes', 'holdfast demo'),
    example('the same in small, another seed', 'holdfast demo --quick --seed 7 --out reports/demo-7'),
    example(
      'on another memory',
      'holdfast demo --quick --profile generic-gaussian --out reports/demo-generic',
    ),
  );
  command.action((options: Options) =>
    host.act(
      command,
      async ({ progress, signal }) => {
        const { demo } = await import('../../flow/demo.ts');
        const { quick, out, profile, seed, jobs, engine } = options;
        return outcome(await demo({ quick, out, profile, seed, jobs, engine, progress, signal }));
      },
      'the demo starts afresh when it is run again',
    ),
  );
}
