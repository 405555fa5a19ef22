import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../src/core/files.ts';
import { aihwkitModels, byFormula, drawnByUs } from '../test/support/aihwkit-models.ts';
import { END_TO_END_TILES, endToEndByUs } from '../test/support/aihwkit-weights.ts';
import {
  CROSSSIM_CELLS,
  CROSSSIM_ROWS,
  crossSimByUs,
  crossSimOff,
} from '../test/support/crosssim-figures.ts';
import { M, MAPPING_CASES, mappedStd, SIZE } from '../test/support/mapping-noise.ts';

/**
 * `node build/bench/device-statistics.js --out docs/results/device-statistics.md`: what aihwkit's noise models and CrossSim's devices draw,
 * what formulas say and what our kernels draw, side by side. Tests of `test/device` and `test/chip` hold them together.
 */
const CELLS = 400_000;
const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const { tool, cells, rows } = aihwkitModels();
const lines: string[] = [];
let worst = 0;
let count = 0;
for (const row of rows) {
  if (row.stage === 'exponent' && row.target === 0) continue;
  const ours = await drawnByUs(row, CELLS);
  const formula = await byFormula(row);
  const error = row.std * Math.sqrt(1 / CELLS + 1 / cells);
  const off = [Math.abs(ours.mean - row.mean) / error, Math.abs(ours.std - row.std) / (error / Math.SQRT2)];
  count += 2;
  if (row.std > 1e-4 * Math.max(row.target, 1e-9)) worst = Math.max(worst, ...off);
  const cell = (values: { mean: number; std: number } | null) =>
    values === null ? '' : `${values.mean.toPrecision(5)} ± ${values.std.toPrecision(4)}`;
  const where = [row.profile, row.stage, row.target.toPrecision(4), String(row.seconds)];
  const deviation = off.map((value) => (row.std === 0 ? '0' : value.toFixed(1))).join(', ');
  lines.push(`| ${[...where, cell(row), cell(formula), cell(ours), deviation].join(' | ')} |`);
}
const page = `# Cells of ours and of other tools

What aihwkit and CrossSim draw or compute, what formulas say, and what our kernels draw. In each table the last column is how far ours is from
theirs, mean and standard deviation, in standard errors of both.

Made by \`npm run build && node build/bench/device-statistics.js --out docs/results/device-statistics.md\`.

## Cells of aihwkit

${tool}: ${cells.toLocaleString('en')} cells a row; ours: ${CELLS.toLocaleString('en')}. Mean ± standard deviation in microsiemens (of exponents: plain
numbers). \`written\`: writing alone; \`exponent\`: of drift; \`aged\`: drift alone; \`read\`: one read alone; \`all\`: all that a cell meets. Standard errors are those
of a normal sample (clamped states and exponents near 0 spread more, and miss the formula); the largest of ${count} is ${worst.toFixed(1)}.

| profile | stage | target, uS | seconds | aihwkit | formula | holdfast | off, standard errors |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}

${await weightsSection()}
${await crossSimSection()}
${await mappingSection()}`;
if (options.out === undefined) console.log(page);
else await writeFileAtomic(options.out, page);

/** Weights of a tile, end to end. */
async function weightsSection(): Promise<string> {
  const rows = (await endToEndByUs()).map(
    ({ what, seconds, theirs, mean, off }) =>
      `| ${what} | ${seconds ?? 'written'} | ${theirs} | ${mean.toPrecision(4)} | ${off.toFixed(1)} |`,
  );
  return `## Weights of aihwkit, from end to end

A tile of 512 x 512 weights, uniform from -1 to 1, of pcm-nandakumar-2019 with aihwkit's semantics: rms of the error of weights over the largest
weight, after the gain that brings the sum of their sizes back to that of the written ones; and that gain. aihwkit 1.1: one tile; ours: the mean of
${END_TO_END_TILES}. The standard error is that of tiles, each of which is stretched by its largest cell, and of the digits.

| | seconds | aihwkit | holdfast | off, standard errors |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

/** Cells of CrossSim's named devices. */
async function crossSimSection(): Promise<string> {
  const rows: string[] = [];
  for (const row of CROSSSIM_ROWS) {
    const ours = await crossSimByUs(row);
    const { device, stage, days, target, unit, mean, std } = row;
    const off = crossSimOff(row, ours).map((value) => value.toFixed(1));
    rows.push(
      `| ${device} | ${stage} | ${target} ${unit} | ${days} | ${mean ?? target} ± ${std} | ${ours.mean.toPrecision(5)} ± ${ours.std.toPrecision(4)} | ${off.join(', ')} |`,
    );
  }
  return `## Cells of CrossSim

CrossSim 3.2.0, ${CROSSSIM_CELLS.toLocaleString('en')} cells a row where cells age, else the law of its source; ours as many. Before any clamp at 0. Currents of
sonos-agrawal-2022 are in nA at 0.1 V, its reads without writing. RRAMWan is CrossSim's reading of the figure of which reram-wan-2022 has aihwkit's: it is no
shipped profile. Standard errors take in the digits that theirs are noted with.

| device | stage | target | days | CrossSim | holdfast | off, standard errors |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

/** Weights under a spread of cells, by mapping. */
async function mappingSection(): Promise<string> {
  const rows: string[] = [];
  for (const one of MAPPING_CASES) {
    const { name, gMin, noise, std, closedForm, crossSim } = one;
    const found = await mappedStd(one);
    const kind = std === undefined ? noise : `${noise}, uniform`;
    rows.push(
      `| ${name} | ${gMin === 0 ? 'infinite' : 1 / gMin} | ${kind} | ${crossSim ?? ''} | ${closedForm.toFixed(5)} | ${found.toFixed(5)} |`,
    );
  }
  return `## Weights by mapping

Cells of a relative spread of ${100 * M} % (of gMax: independent; of the conductance: proportional; uniform: within half of it, so that its standard deviation is
less by sqrt(12)), on ${SIZE} x ${SIZE} weights: standard deviation of the weights' errors over the largest weight. CrossSim 3.2.0 had a matrix of its own, so
proportional spreads and those cut off at 0, which the closed forms of ratio infinite leave out, need not be equal to the last digit. A sample's standard
error is 0.3 to 0.4 %; of a unit column, whose error a row shares, 3 %.

| mapping | gMax/gMin | spread | CrossSim | closed form | holdfast |
| --- | ---: | --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}
