import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import { tableMarkdown } from '../report/markdown.ts';
import { summarise } from '../report/summary.ts';
import type { Table } from '../report/table.ts';
import { compareTable } from './compare-table.ts';
import { readRun } from './read-run.ts';
import { overSeeds } from './train-seeds.ts';
import { isTrainedFolder, readTrained, type TrainedFolder } from './trained-folder.ts';

/** Which trained folders and evaluation runs `compare` tabulates, and by which metric. */
export interface CompareJob {
  /** Folders of `train` and of `evaluate`. */
  readonly runs: readonly string[];
  /** A metric to show; absent: the main one of each task. */
  readonly metric?: string;
  /** Markdown file for the table. */
  readonly out?: string;
  readonly force: boolean;
}

/** One result: of a method over its training seeds on the clean model, or of an arm over chips. */
export interface CompareRow {
  readonly run: string;
  readonly method: string | null;
  readonly task: string;
  readonly split: string;
  readonly examples: number;
  readonly metric: string;
  /** Age in seconds and noise scale of the chips; null on the clean model. */
  readonly seconds: number | null;
  readonly noise: number | null;
  /** Null where the metric is undefined. */
  readonly mean: number | null;
  /** Student's t interval of the mean at 95 %; null for fewer than two. */
  readonly low: number | null;
  readonly high: number | null;
  readonly over: 'seeds' | 'chips';
  readonly count: number;
  readonly trainableParameters: number | null;
  readonly trainableParametersWithHead: number | null;
  /** Mean over the runs, and the most of them; null where no clock was lent. */
  readonly trainingSeconds: number | null;
  readonly peakMemoryBytes: number | null;
}

export interface CompareResult {
  readonly rows: readonly CompareRow[];
}

/**
 * Tabulates results: trained folders, those that differ in nothing but the seed together, and evaluation runs.
 *
 * @throws UsageError if a folder is neither or is named twice, a training run is not finished, or none has the metric
 */
export async function compare(job: CompareJob): Promise<CompareResult & { readonly table: Table }> {
  const { runs, metric, out } = job;
  if (out !== undefined) await checkOutputFile(out, { force: job.force });
  const twice = runs.find((run, index) => runs.findIndex((other) => resolve(other) === resolve(run)) < index);
  if (twice !== undefined) throw new UsageError(twice, 'must be named once, got it twice; leave one out');
  const trained: TrainedFolder[] = [];
  const evaluated: CompareRow[] = [];
  for (const run of runs) {
    if (isTrainedFolder(run)) trained.push(...(await readTrained(run)));
    else if (existsSync(join(run, 'run.json'))) evaluated.push(...(await evaluatedRows(run, metric)));
    else {
      throw new UsageError(
        run,
        'must be a folder of "holdfast train" (with adapter.json or seeds.json) or "holdfast evaluate" (with run.json), got neither; check the path',
      );
    }
  }
  const rows = [...trainedRows(trained, metric), ...evaluated];
  const table = compareTable(rows);
  if (out !== undefined) await writeFileAtomic(out, `${tableMarkdown(table).join('\n\n')}\n`);
  return { rows, table };
}

function trainedRows(all: readonly TrainedFolder[], metric: string | undefined): CompareRow[] {
  return grouped(all).flatMap((group) => {
    const first = group[0]!;
    const seeds = group.map((one) => one.seed);
    const again = seeds.find((seed, index) => seeds.indexOf(seed) < index);
    if (again !== undefined) {
      throw new UsageError(
        first.name,
        `must have another seed than each run that is trained alike, got seed ${again} twice; leave one out`,
      );
    }
    const shown = metric ?? first.mainMetric;
    checkMetric(shown, Object.keys(first.metrics), first.name);
    const { mean, low, high } = overSeeds(group.map((one) => one.metrics[shown] ?? null));
    const costs = group.flatMap(({ cost }) => (cost === null ? [] : [cost]));
    const isMetered = costs.length === group.length;
    return [
      {
        run: [...new Set(group.map(({ name }) => name))].join(', '),
        method: first.method,
        task: first.task,
        split: first.split,
        examples: first.examples,
        metric: shown,
        seconds: null,
        noise: null,
        mean,
        low,
        high,
        over: 'seeds' as const,
        count: group.length,
        trainableParameters: first.trainableParameters,
        trainableParametersWithHead: first.trainableParametersWithHead,
        trainingSeconds: isMetered
          ? costs.reduce((sum, { seconds }) => sum + seconds, 0) / costs.length
          : null,
        peakMemoryBytes: isMetered ? Math.max(...costs.map(({ peakMemoryBytes }) => peakMemoryBytes)) : null,
      },
    ];
  });
}

function checkMetric(metric: string, known: readonly string[], run: string): void {
  if (known.includes(metric)) return;
  throw new UsageError(
    '--metric',
    `must be a metric of ${run} (${known.join(', ')}), got "${metric}"; choose one that all runs have`,
  );
}

/** Runs that differ in nothing but the seed, in the order in which they came. */
function grouped(all: readonly TrainedFolder[]): TrainedFolder[][] {
  const groups = new Map<string, TrainedFolder[]>();
  for (const one of all) groups.set(one.recipe, [...(groups.get(one.recipe) ?? []), one]);
  return [...groups.values()];
}

async function evaluatedRows(folder: string, metric: string | undefined): Promise<CompareRow[]> {
  const { run, samples } = await readRun(folder);
  const summary = summarise(run, samples);
  const { task } = summary;
  checkMetric(metric ?? task.mainMetric, run.task.metrics, folder);
  return summary.arms.flatMap(({ arm, method, cells }) => {
    const adapter = run.arms.find((one) => one.arm === arm)?.adapter;
    return cells
      .filter((cell) => cell.metric === (metric ?? task.mainMetric))
      .map((cell) => ({
        run: arm,
        method,
        task: task.name,
        split: task.split,
        examples: task.examples,
        metric: cell.metric,
        seconds: cell.seconds,
        noise: cell.noise,
        mean: cell.mean,
        low: cell.low,
        high: cell.high,
        over: 'chips' as const,
        count: cell.chips,
        trainableParameters: adapter?.trainableParameters ?? null,
        trainableParametersWithHead: adapter?.trainableParametersWithHead ?? null,
        trainingSeconds: null,
        peakMemoryBytes: null,
      }));
  });
}
