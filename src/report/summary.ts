import type { Condition, RunRecord } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';
import { type Cell, cellOf } from './cells.ts';
import { cleanSample } from './chips.ts';
import { armNames } from './names.ts';
import { type PairCell, pairCells } from './pairs.ts';
import { verdictOf } from './verdict.ts';

/** `summary.json`: every number of the report. Metric values are as in the samples (shares 0..1, not per cent). */
export interface Summary {
  readonly schemaVersion: 1;
  readonly tool: RunRecord['tool'];
  /** What the report says first. */
  readonly verdict: string;
  readonly synthetic: boolean;
  readonly task: {
    readonly name: string;
    readonly split: string;
    readonly examples: number;
    readonly mainMetric: string;
  };
  /** Level of every interval. */
  readonly confidence: number;
  /** The unit of every interval. */
  readonly intervals: 'chips';
  /** What the cells were drawn with: `all`, or the single source of a run that was ablated throughout. */
  readonly source: string;
  readonly arms: readonly ArmSummary[];
  readonly pairs: readonly PairCell[];
  readonly probe: Readonly<Record<string, number | null>> | null;
  readonly idealCheck: RunRecord['idealCheck'];
  /** Rows that the plan asks for, that are there, and whether the file ended in an unfinished line. */
  readonly rows: { readonly planned: number; readonly found: number; readonly tornLastLine: boolean };
  readonly warnings: readonly string[];
}

export interface ArmSummary {
  readonly arm: string;
  /** Name in the report's text and figures. */
  readonly label: string;
  readonly method: string | null;
  /** Metrics of the clean digital model; null where the run has no such row. */
  readonly clean: Readonly<Record<string, number | null>> | null;
  readonly cells: readonly Cell[];
  /** The same for runs with `--ablate`: one source of variation left on at a time. */
  readonly ablations: readonly Cell[];
}

export interface SummaryOptions {
  readonly confidence?: number;
  /** Limit of the main metric for the yield in each cell; null = none. */
  readonly limit?: number | null;
  readonly tornLastLine?: boolean;
}

/** Computes all numbers of a report from a run's record and rows. */
export function summarise(run: RunRecord, samples: readonly Sample[], options: SummaryOptions = {}): Summary {
  const { confidence = 0.95, limit = null, tornLastLine = false } = options;
  const source = mainSource(run, samples);
  const labels = armNames(run);
  const cellsOf = (arm: string, from: string): Cell[] =>
    run.conditions.flatMap((condition) =>
      run.task.metrics.flatMap((metric) => {
        const asked = metric === run.task.mainMetric ? limit : null;
        const cell = cellOf(samples, { arm, source: from, condition, metric, confidence, limit: asked });
        return cell === null ? [] : [cell];
      }),
    );
  const arms = run.arms.map(({ arm, adapter }) => ({
    arm,
    label: labels.get(arm) ?? arm,
    method: adapter?.method ?? null,
    clean: cleanSample(samples, arm)?.metrics ?? null,
    cells: cellsOf(arm, source),
    ablations: run.sources.filter((other) => other !== source).flatMap((other) => cellsOf(arm, other)),
  }));
  const pairs = pairCells(run, samples, source, confidence);
  const rows = { planned: plannedRows(run), found: chipRows(samples), tornLastLine };
  return {
    schemaVersion: 1,
    tool: run.tool,
    verdict: verdictOf({ run, arms, pairs, confidence }),
    synthetic: run.synthetic === true,
    task: {
      name: run.task.name,
      split: run.task.split,
      examples: run.task.examples,
      mainMetric: run.task.mainMetric,
    },
    confidence,
    intervals: 'chips',
    source,
    arms,
    pairs,
    probe: run.probe?.metrics ?? null,
    idealCheck: run.idealCheck,
    rows,
    warnings: warningsOf(run, samples, rows, source),
  };
}

/** The source that the main figures show: `all` where it was evaluated, else the first. */
export function mainSource(run: RunRecord, samples: readonly Sample[]): string {
  const drawn = new Set(samples.filter(({ chip }) => chip !== null).map(({ source }) => source));
  if (drawn.has('all')) return 'all';
  return run.sources.find((source) => drawn.has(source)) ?? run.sources[0] ?? 'all';
}

/** The cell of an arm's main metric under a condition. */
export function cellAt(
  summary: Pick<Summary, 'task'>,
  arm: ArmSummary,
  condition: Condition,
): Cell | undefined {
  return arm.cells.find(
    (cell) =>
      cell.metric === summary.task.mainMetric &&
      cell.seconds === condition.seconds &&
      cell.noise === condition.noise,
  );
}

function plannedRows(run: RunRecord): number {
  return run.arms.length * run.chips.length * run.conditions.length * run.reads * run.sources.length;
}

function chipRows(samples: readonly Sample[]): number {
  return samples.filter(({ chip }) => chip !== null).length;
}

function warningsOf(
  run: RunRecord,
  samples: readonly Sample[],
  rows: Summary['rows'],
  source: string,
): string[] {
  const warnings: string[] = [];
  if (rows.found < rows.planned) {
    warnings.push(
      `The run is not finished: ${rows.found} of ${rows.planned} planned rows are there. Evaluate again to resume it.`,
    );
  }
  if (rows.tornLastLine) warnings.push('The last line of samples.jsonl was unfinished and was left out.');
  if (run.idealCheck?.passed === false) {
    warnings.push(
      'The ideal profile did not reproduce the digital model. Trust no number here until it does.',
    );
  }
  if (source !== 'all') {
    warnings.push(
      `No chip had all sources of error (--ablate without all): the main numbers are of chips with ${source} as the only one.`,
    );
  }
  const dirty = run.arms.filter(({ arm }) => cleanSample(samples, arm) === null);
  if (dirty.length > 0) {
    warnings.push(
      `No clean row for ${dirty.map(({ arm }) => arm).join(', ')}: what the hardware costs cannot be said.`,
    );
  }
  if (new Set(run.arms.map(({ profile }) => profile.sha256)).size > 1) {
    warnings.push(
      'The arms do not share one device profile: their differences are not due to the adapter alone.',
    );
  }
  if (new Set(run.arms.map(({ model }) => model.sha256)).size > 1) {
    warnings.push('The arms do not share one model: their differences are not due to the adapter alone.');
  }
  return warnings;
}
