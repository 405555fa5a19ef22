import { join } from 'node:path';
import { formatDuration } from '../core/duration.ts';
import { BadFileError } from '../core/errors.ts';
import { readText } from '../core/files.ts';
import { type Condition, parseRunRecord, type RunRecord } from '../evaluate/run-record.ts';
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
 * @throws UsageError if a file is missing, BadFileError if one is malformed, holds a row twice, or a row that is no cell of the run's plan.
 */
export async function readRun(folder: string): Promise<RunFolder> {
  const recordPath = join(folder, 'run.json');
  const samplesPath = join(folder, 'samples.jsonl');
  const run = parseRun(await readText(recordPath), recordPath);
  const { samples, tornLastLine } = parseSamples(await readText(samplesPath), samplesPath);
  const fields = planFields(run);
  samples.forEach((sample, i) => {
    checkPlanned(sample, fields, `${samplesPath}:${i + 1}`);
  });
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

/** What of a row must be among the values of the plan. */
interface PlanField {
  readonly name: string;
  readonly of: (sample: Sample) => unknown;
  readonly planned: ReadonlySet<unknown>;
  /** The clean model's row has none. */
  readonly ofChips: boolean;
}

function planFields(run: RunRecord): readonly PlanField[] {
  const conditionOf = ({ seconds, noise }: Condition) => `${formatDuration(seconds)} at noise ${noise}`;
  const field = (name: string, of: PlanField['of'], planned: readonly unknown[]): PlanField => ({
    name,
    of,
    planned: new Set(planned),
    ofChips: name !== '"arm"',
  });
  return [
    field(
      '"arm"',
      ({ arm }) => arm,
      run.arms.map(({ arm }) => arm),
    ),
    field('"chip"', ({ chip }) => chip, run.chips),
    field('"seconds" and "noise"', conditionOf, run.conditions.map(conditionOf)),
    field(
      '"read"',
      ({ read }) => read,
      Array.from({ length: run.reads }, (_, read) => read),
    ),
    field('"source"', ({ source }) => source, run.sources),
  ];
}

/** @throws BadFileError if a row is no cell of the run's plan: its numbers would be counted where they do not belong. */
function checkPlanned(sample: Sample, fields: readonly PlanField[], where: string): void {
  const { chip } = sample;
  for (const { name, of, planned, ofChips } of fields) {
    const value = of(sample);
    if ((ofChips && chip === null) || planned.has(value)) continue;
    const some = [...planned].slice(0, 8).join(', ');
    throw new BadFileError(
      where,
      `${name} must be one of the run's (${some}${planned.size > 8 ? ', ...' : ''}), got ${value}; the file is of another run`,
    );
  }
}
