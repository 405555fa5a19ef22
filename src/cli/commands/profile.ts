import { type Command, Option } from 'commander';
import {
  cyclesOption,
  jsonOption,
  noiseOption,
  seedOption,
  temperatureOption,
  timesOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { neededOption } from '../needed-option.ts';
import { decimal, list, whole } from '../option-values.ts';
import { outcome } from '../output.ts';
import { registerFit } from './profile-fit.ts';

/** `holdfast profile list | show | check | new | simulate | fit`. */
export function registerProfile(parent: Command, host: Host): void {
  const profile = parent
    .command('profile')
    .description('Device profiles: list, show, check, start a new one, draw cells, fit to measurements');
  registerList(profile, host);
  registerShow(profile, host);
  registerProfileCheck(profile, host);
  registerNew(profile, host);
  registerSimulate(profile, host);
  registerFit(profile, host);
}

function registerList(profile: Command, host: Host): void {
  const command = profile.command('list').description('The shipped device profiles and what each describes');
  jsonOption(command);
  addExamples(
    command,
    example('names and descriptions', 'holdfast profile list'),
    example('the same as a record for a program', 'holdfast profile list --json'),
  );
  command.action(() =>
    host.act(command, async () => {
      const { list: listAll } = await import('../../flow/profile-jobs.ts');
      return outcome(await listAll());
    }),
  );
}

function registerShow(profile: Command, host: Host): void {
  const command = profile
    .command('show')
    .description(
      'What a profile says: cell, noise, drift, periphery, source, and its spreads over the conductance',
    )
    .argument('<profile>', 'shipped name or path of a .json')
    .option('--out <file>', 'also write figures, as an .html page or one .svg file')
    .option('--force', 'replace an existing file', false);
  jsonOption(command);
  addExamples(
    command,
    example('phase-change memory', 'holdfast profile show pcm-nandakumar-2019'),
    example('with figures', 'holdfast profile show reram-wan-2022 --out reram-wan-2022.html'),
    example('the same as a record for a program', 'holdfast profile show pcm-nandakumar-2019 --json'),
  );
  command.action((name: string, { out, force }: { readonly out?: string; readonly force: boolean }) =>
    host.act(command, async () => {
      const { show } = await import('../../flow/profile-jobs.ts');
      return outcome(await show(name, out, force));
    }),
  );
}

function registerProfileCheck(profile: Command, host: Host): void {
  const command = profile
    .command('check')
    .description(
      'Check profile files and name every fault with its line and column. Exit code 1 where one is rejected',
    )
    .argument('<file...>', 'profile files');
  jsonOption(command);
  addExamples(
    command,
    example('a file made here', 'holdfast profile new cell.json', 'holdfast profile check cell.json'),
    example(
      'several at once, as a record for a program',
      'holdfast profile new other-cell.json',
      'holdfast profile check cell.json other-cell.json --json',
    ),
  );
  command.action((files: readonly string[]) =>
    host.act(command, async () => {
      const { check } = await import('../../flow/profile-jobs.ts');
      const result = await check(files);
      return outcome(result, undefined, result.accepted ? 0 : 1);
    }),
  );
}

function registerNew(profile: Command, host: Host): void {
  const command = profile
    .command('new')
    .description('Write a profile to start from')
    .argument('<file>', 'where to write it, such as my-cell.json')
    .option(
      '--like <profile>',
      'start from this profile, or from a template: flash, mram, fefet, ecram (default: a commented template)',
    )
    .option('--force', 'replace an existing file', false);
  jsonOption(command);
  addExamples(
    command,
    example('a commented template', 'holdfast profile new my-cell.json'),
    example('from phase-change memory', 'holdfast profile new my-pcm.json --like pcm-nandakumar-2019'),
    example('a template that says what to measure', 'holdfast profile new my-fefet.json --like fefet'),
  );
  command.action((file: string, { like, force }: { readonly like?: string; readonly force: boolean }) =>
    host.act(command, async () => {
      const { newProfile } = await import('../../flow/profile-jobs.ts');
      return outcome(await newProfile(given({ file, like, force })));
    }),
  );
}

interface SimulateOptions {
  readonly temperature?: number;
  readonly cycles?: number;
  readonly target: readonly number[];
  readonly at: readonly number[];
  readonly cells: number;
  readonly noise: number;
  readonly seed: number;
  readonly cellsOut?: string;
  readonly force: boolean;
}

function registerSimulate(profile: Command, host: Host): void {
  const command = profile
    .command('simulate')
    .description('Draw single cells and print their statistics as written, aged and read')
    .argument('<profile>', 'shipped name or path of a .json');
  neededOption(
    command,
    new Option(
      '--target <list>',
      'target conductances in microsiemens, parted by commas; taken as they are, with a warning where a program would round them to levels',
    ).argParser(list('--target', decimal('--target', { min: 0 }))),
  );
  timesOption(command, '0s');
  temperatureOption(command);
  cyclesOption(command);
  command.addOption(
    new Option('--cells <n>', 'cells for each target')
      .argParser(whole('--cells', { min: 2, max: 100_000_000 }))
      .default(10_000),
  );
  noiseOption(command, '--noise', 'noise scale');
  seedOption(command, 'the cells');
  command.option(
    '--cells-out <file>',
    'also write the cells as read: .npy of [targets, times, cells], or .csv for "profile fit"',
  );
  command.option('--force', 'replace an existing file of cells', false);
  jsonOption(command);
  addExamples(
    command,
    example(
      'three targets at four ages',
      'holdfast profile simulate pcm-nandakumar-2019 --target 5,12.5,25 --at 0s,1h,1d,1y --cells 100000',
    ),
    example(
      'as a record for a program',
      'holdfast profile simulate generic-gaussian --target 10 --cells 1000 --seed 0 --json',
    ),
  );
  command.action(
    (
      name: string,
      { target, at, temperature, cycles, cells, noise, seed, cellsOut, force }: SimulateOptions,
    ) =>
      host.act(command, async ({ progress }) => {
        const { simulate } = await import('../../flow/profile-jobs.ts');
        return outcome(
          await simulate(
            given({
              profile: name,
              targets: target,
              times: at,
              temperature,
              cycles,
              cells,
              noise,
              seed,
              cellsOut,
              force,
              progress,
            }),
          ),
        );
      }),
  );
}
