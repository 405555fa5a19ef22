import { type Command, Option } from 'commander';
import type { TrainJob } from '../../flow/train.ts';
import {
  dataOption,
  engineOption,
  jsonOption,
  modelOption,
  outOption,
  seedOption,
  taskOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { shellLine } from '../interrupt.ts';
import { whole } from '../option-values.ts';
import { outcome } from '../output.ts';
import { addChipOptions, addMethodOptions, addOptimiserOptions, EPOCHS } from '../train-options.ts';

type Options = Omit<TrainJob, 'progress' | 'signal' | 'meter'> & { readonly seeds?: number };

/** `holdfast train`: fine-tuning of an adapter and a task head. */
export function registerTrain(parent: Command, host: Host): void {
  const command = parent
    .command('train')
    .description('Fine-tune an adapter and a head on a task; the model itself stays as it is');
  modelOption(command);
  taskOption(command, 'SST-2, CoLA, MRPC, RTE, STS-B, WNLI, QNLI, QQP, MNLI, MNLI-mm, reviews or custom');
  dataOption(command);
  addMethodOptions(command);
  addChipOptions(command);
  addOptimiserOptions(command);
  seedOption(command, 'the order of examples, the start and the draws');
  command.addOption(
    new Option(
      '--seeds <n>',
      'train n times, with --seed and those after it, in folders seed-<s> of --out; metrics.json has mean and 95 % interval',
    ).argParser(whole('--seeds', { min: 1, max: 1000 })),
  );
  engineOption(command);
  outOption(
    command,
    'folder for the adapter, its log and its metrics',
    'written while it trains, each file whole; --resume goes on in it',
  );
  command.option(
    '--resume',
    'continue from the checkpoint in --out, to the same bytes as an unbroken run',
    false,
  );
  jsonOption(command);
  addTrainExamples(command);
  command.action((options: Options) =>
    host.act(
      command,
      async (work) => {
        const { seeds, ...asOne } = asked(options);
        const epochs = options.steps === undefined ? (options.epochs ?? EPOCHS) : undefined;
        const job = given({ ...asOne, epochs, ...work });
        if (seeds === undefined) {
          const { train } = await import('../../flow/train.ts');
          return outcome(await train(job));
        }
        const { trainSeeds } = await import('../../flow/train-seeds.ts');
        return outcome(await trainSeeds({ ...job, seeds }));
      },
      `this resumes it: ${shellLine(['holdfast', ...host.words.filter((word) => word !== '--resume'), '--resume'])}`,
    ),
  );
}

function addTrainExamples(command: Command): void {
  const common = 'holdfast train --model use-lite --task reviews';
  const target = '--profile pcm-nandakumar-2019 --target-at 0s --target-noise 2';
  addExamples(
    command,
    example('GRASP on the embedded model and reviews', `${common} --method grasp --out adapters/grasp`),
    example(
      'StochGRASP, made to bear twice the writing noise of phase-change memory',
      `${common} --method stochgrasp ${target} --out adapters/stochgrasp`,
    ),
    example(
      'LoRA with draws of the same spread',
      `${common} --method lora --draws ${target} --steps 20 --out adapters/lora`,
    ),
    example(
      'GRASP on freshly written chips of twice the noise, with three seeds',
      `${common} --method grasp --write-noise pcm-nandakumar-2019 --write-noise-scale 2 --steps 20 --seeds 3 --out adapters/seeds`,
    ),
    example(
      'adapt to die 7 of a bundle, a day after it was written',
      'holdfast compile --model use-lite --profile pcm-nandakumar-2019 --out bundles/die',
      `${common} --method grasp --chip bundles/die@7 --write-noise-at 1d --compensate global --steps 20 --out adapters/die-7`,
    ),
    example(
      'go on from an adapter, more slowly',
      `${common} --method grasp --steps 20 --out adapters/begun`,
      `${common} --adapter adapters/begun --lr 0.001 --steps 20 --out adapters/gone-on`,
    ),
    example(
      'go on to a task of other labels: the adapter, and a new head',
      `${common} --method grasp --steps 20 --out adapters/first-task`,
      `${common} --adapter adapters/first-task --new-head --steps 20 --out adapters/next-task`,
    ),
    example('a first try in 20 steps', `${common} --method grasp --groups 16 --steps 20 --out adapters/try`),
  );
}
