import test from 'ava';
import type { RunRecord } from '../../src/evaluate/run-record.ts';
import type { Sample } from '../../src/evaluate/sample.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { golden } from '../support/golden.ts';
import { FIXTURE_CONDITIONS, syntheticRun } from '../support/run-fixture.ts';

/** Times 0 s, 1 d, 1 y as authored, and noise scale 2. */
const EXAMPLE_CONDITIONS = FIXTURE_CONDITIONS.filter(({ seconds, noise }) =>
  noise === 1 ? seconds !== 3600 : noise === 2,
);

test('makeReport(run, samples) makes reports/example/ again, byte for byte', async (t) => {
  const { run, samples } = syntheticRun({ chips: 8, examples: 200, conditions: EXAMPLE_CONDITIONS });
  const { files } = await makeReport(run, samples);
  t.deepEqual(Object.keys(files), [
    'report.html',
    'report.md',
    'summary.json',
    'samples.csv',
    'report.junit.xml',
    'against-time.svg',
    'against-noise.svg',
    'difference.svg',
    'chips-strip.svg',
    'yield.svg',
    'spread-1.svg',
  ]);
  for (const [name, text] of Object.entries(files)) golden(t, `reports/example/${name}`, text);
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  t.true(bytes < 200_000, `the example must stay small, got ${bytes} bytes`);
});

test('makeReport(run, samples) makes a page that stands alone', async (t) => {
  const { run, samples } = syntheticRun({ chips: 4, examples: 64 });
  const html = (await makeReport(run, samples)).files['report.html'] as string;
  t.is(html.match(/<script|<link|<iframe|\bon\w+="|@import|url\(/i), null);
  // The only address is the name of SVG's namespace, which nothing fetches.
  t.deepEqual([...new Set(html.match(/https?:[^"' )]*/g))], ['http://www.w3.org/2000/svg']);
  t.is(html.match(/CDATA|NaN|undefined|\[object/), null);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  t.is(new Set(ids).size, ids.length);
  for (const [, names] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const name of (names as string).split(' ')) t.true(ids.includes(name), name);
  }
  const figures = html.match(/<figure /g)?.length;
  t.is(html.match(/<details>/g)?.length, figures);
  t.is(html.match(/role="img"/g)?.length, 2 * (figures as number));
});

test('makeReport(run, samples) escapes what comes from profiles and names', async (t) => {
  const { run, samples } = syntheticRun({ chips: 2, examples: 64 });
  const evil = '<img src=x onerror=alert(1)>|`&"';
  const arms = run.arms.map((arm) => ({
    ...arm,
    profile: { ...arm.profile, description: evil, name: evil },
  }));
  const { files } = await makeReport(
    { ...run, arms, notes: [evil], task: { ...run.task, name: evil } },
    samples,
  );
  for (const [name, text] of Object.entries(files)) {
    // JSON is not markup, and a Markdown code span shows what it holds.
    if (name !== 'summary.json') t.false(text.replace(/`[^`\n]*`/g, '').includes('<img'), name);
  }
});

test('makeReport(run, samples) works for one arm, one chip, no clean row: no interval is said to be unknown', async (t) => {
  const { run, samples } = syntheticRun({ chips: 1, examples: 64, methods: ['grasp'], clean: false });
  const { files, summary } = await makeReport(run, samples);
  t.is(summary.pairs.length, 0);
  t.is(summary.arms[0]?.clean, null);
  const markdown = files['report.md'] as string;
  t.true(markdown.includes('One chip gives no interval: how much chips differ is unknown.'));
  t.true(markdown.includes('No clean row for use-lite-grasp: what the hardware costs cannot be said.'));
  t.is((files['report.html'] as string).match(/NaN|undefined|null/), null);
});

test('makeReport(run, samples) works for three arms, several reads, sources alone, and a single condition', async (t) => {
  const { run, samples } = syntheticRun({
    chips: 3,
    examples: 64,
    methods: ['stochgrasp', 'lora', 'grasp'],
    reads: 2,
    sources: ['all', 'writing'],
    conditions: [{ seconds: 0, noise: 1 }],
  });
  const { files, summary } = await makeReport(run, samples);
  t.is(summary.pairs.length, 3);
  t.is(summary.arms[0]?.ablations.length, 1);
  t.is(summary.arms[0]?.cells[0]?.reads, 2);
  t.true('sources-strip.svg' in files && 'difference-0-1.svg' in files && !('against-time.svg' in files));
  t.is((files['report.html'] as string).match(/NaN|undefined|null/), null);
});

test('makeReport(run, samples) works for a regression without outcomes, undefined on some chips', async (t) => {
  const { run, samples } = syntheticRun({ chips: 5, examples: 64 });
  const task = {
    ...run.task,
    kind: 'regression' as const,
    mainMetric: 'pearson',
    metrics: ['pearson', 'spearman'],
  };
  const record: RunRecord = { ...run, task, probe: null };
  const rows = samples.map(
    (sample): Sample => ({
      ...sample,
      metrics: {
        pearson: sample.chip === 3 ? null : (sample.metrics.accuracy as number) - 0.5,
        spearman: 0.25,
      },
      outcomes: '',
    }),
  );
  const { files, summary } = await makeReport(record, rows);
  t.is(summary.arms[0]?.cells[0]?.chips, 4);
  t.is(summary.arms[0]?.cells[0]?.undefinedChips, 1);
  t.is(summary.pairs[0]?.crossedLow, null);
  t.is((files['report.html'] as string).match(/NaN|undefined|null|, points/), null);
});

test('samples.csv holds every row, nulls empty, the clean model named', async (t) => {
  const { run, samples } = syntheticRun({ chips: 1, examples: 8, methods: ['grasp'] });
  const csv = (await makeReport(run, samples)).files['samples.csv'] as string;
  const lines = csv.trimEnd().split('\n');
  t.is(lines.length, samples.length + 1);
  t.is(lines[0], 'arm,chip,seconds,noise,read,source,accuracy,examples,clippedInputs,saturatedConversions');
  t.regex(lines[1] as string, /^use-lite-grasp,clean,0,0,0,all,[\d.]+,8,,$/);
});

test('makeReport: the same files whatever the order in which rows were made', async (t) => {
  const { run, samples } = syntheticRun({ chips: 3, examples: 8, reads: 2, sources: ['all', 'drift'] });
  const { files } = await makeReport(run, samples);
  t.deepEqual((await makeReport(run, samples.toReversed())).files, files);
  const [, ...rows] = (files['samples.csv'] as string).trimEnd().split('\n');
  t.deepEqual(
    rows.slice(0, 4).map((row) => row.split(',').slice(0, 6).join(' ')),
    ['clean 0 0 0 all', '1 0 1 0 all', '1 0 1 1 all', '1 3600 1 0 all'].map((row) => `use-lite-grasp ${row}`),
  );
});
