import { type Command, Option } from 'commander';
import { jsonOption, outOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { decimal } from '../option-values.ts';
import { outcome } from '../output.ts';

interface Given {
  readonly out: string;
  readonly force: boolean;
  readonly min?: number;
  readonly confidence: number;
}

/** `holdfast report`: a run to a report for people and programs. */
export function registerReport(parent: Command, host: Host): void {
  const command = parent
    .command('report')
    .description(
      'Turn a run into report.html, report.md, summary.json, samples.csv, report.junit.xml and figures',
    )
    .argument('<run>', 'folder from "holdfast evaluate" or "holdfast merge"');
  outOption(command, 'folder of the report');
  command.addOption(
    new Option(
      '--min <x>',
      "the least value of the task's main metric that a chip may have (accuracy: 0 to 1): its yield goes into summary.json, the table of yields and report.junit.xml (default: none)",
    ).argParser(decimal('--min')),
  );
  command.addOption(
    new Option('--confidence <share>', 'of all intervals')
      .argParser(decimal('--confidence', { min: 0.5, max: 0.9999 }))
      .default(0.95),
  );
  jsonOption(command);
  addExamples(
    command,
    example(
      'the report of a small run, made here',
      'holdfast train --model use-lite --task reviews --method head --steps 20 --out adapters/shown',
      'holdfast compile --model use-lite --adapter adapters/shown --profile pcm-nandakumar-2019 --out bundles/shown',
      'holdfast evaluate bundles/shown --task reviews --chips 4 --limit 100 --out runs/shown',
      'holdfast report runs/shown --out reports/shown',
    ),
    example(
      'with the yield at a limit, for a build server',
      'holdfast report runs/shown --min 0.7 --confidence 0.9 --out reports/shown --force',
    ),
    example('again, in place of the old one', 'holdfast report runs/shown --out reports/shown --force'),
  );
  command.action((run: string, { out, force, min, confidence }: Given) =>
    host.act(command, async () => {
      const { writeReport } = await import('../../flow/report.ts');
      return outcome(await writeReport(run, out, { force, limit: min, confidence }));
    }),
  );
}
