import test from 'ava';
import { aihwkitModels, drawnByUs } from '../support/aihwkit-models.ts';

/*
 * Our cells against cells that aihwkit's own noise models drew: every shipped profile that has one, each stage alone. Both
 * sides are samples: five standard errors of their difference, and what rounding to float32 and tables of laws may add.
 */

const CELLS = 40_000;
const { rows, cells } = aihwkitModels();

for (const profile of new Set(rows.map((row) => row.profile))) {
  test(`simulateCells: cells of ${profile} have the mean and std of those that aihwkit drew`, async (t) => {
    let worst = 0;
    for (const row of rows.filter((other) => other.profile === profile)) {
      // An exponent at x = 0 shows in no cell.
      if (row.stage === 'exponent' && row.target === 0) continue;
      const ours = await drawnByUs(row, CELLS);
      const share = Math.sqrt(1 / CELLS + 1 / cells);
      // A std of n normals has the error std/sqrt(2 n); up to twice that where a clamp or an absolute value bends them.
      const allowance = row.stage === 'exponent' ? 2e-4 : 1e-4;
      const slack = allowance * Math.max(row.std, 1e-3) + 2e-6 * row.target;
      for (const [what, error] of [
        ['mean', row.std * share],
        ['std', Math.SQRT2 * row.std * share],
      ] as const) {
        const off = Math.abs(ours[what] - row[what]);
        worst = Math.max(worst, (off - slack) / error || 0);
        const where = `${row.stage} at ${row.target} uS, ${row.seconds} s: ${what}`;
        t.true(off <= 5 * error + slack, `${where} ${ours[what]}, aihwkit ${row[what]}`);
      }
    }
    t.log(`largest deviation: ${worst.toFixed(1)} standard errors`);
  });
}
