import type { Command } from 'commander';
import { jsonOption, outOption } from '../common-options.ts';
import { addExamples, example } from '../examples.ts';
import type { Host } from '../host.ts';
import { outcome } from '../output.ts';

/** `holdfast report`: a run to a report for people and programs. */
export function registerReport(parent: Command, host: Host): void {
  const command = parent
    .command('report')
    .description(
      'Turn a run into report.html, report.md, summary.json, samples.csv, report.junit.xml and figures',
    )
    .argument('<run>', 'folder from "holdfast evaluate" or "holdfast merge"');
  outOption(command, 'folder of the report');
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
    example('again, in place of the old one', 'holdfast report runs/shown --out reports/shown --force'),
  );
  command.action((run: string, { out, force }: { readonly out: string; readonly force: boolean }) =>
    host.act(command, async () => {
      const { writeReport } = await import('../../flow/report.ts');
      return outcome(await writeReport(run, out, { force }));
    }),
  );
}
