import type { Command } from 'commander';
import {
  cyclesOption,
  jsonOption,
  noiseOption,
  outOption,
  seedOption,
  temperatureOption,
  timeOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

interface Options {
  readonly seed: number;
  readonly at: number;
  readonly temperature?: number;
  readonly cycles?: number;
  readonly noise: number;
  readonly out: string;
  readonly force: boolean;
}

/** `holdfast chip`: the conductances of one simulated chip. */
export function registerChip(parent: Command, host: Host): void {
  const command = parent
    .command('chip')
    .description('Conductances of one simulated chip, in microsiemens, as safetensors')
    .argument('<bundle>', 'folder from "holdfast compile"');
  seedOption(command, 'the chip, which names it');
  timeOption(command);
  temperatureOption(command);
  cyclesOption(command);
  noiseOption(command, '--noise', 'noise scale');
  outOption(command, 'safetensors file of cells');
  jsonOption(command);
  addExamples(
    command,
    example(
      'chip 7, freshly written',
      'holdfast compile --model use-lite --profile pcm-nandakumar-2019 --out bundles/chips',
      'holdfast chip bundles/chips --seed 7 --out chip-7.safetensors',
    ),
    example(
      'the same chip after a year',
      'holdfast chip bundles/chips --seed 7 --at 1y --out chip-7-1y.safetensors',
    ),
  );
  command.action((bundle: string, { seed, at, temperature, cycles, noise, out, force }: Options) =>
    host.act(command, async ({ progress }) => {
      const { chip } = await import('../../flow/chip.ts');
      return outcome(
        await chip(given({ bundle, seed, at, temperature, cycles, noise, out, force, progress })),
      );
    }),
  );
}
