import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { checkOutputFolder, writeFolderAtomic } from '../core/outputs.ts';
import { makeReport } from '../report/make-report.ts';
import type { Summary } from '../report/summary.ts';
import { readRun } from './read-run.ts';

export interface ReportOptions {
  /** Replace an existing report. */
  readonly force?: boolean;
  /** Limit of the main metric (0..1 for shares) for the yield in each cell of summary.json; without it none is given. */
  readonly limit?: number | undefined;
  /** Level of all intervals; 0.95. */
  readonly confidence?: number;
}

export interface WrittenReport {
  /** Paths of the files written, `report.html` first. */
  readonly files: readonly string[];
  /** The verdict in a sentence or three. */
  readonly verdict: string;
  readonly warnings: readonly string[];
  readonly summary: Summary;
  /** The same for people: verdict, warnings, where the page is. */
  readonly lines: readonly string[];
}

/**
 * Writes the report of a RUN folder into a folder that is whole or absent.
 * @throws UsageError if the run is missing or the folder exists (without `force`), BadFileError if the run is malformed
 * or has no row of a chip.
 */
export async function writeReport(
  runFolder: string,
  outFolder: string,
  { force = false, limit, confidence = 0.95 }: ReportOptions = {},
): Promise<WrittenReport> {
  await checkOutputFolder(outFolder, { force, inputs: { run: runFolder } });
  const { run, samples, tornLastLine } = await readRun(runFolder);
  if (!samples.some(({ chip }) => chip !== null)) {
    throw new UsageError(runFolder, 'must hold at least one row of a chip, got none; evaluate first');
  }
  const { files, summary } = await makeReport(run, samples, {
    confidence,
    limit: limit ?? null,
    tornLastLine,
  });
  await writeFolderAtomic(outFolder, force, async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
  return {
    files: Object.keys(files).map((name) => join(outFolder, name)),
    verdict: summary.verdict,
    warnings: summary.warnings,
    summary,
    lines: [summary.verdict, ...summary.warnings, `report: ${join(outFolder, 'report.html')}`],
  };
}
