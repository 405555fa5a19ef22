import type { Condition, RunRecord } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';

/** `samples.csv`, in the order of the plan, whoever made the rows in whatever order: all rows but for the outcomes, RFC 4180 with plain line feeds; nulls are empty, the clean model's chip is `clean`. */
export function samplesCsv(run: CsvRun, samples: readonly Sample[]): string {
  const metrics = [
    ...new Set([...run.task.metrics, ...samples.flatMap((sample) => Object.keys(sample.metrics))]),
  ];
  const head = [
    'arm',
    'chip',
    'seconds',
    'noise',
    'read',
    'source',
    ...metrics,
    'examples',
    'clippedInputs',
    'saturatedConversions',
  ];
  const rows = inPlanOrder(run, samples).map((sample) => [
    sample.arm,
    sample.chip ?? 'clean',
    sample.seconds,
    sample.noise,
    sample.read,
    sample.source,
    ...metrics.map((metric) => sample.metrics[metric] ?? null),
    sample.examples,
    sample.clippedInputs,
    sample.saturatedConversions,
  ]);
  return `${[head, ...rows].map((row) => row.map(field).join(',')).join('\n')}\n`;
}

/** What of a run's record its rows are set by. */
type CsvRun = Pick<RunRecord, 'task' | 'arms' | 'chips' | 'conditions' | 'sources'>;

/** Arm by arm, the clean model first, then source, chip, condition and read. */
function inPlanOrder(
  { arms, chips, conditions, sources }: CsvRun,
  samples: readonly Sample[],
): readonly Sample[] {
  const places = (values: readonly unknown[]) => new Map(values.map((value, place) => [value, place]));
  const conditionOf = ({ seconds, noise }: Condition) => `${seconds}/${noise}`;
  const of = {
    arm: places(arms.map(({ arm }) => arm)),
    source: places(sources),
    chip: places(chips),
    condition: places(conditions.map(conditionOf)),
  };
  const keyed = samples.map((sample) => {
    const { arm, source, chip, read } = sample;
    const ofChip = [of.source.get(source), of.chip.get(chip), of.condition.get(conditionOf(sample)), read];
    return { sample, key: [of.arm.get(arm), ...(chip === null ? [-1, -1, -1, -1] : ofChip)] as number[] };
  });
  return keyed
    .sort((x, y) => x.key.map((place, i) => place - y.key[i]!).find((step) => step !== 0) ?? 0)
    .map(({ sample }) => sample);
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
