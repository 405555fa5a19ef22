import { type Command, Option } from 'commander';
import { jsonOption, noiseOption, timeOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { neededOption } from '../needed-option.ts';
import { decimal, probability } from '../option-values.ts';
import { outcome } from '../output.ts';

interface Options {
  readonly metric: string;
  readonly min: number;
  readonly at: number;
  readonly noise: number;
  readonly yield: number;
  readonly confidence: number;
  readonly arm?: string;
}

/** `holdfast check`: the gate. */
export function registerCheck(parent: Command, host: Host): void {
  const command = parent
    .command('check')
    .description(
      'The gate: do enough chips keep their accuracy? Exit code 0 where met, 1 where not met or inconclusive',
    )
    .argument('<run>', 'folder from "holdfast evaluate" or "holdfast merge"');
  neededOption(command, new Option('--metric <name>', 'metric, such as accuracy'));
  neededOption(
    command,
    new Option(
      '--min <x>',
      'the least value that a chip may have, in the unit of the metric (accuracy: 0 to 1)',
    ).argParser(decimal('--min')),
  );
  timeOption(command);
  noiseOption(command, '--noise', 'noise scale');
  command.addOption(
    new Option('--yield <share>', 'share of chips that must reach it, 0 to 1')
      .argParser(probability('--yield'))
      .default(0.99),
  );
  command.addOption(
    new Option('--confidence <share>', 'confidence in that share, 0 to 1')
      .argParser(probability('--confidence'))
      .default(0.95),
  );
  command.option('--arm <name>', 'only this arm (default: every arm must pass)');
  jsonOption(command);
  addExamples(
    command,
    example(
      'do half of all chips get 70 % of the examples right? (a small run, made here)',
      'holdfast train --model use-lite --task reviews --method head --steps 20 --out adapters/gated',
      'holdfast compile --model use-lite --adapter adapters/gated --profile pcm-nandakumar-2019 --out bundles/gated',
      'holdfast evaluate bundles/gated --task reviews --chips 8 --limit 100 --out runs/gated',
      'holdfast check runs/gated --metric accuracy --min 0.7 --at 0s --yield 0.5 --confidence 0.9',
    ),
    example(
      'the strict question, 99 % of dies with 95 % confidence, which takes 299 chips to answer with yes',
      'holdfast check runs/gated --metric accuracy --min 0.7 --at 0s --yield 0.99 --confidence 0.95 --json',
    ),
  );
  command.action((run: string, { metric, min, at, noise, yield: share, confidence, arm }: Options) =>
    host.act(command, async () => {
      const { check } = await import('../../flow/check.ts');
      const result = await check(given({ run, metric, min, at, noise, yield: share, confidence, arm }));
      return outcome(result, undefined, result.exitCode);
    }),
  );
}
