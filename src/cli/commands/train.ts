import { type Command, Option } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import type { TrainJob } from '../../flow/train.ts';
import {
  cyclesOption,
  dataOption,
  engineOption,
  jsonOption,
  modelOption,
  outOption,
  profileOption,
  seedOption,
  taskOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { shellLine } from '../interrupt.ts';
import { bundleChip, decimal, probability, whole } from '../option-values.ts';
import { outcome } from '../output.ts';

type Options = Omit<TrainJob, 'progress' | 'signal' | 'meter'> & { readonly seeds?: number };

const EPOCHS = 4;

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

function addMethodOptions(command: Command): void {
  command.addOption(
    new Option('--method <name>', 'what is trained beside the head (needed without --adapter)').choices([
      'grasp',
      'stochgrasp',
      'lora',
      'bitfit',
      'ia3',
      'head',
      'full',
    ]),
  );
  command.addOption(
    new Option(
      '--groups <k>',
      'grasp, stochgrasp: groups of inputs that share a scale and a shift, per layer (default: 64)',
    ).argParser(whole('--groups', { min: 1 })),
  );
  command.addOption(
    new Option('--rank <r>', 'lora: rank of the product (default: 8)').argParser(whole('--rank', { min: 1 })),
  );
  command.addOption(
    new Option('--alpha <x>', 'lora: the product counts alpha / rank times (default: 16)').argParser(
      decimal('--alpha', { min: 0, above: true }),
    ),
  );
  command.addOption(
    new Option(
      '--dropout <p>',
      'lora: probability that training drops a number in front of A (default: that of --adapter, else 0)',
    ).argParser(probability('--dropout')),
  );
  command.option(
    '--layers <glob>',
    'which linear layers (bitfit: and layer norms), by name: * crosses dots, {a,b} and [qv] work (default: all)',
  );
  command.option(
    '--adapter <dir>',
    'start from this adapter, which fixes method, groups, rank, alpha and layers, with its head; labels of the same names keep their rows',
  );
  command.option(
    '--new-head',
    '--adapter: with a new head in place of its own, as for a task of other labels',
    false,
  );
  command.option(
    '--draws',
    'all but stochgrasp: train with random draws in front of all linear layers, of fixed std = target spread; an --adapter that had them keeps them',
    false,
  );
  profileOption(command, false);
  command.addOption(
    new Option(
      '--target-at <time>',
      'stochgrasp, --draws: target spread is that of chips of this age, such as 0s or 30d (default: 0s)',
    ).argParser((text: string) => parseDuration(text, '--target-at')),
  );
  command.addOption(
    new Option(
      '--target-noise <scale>',
      'stochgrasp, --draws: ... and at this noise scale (default: 1)',
    ).argParser(decimal('--target-noise', { min: 0, above: true })),
  );
  command.addOption(
    new Option(
      '--target-std <x>',
      'stochgrasp, --draws: one relative target std for every layer instead of a profile',
    )
      .argParser(decimal('--target-std', { min: 0, above: true }))
      .conflicts(['profile', 'targetAt', 'targetNoise']),
  );
  command.addOption(
    new Option(
      '--lambda <x>',
      'stochgrasp: weight of the loss that pulls std to its target (default: 0.1)',
    ).argParser(decimal('--lambda', { min: 0 })),
  );
  command.addOption(
    new Option('--draw <each>', 'stochgrasp, --draws: a new draw for each (default: example)').choices([
      'example',
      'step',
      'token',
    ]),
  );
  command.addOption(
    new Option(
      '--draw-warmup <share>',
      'stochgrasp, --draws: share of all steps in which draws rise from 0 to their full std (default: 0)',
    ).argParser(probability('--draw-warmup')),
  );
  command.option(
    '--mirrored-draws',
    'stochgrasp, --draws: each example twice in a step, with a draw and its negative (twice the work)',
    false,
  );
}

function addChipOptions(command: Command): void {
  command.addOption(
    new Option(
      '--write-noise <profile>',
      'each step sees the weights of a freshly written chip of this device profile',
    ).conflicts('chip'),
  );
  command.addOption(
    new Option(
      '--chip <bundle@seed>',
      'each step sees the weights of this one chip, newly read: adapts to one die',
    ).argParser(bundleChip('--chip')),
  );
  command.addOption(
    new Option('--write-noise-scale <scale>', '--write-noise, --chip: noise scale (default: 1)').argParser(
      decimal('--write-noise-scale', { min: 0 }),
    ),
  );
  command.addOption(
    new Option(
      '--write-noise-at <time>',
      '--write-noise, --chip: age, such as 0s or 30d (default: 0s)',
    ).argParser((text: string) => parseDuration(text, '--write-noise-at')),
  );
  command.addOption(
    new Option(
      '--compensate <what>',
      '--write-noise, --chip: gain against drift, one for each (default: none)',
    ).choices(['none', 'global', 'layer', 'column']),
  );
  cyclesOption(command, '--write-noise, --chip: ');
}

function addOptimiserOptions(command: Command): void {
  command.addOption(
    new Option('--optimizer <name>', 'update rule').choices(['adamw', 'sgd']).default('adamw'),
  );
  command.addOption(
    new Option(
      '--lr <x>',
      'learning rate of the adapter (default: 0.005, lora 0.002, full 0.00005)',
    ).argParser(decimal('--lr', { min: 0 })),
  );
  command.addOption(
    new Option('--head-lr <x>', 'learning rate of the head (default: --lr)').argParser(
      decimal('--head-lr', { min: 0 }),
    ),
  );
  command.addOption(
    new Option('--weight-decay <x>', 'decoupled weight decay')
      .argParser(decimal('--weight-decay', { min: 0 }))
      .default(0),
  );
  command.addOption(
    new Option('--warmup <share>', 'share of all steps over which the rate rises from 0')
      .argParser(probability('--warmup'))
      .default(0.06),
  );
  command.addOption(
    new Option('--schedule <name>', 'rate after the warm-up')
      .choices(['linear', 'constant'])
      .default('linear'),
  );
  command.addOption(
    new Option('--batch <n>', 'examples in a batch').argParser(whole('--batch', { min: 1 })).default(32),
  );
  command.addOption(
    new Option(
      '--accumulate <n>',
      'batches whose gradients are added up for one step (default: 1)',
    ).argParser(whole('--accumulate', { min: 1 })),
  );
  command.addOption(
    new Option(
      '--clip-norm <x>',
      'scale gradients down to this norm over all trained numbers (default: off)',
    ).argParser(decimal('--clip-norm', { min: 0, above: true })),
  );
  command.addOption(
    new Option('--epochs <n>', `passes over the training examples (default: ${EPOCHS})`)
      .argParser(whole('--epochs', { min: 1 }))
      .conflicts('steps'),
  );
  command.addOption(
    new Option('--steps <n>', 'optimiser steps instead of epochs').argParser(whole('--steps', { min: 1 })),
  );
  command.addOption(
    new Option('--max-length <n>', "tokens at most (default: the model's limit)").argParser(
      whole('--max-length', { min: 1 }),
    ),
  );
  command.addOption(
    new Option(
      '--select-on <share>',
      'share of dev that chooses the checkpoint; the rest is reported (default: the last step)',
    ).argParser(probability('--select-on')),
  );
  command.option('--no-shuffle', 'take the examples in their own order');
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
