// How often the intervals of `profile fit` hold the true value: cells simulated by known laws, fitted, counted over seeds.
//
//   npm run build && node scripts/fit-coverage.mjs [--seeds 200] [--cells 5000] [--confidence 0.95]
//
// Prints for each law, at the middle of its states, the share of seeds whose interval holds the truth, with the exact 99.9 %
// interval of that share; exits with 1 where it leaves the stated confidence out.
import { parseArgs } from 'node:util';
import { inverseIncompleteBeta } from '../build/src/core/beta.js';
import { fitDevice } from '../build/src/profile/fit/fit.js';
import { lawRecord } from '../build/src/profile/fit/law-json.js';
import { parseMeasurements } from '../build/src/profile/fit/measurements.js';
import { dataOf } from '../build/src/profile/fit/series.js';
import { simulatedCsv, TRUTH } from '../build/test/support/simulated-cells.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    cells: { type: 'string', default: '5000' },
    confidence: { type: 'string', default: '0.95' },
  },
});
const [seeds, cells, confidence] = [values.seeds, values.cells, values.confidence].map(Number);

const counts = new Map();
for (let seed = 1; seed <= seeds; seed++) {
  const data = dataOf(parseMeasurements(simulatedCsv(cells, seed), 'cells'), 'cells');
  const job = { data, gMaxMicrosiemens: 25, referenceSeconds: 20, seed: 1, form: 'polynomial', order: 2 };
  for (const law of fitDevice(job).laws) {
    const { x, low, high } = lawRecord(law, confidence).states[2];
    const truth = TRUTH[law.name](x);
    const [inside, all] = counts.get(law.name) ?? [0, 0];
    counts.set(law.name, [inside + (truth >= low && truth <= high ? 1 : 0), all + 1]);
  }
  if (seed % 20 === 0) console.error(`${seed} of ${seeds} seeds`);
}

let bad = 0;
for (const [name, [inside, all]] of counts) {
  // Clopper and Pearson's interval of the share, at 99.9 %.
  const low = inside === 0 ? 0 : inverseIncompleteBeta(0.0005, inside, all - inside + 1);
  const high = inside === all ? 1 : inverseIncompleteBeta(0.9995, inside + 1, all - inside);
  const good = low <= confidence && confidence <= high;
  if (!good) bad += 1;
  console.log(
    `${name}: ${inside} of ${all} (${((100 * inside) / all).toFixed(1)} %; 99.9 % interval ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %)${good ? '' : '  NOT as stated'}`,
  );
}
process.exitCode = bad > 0 ? 1 : 0;
