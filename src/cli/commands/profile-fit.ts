import { type Command, Option } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import type { FitOptions } from '../../flow/profile-fit.ts';
import { jsonOption, outOption, seedOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { decimal, whole } from '../option-values.ts';
import { outcome } from '../output.ts';

/** `holdfast profile fit`. */
export function registerFit(profile: Command, host: Host): void {
  const command = profile
    .command('fit')
    .description(
      'A profile from measured cells: maximum-likelihood fit of writing spread, drift and read noise, with intervals and goodness of fit. ' +
        'What the data cannot tell is refused by name, with what to measure',
    )
    .argument('<data>', 'CSV with target_uS,seconds,measured_uS and, where known, device,temperature_C');
  outOption(command, 'the profile');
  command
    .addOption(
      new Option('--reference-time <time>', 'from writing to the read at seconds 0; more than 0s')
        .argParser((text: string) => parseDuration(text, '--reference-time'))
        .default(undefined, '20s'),
    )
    .addOption(
      new Option('--g-min <uS>', 'least conductance of the cell, microsiemens')
        .argParser(decimal('--g-min', { min: 0 }))
        .default(undefined, 'the least target'),
    )
    .addOption(
      new Option('--g-max <uS>', 'greatest conductance of the cell, microsiemens')
        .argParser(decimal('--g-max', { min: 0, above: true }))
        .default(undefined, 'the greatest target'),
    )
    .addOption(
      new Option('--form <form>', 'of the laws by state')
        .choices(['auto', 'polynomial', 'table'])
        .default('auto', 'auto: what AIC prefers'),
    )
    .addOption(
      new Option('--order <n>', 'order of all polynomials')
        .argParser(whole('--order', { min: 0, max: 4 }))
        .default(undefined, 'what AIC prefers, up to 4'),
    )
    .addOption(
      new Option('--confidence <share>', 'of the intervals')
        .argParser(decimal('--confidence', { min: 0.5, max: 0.9999 }))
        .default(0.95),
    )
    .option('--source <text>', "where the measurements come from, for the profile's provenance")
    .option('--like <profile>', 'take array, mapping and converters from this profile')
    .option(
      '--figures <file>',
      'also write laws with intervals and residuals, as an .html page or one .svg file; an existing one needs --force',
    );
  seedOption(command, 'the places of cells that read 0 in the test of fit');
  jsonOption(command);
  addExamples(
    command,
    example(
      'from measurements to a profile; here the cells are drawn',
      'holdfast profile simulate pcm-nandakumar-2019 --target 2,5,8,12,17,25 --at 0s,1h,1d,30d --cells 500 --cells-out cells.csv',
      'holdfast profile fit cells.csv --out my-cell.json',
    ),
    example(
      'with figures, and a reference read 1 s after writing',
      'holdfast profile fit cells.csv --out my-rram.json --reference-time 1s --figures my-rram.html',
    ),
    example('as a record for a program', 'holdfast profile fit cells.csv --out my-fit.json --json'),
  );
  command.action((data: string, options: Omit<FitOptions, 'data' | 'progress'>) =>
    host.act(command, async ({ progress }) => {
      const { fitProfile } = await import('../../flow/profile-fit.ts');
      return outcome(await fitProfile(given({ ...asked(options), data, progress })));
    }),
  );
}
