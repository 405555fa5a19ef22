import { join } from 'node:path';
import { BadFileError } from '../core/errors.ts';
import { readText, stableJson, writeFileAtomic } from '../core/files.ts';
import { checkOutputFolder, writeFolderAtomic } from '../core/outputs.ts';
import { parseSamples, type Sample, sampleKey } from '../evaluate/sample.ts';
import { parseRun } from './read-run.ts';

export interface MergeResult {
  readonly out: string;
  readonly runs: number;
  readonly rows: number;
  readonly lines: readonly string[];
}

/**
 * Joins the runs of one plan's shards. Rows that two of them hold must be the same bytes; they are kept once.
 *
 * @throws BadFileError if the plans differ, or two runs disagree about a row.
 */
export async function merge(job: {
  readonly runs: readonly string[];
  readonly out: string;
  readonly force: boolean;
}): Promise<MergeResult> {
  for (const run of job.runs) await checkOutputFolder(job.out, { force: job.force, inputs: { run } });
  const [first] = job.runs;
  const plan = await readText(join(first!, 'run.json'));
  parseRun(plan, join(first!, 'run.json'));
  const rows = new Map<string, { text: string; sample: Sample; run: string }>();
  for (const run of job.runs) {
    const path = join(run, 'run.json');
    if ((await readText(path)) !== plan) {
      throw new BadFileError(
        path,
        `must be the same plan as ${join(first!, 'run.json')}, got another; merge only shards of one command, made on one machine`,
      );
    }
    const samplesPath = join(run, 'samples.jsonl');
    const { samples, tornLastLine } = parseSamples(await readText(samplesPath), samplesPath);
    if (tornLastLine) {
      throw new BadFileError(
        samplesPath,
        'must end with a whole line, got a torn one, as a killed run leaves it; run that shard to its end first',
      );
    }
    for (const sample of samples) {
      const text = JSON.stringify(sample);
      const known = rows.get(sampleKey(sample));
      if (known !== undefined && known.text !== text) {
        throw new BadFileError(
          samplesPath,
          `row ${sampleKey(sample)} must equal that of ${known.run}, got other numbers; run both again, for a run must not depend on where it runs`,
        );
      }
      rows.set(sampleKey(sample), { text, sample, run });
    }
  }
  await writeFolderAtomic(job.out, job.force, async (folder) => {
    await writeFileAtomic(join(folder, 'run.json'), stableJson(JSON.parse(plan)));
    await writeFileAtomic(
      join(folder, 'samples.jsonl'),
      [...rows.values()].map(({ text }) => `${text}\n`).join(''),
    );
  });
  const { out, runs } = job;
  return {
    out,
    runs: runs.length,
    rows: rows.size,
    lines: [`${rows.size} rows of ${runs.length} runs joined in ${out}`],
  };
}
