import { type Command, Option } from 'commander';
import { whole } from './option-values.ts';

const MAPPINGS = ['pair-one-sided', 'pair-two-sided', 'offset', 'offset-unit-column', 'single-device'];

/** `--mapping`, `--slices`, `--weight-bits`, `--input-slice-bits`: how weights become conductances. */
export function mappingOptions(command: Command): void {
  const profiles = "(default: the profile's)";
  command.addOption(
    new Option('--mapping <kind>', `how weights become conductances ${profiles}`).choices(MAPPINGS),
  );
  command.addOption(
    new Option(
      '--slices <n>',
      `cells (pairs) that the bits of a weight are cut into, each with an ADC ${profiles}`,
    ).argParser(whole('--slices', { min: 1, max: 16 })),
  );
  command.addOption(
    new Option(
      '--weight-bits <n>',
      "bits that weights are rounded to (default: the profile's; with slices 8 where it says none)",
    ).argParser(whole('--weight-bits', { min: 2, max: 16 })),
  );
  command.addOption(
    new Option(
      '--input-slice-bits <n>',
      `bits of an input that drive the rows at a time, 1 being bit-serial ${profiles}`,
    ).argParser(whole('--input-slice-bits', { min: 1, max: 23 })),
  );
}
