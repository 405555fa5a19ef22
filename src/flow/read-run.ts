import { join } from 'node:path';
import { BadFileError } from '../core/errors.ts';
import { readText } from '../core/files.ts';
import { parseRunRecord, type RunRecord } from '../evaluate/run-record.ts';
import { parseSamples, type Sample } from '../evaluate/sample.ts';

/** A RUN folder as read from disk. */
export interface RunFolder {
  readonly run: RunRecord;
  readonly samples: readonly Sample[];
  /** The last line of `samples.jsonl` was unfinished and was left out. */
  readonly tornLastLine: boolean;
}

/**
 * Reads `run.json` and `samples.jsonl` of a RUN folder, strictly.
 * @throws UsageError if a file is missing, BadFileError if one is malformed, holds a row twice, or a row of no arm of the run.
 */
export async function readRun(folder: string): Promise<RunFolder> {
  const recordPath = join(folder, 'run.json');
  const samplesPath = join(folder, 'samples.jsonl');
  const run = parseRun(await readText(recordPath), recordPath);
  const { samples, tornLastLine } = parseSamples(await readText(samplesPath), samplesPath);
  const arms = new Set(run.arms.map(({ arm }) => arm));
  const stray = samples.findIndex(({ arm }) => !arms.has(arm));
  if (stray >= 0) {
    throw new BadFileError(
      `${samplesPath}:${stray + 1}`,
      `"arm" must be one of the run's (${[...arms].join(', ')}), got ${samples[stray]?.arm}; the file is of another run`,
    );
  }
  return { run, samples, tornLastLine };
}

/** The record in the text of a `run.json`. @throws BadFileError if it is malformed. */
export function parseRun(text: string, where: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadFileError(
      where,
      `must be JSON, got a fault (${(error as Error).message}); restore the file`,
      error,
    );
  }
  return parseRunRecord(json, where);
}
