import { type Command, Option } from 'commander';
import { parseDuration } from '../core/duration.ts';
import { MOST_NOISE_SCALE } from '../core/noise-scale.ts';
import { cyclesOption, profileOption } from './common-options.ts';
import { bundleChip, decimal, probability, whole } from './option-values.ts';

/** Passes over the training examples where neither --epochs nor --steps is given. */
export const EPOCHS = 4;

/** What is trained, from what, and with which draws. */
export function addMethodOptions(command: Command): void {
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
    ).argParser(decimal('--target-noise', { min: 0, above: true, max: MOST_NOISE_SCALE })),
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

/** Training on written chips. */
export function addChipOptions(command: Command): void {
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
      decimal('--write-noise-scale', { min: 0, max: MOST_NOISE_SCALE }),
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

/** How it is trained: rates, batches, steps and the choice of the checkpoint. */
export function addOptimiserOptions(command: Command): void {
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
