import { type Command, Option } from 'commander';
import type { TileJob } from '../../flow/tile.ts';
import {
  cyclesOption,
  jsonOption,
  noiseOption,
  outOption,
  profileOption,
  seedOption,
  temperatureOption,
  timeOption,
} from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { asked, given } from '../given.ts';
import type { Host } from '../host.ts';
import { mappingOptions } from '../mapping-options.ts';
import { neededOption } from '../needed-option.ts';
import { decimal, shape } from '../option-values.ts';
import { outcome } from '../output.ts';

type Options = TileJob;

/** `holdfast tile`: one weight matrix on crossbars. */
export function registerTile(parent: Command, host: Host): void {
  const command = parent
    .command('tile')
    .description('One weight matrix on crossbars: write it, age it, multiply by it');
  neededOption(command, new Option('--weight <file>', 'safetensors with "weight" [in, out], float32'));
  neededOption(command, new Option('--input <file>', 'safetensors with "input" [B, in], float32'));
  profileOption(command, true);
  timeOption(command);
  temperatureOption(command);
  cyclesOption(command);
  command.addOption(
    new Option('--tile <RxC>', "rows x columns of one array (default: the profile's)").argParser(
      shape('--tile'),
    ),
  );
  mappingOptions(command);
  for (const [flag, what] of [
    ['--input-range', 'largest input that the DAC carries, in input units; auto: the largest that occurs'],
    [
      '--adc-range',
      "largest column sum that the ADC carries, in output units; auto: the profile's full-scale, granular or fixed range, else the largest that occurs",
    ],
  ] as const) {
    command.addOption(new Option(`${flag} <x|auto>`, what).argParser(range(flag)).default('auto'));
  }
  noiseOption(command, '--noise-scale', 'factor on all random spreads');
  command.addOption(
    new Option('--read <how>', 'read noise: frozen is one read for all inputs, live a new one for each')
      .choices(['frozen', 'live'])
      .default('frozen'),
  );
  command.addOption(
    new Option(
      '--semantics <whose>',
      "how cells age: physical, each with its own state; aihwkit, by that tool's stages, for one-sided pairs",
    )
      .choices(['physical', 'aihwkit'])
      .default('physical'),
  );
  seedOption(command, 'the chip');
  outOption(command, 'safetensors with output, weightEffective, targets and cells');
  jsonOption(command);
  const run = 'holdfast tile --weight weight.safetensors --input input.safetensors';
  addExamples(
    command,
    example(
      'a weight of 2 x 2 (1, -0.5; 0.25, 2) and one input (1, 1), made here, on freshly written cells',
      `printf '\\100\\0\\0\\0\\0\\0\\0\\0{"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}  \\0\\0\\200\\077\\0\\0\\0\\277\\0\\0\\200\\076\\0\\0\\0\\100' > weight.safetensors`,
      `printf '\\100\\0\\0\\0\\0\\0\\0\\0{"input":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}    \\0\\0\\200\\077\\0\\0\\200\\077' > input.safetensors`,
      `${run} --profile pcm-nandakumar-2019 --out fresh.safetensors`,
    ),
    example(
      'the same chip after 30 days',
      `${run} --profile pcm-nandakumar-2019 --at 30d --out aged.safetensors`,
    ),
    example(
      "the same by the stages of IBM's aihwkit, to compare with that tool",
      `${run} --profile pcm-nandakumar-2019 --at 30d --semantics aihwkit --out as-aihwkit.safetensors`,
    ),
    example(
      'on cells without a fault: the exact product',
      `${run} --profile ideal --out exact.safetensors --json`,
    ),
  );
  command.action((options: Options) =>
    host.act(command, async () => {
      const { tile: runTile } = await import('../../flow/tile.ts');
      return outcome(await runTile(given(asked(options))));
    }),
  );
}

function range(flag: string): (text: string) => number | 'auto' {
  const number = decimal(flag, { min: 0, above: true });
  return (text) => (text === 'auto' ? 'auto' : number(text));
}
