import { type Command, Option } from 'commander';
import type { CompileJob } from '../../flow/compile.ts';
import {
  dataOption,
  jsonOption,
  modelOption,
  outOption,
  profileOption,
  seedOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { mappingOptions } from '../mapping-options.ts';
import { shape, whole } from '../option-values.ts';
import { outcome } from '../output.ts';

type Options = Omit<CompileJob, 'progress'>;

/** `holdfast compile`: model, adapter and profile to a bundle. */
export function registerCompile(parent: Command, host: Host): void {
  const command = parent
    .command('compile')
    .description('Put a model onto crossbar tiles: a bundle with target conductances and a runnable graph');
  modelOption(command).option('--adapter <dir>', 'adapter from "holdfast train"');
  profileOption(command, true);
  command.option('--name <name>', "the bundle's own name (default: from model, method and profile)");
  command.addOption(
    new Option('--tile <RxC>', "rows x columns of one array (default: the profile's)").argParser(
      shape('--tile'),
    ),
  );
  mappingOptions(command);
  const bits = { min: 2, max: 24 };
  command.addOption(
    new Option('--dac-bits <n>', "bits of the converters before the rows (default: the profile's)").argParser(
      whole('--dac-bits', bits),
    ),
  );
  command.addOption(
    new Option(
      '--adc-bits <n>',
      "bits of the converters after the columns (default: the profile's)",
    ).argParser(whole('--adc-bits', bits)),
  );
  command.addOption(
    new Option(
      '--deploy <how>',
      'adapter in the digital periphery, or folded into the weights before writing',
    )
      .choices(['digital', 'folded'])
      .default('digital'),
  );
  command.option('--calibrate-on <task>', 'task whose training examples set the converter ranges', 'reviews');
  dataOption(command);
  seedOption(command, 'the choice of calibration examples');
  outOption(command, 'folder of the bundle');
  jsonOption(command);
  const common = 'holdfast compile --model use-lite --profile pcm-nandakumar-2019';
  addExamples(
    command,
    example(
      'an adapter that "holdfast train" has made',
      'holdfast train --model use-lite --task reviews --method grasp --steps 20 --out adapters/small',
      `${common} --adapter adapters/small --out bundles/small`,
    ),
    example(
      'weights of 8 bits in four slices of 2 bits, offset cells beside a unit column',
      `${common} --mapping offset-unit-column --slices 4 --out bundles/sliced`,
    ),
    example('the bare model on smaller arrays', `${common} --tile 128x128 --out bundles/bare-128`),
  );
  command.action((options: Options) =>
    host.act(command, async ({ progress }) => {
      const { compile } = await import('../../flow/compile.ts');
      return outcome(await compile(given({ ...asked(options), progress })));
    }),
  );
}
