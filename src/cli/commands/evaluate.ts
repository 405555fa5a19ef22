import { type Command, Option } from 'commander';
import type { EvaluateJob } from '../../flow/evaluate.ts';
import {
  cyclesOption,
  dataOption,
  engineOption,
  jobsOption,
  jsonOption,
  noisesOption,
  seedOption,
  taskOption,
  temperatureOption,
  timesOption,
  tokenizerOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { shellLine } from '../interrupt.ts';
import { neededOption } from '../needed-option.ts';
import { list, shard, whole } from '../option-values.ts';
import { outcome } from '../output.ts';

type Options = Omit<EvaluateJob, 'bundles' | 'remarks' | 'progress' | 'signal'>;

/** `holdfast evaluate`: Monte-Carlo evaluation of bundles. */
export function registerEvaluate(parent: Command, host: Host): void {
  const command = parent
    .command('evaluate')
    .description('Run bundles on many simulated chips, times and noise scales; an interrupted run resumes')
    .argument('<bundle...>', 'folders from "holdfast compile"; all meet the same chips');
  command.option(
    '--model <model>',
    'the folder or .onnx file that the bundles were compiled from; not needed for use-lite',
  );
  tokenizerOption(command);
  taskOption(command, 'task whose held-out examples are run, such as reviews or SST-2');
  neededOption(
    command,
    new Option('--out <path>', 'folder of the run; an existing one with the same plan is resumed'),
  );
  dataOption(command);
  addPlanOptions(command);
  seedOption(command, 'chips and reads');
  jobsOption(command);
  engineOption(command);
  jsonOption(command);
  addExamples(
    command,
    example(
      'one small bundle, made here, on four chips at two ages',
      'holdfast train --model use-lite --task reviews --method grasp --steps 20 --out adapters/tiny',
      'holdfast compile --model use-lite --adapter adapters/tiny --profile pcm-nandakumar-2019 --out bundles/tiny',
      'holdfast evaluate bundles/tiny --task reviews --chips 4 --at 0s,1y --limit 100 --out runs/tiny',
    ),
    example(
      'ages at noise scale 1 and noise scales at the first age, one gain a chip against drift',
      'holdfast evaluate bundles/tiny --task reviews --cross --at 0s,1d --noise 1,2 --chips 4 --limit 100 --compensate global --out runs/cross',
    ),
  );
  command.action((bundles: readonly string[], options: Options) =>
    host.act(
      command,
      async ({ progress, signal }) => {
        const { evaluate } = await import('../../flow/evaluate.ts');
        return outcome(await evaluate(given({ bundles, ...asked(options), progress, signal })));
      },
      `the same command resumes it: ${shellLine(['holdfast', ...host.words])}`,
    ),
  );
}

function addPlanOptions(command: Command): void {
  command.addOption(
    new Option('--chips <n>', 'simulated chips').argParser(whole('--chips', { min: 1 })).default(20),
  );
  timesOption(command, '0s');
  temperatureOption(command);
  cyclesOption(command);
  noisesOption(command, 1);
  command
    .option(
      '--cross',
      'not the whole grid: the times at noise scale 1 and the noise scales at the first time',
      false,
    )
    .option('--baseline', 'also the clean digital model', true)
    .option('--no-baseline', 'without it');
  command.addOption(
    new Option('--limit <n>', 'examples at most (default: all)').argParser(whole('--limit', { min: 1 })),
  );
  command.addOption(
    new Option(
      '--read <how>',
      'read noise: frozen is one draw for a whole evaluation, live a new one at each product, in two to three times the time',
    )
      .choices(['frozen', 'live'])
      .default('frozen'),
  );
  command.addOption(
    new Option('--reads <n>', 'repeated evaluations of each chip')
      .argParser(whole('--reads', { min: 1 }))
      .default(1),
  );
  command.addOption(
    new Option(
      '--shard <i/n>',
      'only part i of n of the plan, i from 1; join with "holdfast merge"',
    ).argParser(shard('--shard')),
  );
  command.addOption(
    new Option('--compensate <what>', 'gain from a reference read against drift, one for each')
      .choices(['none', 'global', 'layer', 'column'])
      .default('none'),
  );
  command.addOption(
    new Option(
      '--ablate <sources>',
      'one source of error alone instead of all together: writing, variation, faults, drift, read, wires, conduction, converters or all; a run of the plan for each, parted by commas',
    ).argParser(list('--ablate', (text) => text)),
  );
}
