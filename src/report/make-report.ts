import { stableJson } from '../core/files.ts';
import type { RunRecord } from '../evaluate/run-record.ts';
import type { Sample } from '../evaluate/sample.ts';
import { openCanvas } from './canvas.ts';
import { composeReport, figuresOf } from './compose.ts';
import { samplesCsv } from './csv.ts';
import { type Drawings, drawFigure } from './drawings.ts';
import { reportHtml } from './html.ts';
import { reportJunit } from './junit.ts';
import { reportMarkdown } from './markdown.ts';
import { type Summary, type SummaryOptions, summarise } from './summary.ts';

/** A report as it goes to disk: text by file name, and the numbers it says. */
export interface Report {
  readonly summary: Summary;
  readonly files: Readonly<Record<string, string>>;
}

/** Makes the whole report of a run: the same bytes for the same run and rows. */
export async function makeReport(
  run: RunRecord,
  samples: readonly Sample[],
  options: SummaryOptions = {},
): Promise<Report> {
  const summary = summarise(run, samples, options);
  const document = composeReport({ run, samples, summary });
  const canvas = await openCanvas();
  const drawings = new Map<string, Drawings>();
  for (const figure of figuresOf(document)) drawings.set(figure.id, drawFigure(canvas, figure));
  const figures = [...drawings].map(([id, { file }]) => [`${id}.svg`, `${file}\n`] as const);
  return {
    summary,
    files: {
      'report.html': reportHtml(document, drawings),
      'report.md': reportMarkdown(document),
      'summary.json': stableJson(rounded(summary)),
      'samples.csv': samplesCsv(run, samples),
      'report.junit.xml': reportJunit(summary),
      ...Object.fromEntries(figures),
    },
  };
}

/** Numbers to ten digits: what lies beyond differs between machines and means nothing. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(10));
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}
