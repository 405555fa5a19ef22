// Mutates profiles and puts them through check and, where they are accepted, through the physics: no crash, no hang over 1 s of processor time, no
// memory over 500 MB, no file accepted that later throws.
//
//   npm run build && node scripts/fuzz-profiles.mjs [--cases 10000] [--seed 1] [--from 0]
//
// A case depends on the seed and its number alone: --from N --cases 1 repeats one. Prints each failure with its text; exits with 1
// where there is one.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { currentRanges } from '../build/src/calibrate/current-range.js';
import { matrixGraph } from '../build/src/chip/matrix-graph.js';
import { writeTile } from '../build/src/chip/write-tile.js';
import { createChipWriter } from '../build/src/chip/writer.js';
import { compileProgram, defaultOptions } from '../build/src/compile/program.js';
import { UsageError } from '../build/src/core/errors.js';
import { fillNormals } from '../build/src/core/normals.js';
import { stream } from '../build/src/core/stream.js';
import { simulateCells } from '../build/src/device/simulate.js';
import { mappingErrors } from '../build/src/flow/mapping-errors.js';
import { noisyTile } from '../build/src/flow/noisy-tile.js';
import { checkGraph } from '../build/src/graph/check.js';
import { cellLaws, checkAge } from '../build/src/profile/cell-laws.js';
import { checkProfileText } from '../build/src/profile/check.js';
import { profileFacts } from '../build/src/profile/facts.js';
import { listProfiles } from '../build/src/profile/load.js';
import { profileAt } from '../build/src/profile/temperature.js';
import { profileTemplate } from '../build/src/profile/template.js';
import { interpret64 } from '../build/test/support/interpreter64.js';
import { drawn, mutate } from './mutate-profile.mjs';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
});
const [cases, seed, from] = [values.cases, values.seed, values.from].map(Number);
const MOST_MILLISECONDS = 1000;
const MOST_BYTES = 500e6;

const texts = (await listProfiles()).map(({ path }) => readFileSync(path, 'utf8'));
texts.push(profileTemplate('fuzzed', './schema.json'));
const [ROWS, COLUMNS] = [12, 9];
const weight = new Float32Array(ROWS * COLUMNS);
fillNormals(stream(0, 'fuzz', 'weight'), weight);
const inputs = new Float32Array(2 * ROWS);
fillNormals(stream(0, 'fuzz', 'input'), inputs);

