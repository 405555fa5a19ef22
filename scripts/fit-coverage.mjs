// How often the intervals of `profile fit` hold the true value: cells simulated by known laws, fitted, counted over seeds.
//
//   npm run build && node scripts/fit-coverage.mjs [--seeds 200] [--cells 5000] [--confidence 0.95]
//
// Twice: of cells that are read twice at the first and the last age, and (drift alone) of cells that are read once at each of four
// ages, by reads whose noise depends on the state. Prints for each law, at five states from its first to its last, the share of
// seeds whose interval holds the truth; exits with 1 where the exact 99.9 % interval of such a share leaves the stated confidence out.
import { parseArgs } from 'node:util';
import { inverseIncompleteBeta } from '../build/src/core/beta.js';
import { fitDevice } from '../build/src/profile/fit/fit.js';
import { lawRecord } from '../build/src/profile/fit/law-json.js';
import { parseMeasurements } from '../build/src/profile/fit/measurements.js';
import { dataOf } from '../build/src/profile/fit/series.js';
import { NOISY, PLAN, SINGLE_READS, simulatedCsv, TRUTH } from '../build/test/support/simulated-cells.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    cells: { type: 'string', default: '5000' },
    confidence: { type: 'string', default: '0.95' },
  },
});
const [seeds, cells, confidence] = [values.seeds, values.cells, values.confidence].map(Number);

const CASES = [
  { title: '', plan: PLAN, truth: TRUTH, prefix: '' },
  { title: 'single reads, ', plan: SINGLE_READS, truth: NOISY, prefix: 'drift' },
];

/** By case and law, then state: x, and how many intervals held the truth. */
const counts = new Map();
for (let seed = 1; seed <= seeds; seed++) {
  for (const { title, plan, truth, prefix } of CASES) {
    const data = dataOf(parseMeasurements(simulatedCsv(cells, seed, plan, true, truth), 'cells'), 'cells');
    const job = { data, gMaxMicrosiemens: 25, referenceSeconds: 20, seed: 1, form: 'polynomial', order: 2 };
    for (const law of fitDevice(job).laws.filter(({ name }) => name.startsWith(prefix))) {
      // Of read noise that is found to grow with age the states of the first age.
      const states = lawRecord(law, confidence).states.slice(0, 5);
      const key = `${title}${law.name}`;
      const held = counts.get(key) ?? states.map(({ x }) => ({ x, inside: 0, all: 0 }));
      states.forEach(({ x, low, high }, i) => {
        held[i].all += 1;
        if (truth[law.name](x) >= low && truth[law.name](x) <= high) held[i].inside += 1;
      });
      counts.set(key, held);
    }
  }
  if (seed % 20 === 0) console.error(`${seed} of ${seeds} seeds`);
}

/** Clopper and Pearson's interval of a share, at 99.9 %. */
function shareInterval(inside, all) {
  const low = inside === 0 ? 0 : inverseIncompleteBeta(0.0005, inside, all - inside + 1);
  const high = inside === all ? 1 : inverseIncompleteBeta(0.9995, inside + 1, all - inside);
  return [low, high];
}

let bad = 0;
for (const [name, held] of counts) {
  const shown = held.map(({ x, inside, all }) => {
    const [low, high] = shareInterval(inside, all);
    const isAsStated = low <= confidence && confidence <= high;
    if (!isAsStated) bad += 1;
    return `x = ${x.toFixed(3)}: ${((100 * inside) / all).toFixed(1)} %${isAsStated ? '' : ' NOT as stated'}`;
  });
  console.log(`${name} (${held[0].all} seeds): ${shown.join(', ')}`);
}
process.exitCode = bad > 0 ? 1 : 0;
