import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../src/core/files.ts';
import { aihwkitModels, byFormula, drawnByUs } from '../test/support/aihwkit-models.ts';

/**
 * `node build/bench/device-statistics.js --out docs/results/device-statistics.md`: what aihwkit's noise models draw, what the
 * formulas say and what our kernels draw, side by side. `test/device/aihwkit-models.test.ts` holds the two samples together.
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
const page = `# Cells of ours and of aihwkit

${tool}: ${cells.toLocaleString('en')} cells a row; ours: ${CELLS.toLocaleString('en')}. Mean ± standard deviation in microsiemens (of exponents: plain
numbers). \`written\`: writing alone; \`exponent\`: of drift; \`aged\`: drift alone; \`read\`: one read alone; \`all\`: all that a cell meets. The last
column is how far ours is from aihwkit's, mean and standard deviation, in standard errors of a normal sample (clamped states and exponents near 0 spread more, and miss the formula);
the largest of ${count} is ${worst.toFixed(1)}.

Made by \`npm run build && node build/bench/device-statistics.js --out docs/results/device-statistics.md\`.

| profile | stage | target, uS | seconds | aihwkit | formula | holdfast | off, standard errors |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`;
if (options.out === undefined) console.log(page);
else await writeFileAtomic(options.out, page);