const before = process.memoryUsage().rss;
let accepted = 0;
let failures = 0;
let slowest = 0;
let most = 0;
const started = performance.now();
for (let i = from; i < from + cases; i++) {
  const draw = drawn(seed, i);
  const text = mutate(texts, draw);
  const start = processorMilliseconds();
  let what = null;
  try {
    if (await holds(text, i)) accepted += 1;
  } catch (error) {
    what = error.stack;
  }
  const milliseconds = processorMilliseconds() - start;
  slowest = Math.max(slowest, milliseconds);
  if (i % 100 === 0) most = Math.max(most, process.memoryUsage().rss - before);
  if (what === null && milliseconds > MOST_MILLISECONDS && (await isSlowAgain(text, i)))
    what = `took ${milliseconds.toFixed(0)} ms, and again`;
  if (what === null && most > MOST_BYTES) what = `memory grew by ${(most / 1e6).toFixed(0)} MB`;
  if (what !== null) {
    failures += 1;
    console.log(`case ${i} of seed ${seed}: ${what}\n${text}\n`);
    if (failures >= 20) break;
  }
  if ((i + 1 - from) % 1000 === 0) console.error(`${i + 1 - from} of ${cases}, ${accepted} accepted`);
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${cases} cases of seed ${seed} from ${from}: ${accepted} accepted, ${failures} failures, slowest ${slowest.toFixed(0)} ms, memory at most ${(most / 1e6).toFixed(0)} MB above the start, ${seconds.toFixed(0)} s`,
);
process.exitCode = failures > 0 ? 1 : 0;

/** Whether a text is accepted; throws where an accepted one breaks. */
async function holds(text, i) {
  const { profile, faults } = await checkProfileText(text, 'fuzzed.json');
  if (profile === null) {
    if (!faults.some(({ severity }) => severity === 'error')) throw new Error('rejected without an error');
    return false;
  }
  profileFacts(profile);
  const { gMinMicrosiemens: low, gMaxMicrosiemens: high } = profile;
  const { fromSeconds, toSeconds } = profile.validity;
  const ages = [
    ...new Set([fromSeconds, Math.min(toSeconds, 10 * fromSeconds + 3600), Math.min(toSeconds, 3e9)]),
  ];
  const { readCells } = simulateCells({
    targetsMicrosiemens: [...new Set([low, (low + high) / 2, high])],
    times: ages.map((age) => ({ seconds: age, laws: cellLaws(profile, age) })),
    cells: 4,
    seed: i,
    noiseScale: 1,
  });
  if (!readCells.every(Number.isFinite)) throw new Error('a cell is not finite');
  writes(profile, ages[i % ages.length], i);
  for (const changed of await elsewhere(profile)) {
    // Where time runs faster even the first age may lie beyond what the source supports.
    try {
      checkAge(changed, fromSeconds);
    } catch (error) {
      if (error instanceof UsageError) continue;
      throw error;
    }
    writes(changed, fromSeconds, i);
  }
  multiplies(profile, i);
  if (i % 50 === 0) mappingErrors(profile, [fromSeconds]);
  return true;
}

/** The profile at the ends of its temperatures and write cycles. */
async function elsewhere(profile) {
  const { temperature, endurance } = profile;
  const kelvins = temperature === null ? [null] : [temperature.fromKelvin, temperature.toKelvin];
  const cycles = endurance === null ? [null] : [1, Math.sqrt(endurance.toCycles), endurance.toCycles];
  const all = kelvins.flatMap((kelvin) => cycles.map((n) => [kelvin, n]));
  const changed = all.filter(([kelvin, n]) => kelvin !== null || n !== null);
  return Promise.all(changed.map(([kelvin, n]) => profileAt(profile, kelvin, n)));
}

/** Writes and reads one matrix. */
function writes(profile, seconds, seed) {
  const tile = writeTile({ profile, weight, rows: ROWS, columns: COLUMNS, seed, seconds });
  for (const cells of tile.cells.values())
    if (!cells.every(Number.isFinite)) throw new Error('a written cell is not finite');
  if (!tile.read().every(Number.isFinite)) throw new Error('a weight is not finite');
}

/** One product with converters, their errors, the cells' law of current by voltage and, where that can be, live reads. */
function multiplies(profile, seed) {
  const options = defaultOptions(profile);
  const graph = matrixGraph('fuzz', weight, ROWS, COLUMNS);
  const exact = compileProgram(graph, ['fuzz'], profile, options, null);
  const { strips, cells, out } = exact.layers[0];
  const slices = Math.max(...cells.map(({ slice }) => slice)) + 1;
  const input = new Float32Array(strips.length).fill(2);
  const adc =
    currentRanges(exact, exact.layers[0], input) ?? new Float32Array(strips.length * slices * out).fill(5);
  if (!adc.every((range) => Number.isFinite(range) && range > 0)) throw new Error('a range is not positive');
  const program = compileProgram(graph, ['fuzz'], profile, options, new Map([['fuzz', { input, adc }]]));
  const state = {
    chip: seed,
    seconds: profile.validity.fromSeconds,
    noise: 1,
    read: 0,
    source: 'all',
    compensate: 'none',
  };
  const writer = createChipWriter(program);
  const isLive = profile.wires === null && profile.mapping.kind !== 'offset-unit-column' && seed % 2 === 0;
  const read = isLive ? writer.live(state) : { weights: writer.weights(state), variances: null };
  const { graph: noisy, feeds } = noisyTile(program, read, state, 2);
  checkGraph(noisy);
  const x = { dtype: 'float32', shape: [2, ROWS], data: inputs };
  const { data } = interpret64(noisy, { input: x, ...feeds }).output;
  if (!Array.from(data).every(Number.isFinite)) throw new Error('an output is not finite');
}

/** Of this process: what others do on the machine does not count. */
function processorMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Loading and compiling happen once: only a text that is slow each time hangs. */
async function isSlowAgain(text, i) {
  for (let again = 0; again < 2; again++) {
    const start = processorMilliseconds();
    await holds(text, i);
    if (processorMilliseconds() - start <= MOST_MILLISECONDS) return false;
  }
  return true;
}
