import type { RunRecord } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';

/** `samples.csv`: all rows but for the outcomes, RFC 4180 with plain line feeds; nulls are empty, the clean model's chip is `clean`. */
export function samplesCsv(run: Pick<RunRecord, 'task'>, samples: readonly Sample[]): string {
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
  const rows = samples.map((sample) => [
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

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
