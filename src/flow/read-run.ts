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
  const run = parseRunRecord(parseJson(await readText(recordPath), recordPath), recordPath);
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

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadFileError(
      where,
      `must be JSON, got a fault (${(error as Error).message}); restore the file`,
      error,
    );
  }
}
