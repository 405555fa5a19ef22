import test from 'ava';
import { stream } from '../../src/core/stream.ts';
import { constantTable, tabulate } from '../../src/core/table.ts';
import type { ArrayEffects } from '../../src/device/array-effects.ts';
import type { CellKernels, EffectiveWeightsJob } from '../../src/device/cell-jobs.ts';
import { type CellStreams, cellStreams } from '../../src/device/cell-streams.ts';
import { createKernels } from '../../src/device/kernels.ts';
import { plainKernels } from '../../src/device/plain.ts';
import type { CellLaws } from '../../src/profile/cell-laws.ts';
import { bits, IDEAL, lawsWith, pairTargets, pcmLaws } from '../support/cell-laws.ts';

const kernels = createKernels({ bytes: 2 ** 22 });

const TELEGRAPH = {
  telegraphProbability: tabulate((x) => 0.4 / (1 + x)),
  telegraphAmplitude: tabulate((x) => 0.5 * Math.exp(-x)),
};

const LAWS: Readonly<Record<string, CellLaws>> = {
  ideal: IDEAL,
  'pcm at 0 s': pcmLaws(0),
  'pcm at 1 h': pcmLaws(3600),
  'pcm at 1 y': pcmLaws(31_536_000),
  'writing alone': lawsWith(['writeStd']),
  'shift alone': lawsWith(
    [],
    tabulate((x) => 0.3 - x),
  ),
  'shift and writing': lawsWith(['writeStd'], constantTable(-2)),
  'drift mean alone': lawsWith(['driftExponentMean']),
  'drift std alone': lawsWith(['driftExponentStd']),
  'read alone': lawsWith(['readStd']),
  'reads within the range': { ...pcmLaws(3600), gMinMicrosiemens: 2, clamp: 'range' },
  'the range alone': { ...lawsWith(['writeStd']), gMinMicrosiemens: 2, clamp: 'range' },
  'cell variation alone': { ...IDEAL, cellVariation: 0.4 },
  'cell variation and all': { ...pcmLaws(3600), cellVariation: 0.1 },
  'telegraph noise alone': { ...IDEAL, ...TELEGRAPH },
  'telegraph noise and all': { ...pcmLaws(3600), ...TELEGRAPH },
  'unbounded cells': { ...lawsWith(['writeStd'], constantTable(-2)), clamp: 'none', driftLog: 0 },
};

/** Lengths and first cells: ends of vectors (4), groups (16) and blocks (1024), and beyond what is carried at a time. */
const SHAPES = [
  [1, 0],
  [3, 1],
  [4, 16],
  [5, 15],
  [16, 3],
  [31, 1000],
  [1023, 1],
  [1024, 0],
  [1040, 1030],
  [2049, 17],
] as const;

const far = [IDEAL.gMaxMicrosiemens * 3.9, IDEAL.gMaxMicrosiemens * 5, 1e-6];

function targetsOf(count: number): Float32Array {
  const targets = pairTargets(count).plus;
  far.forEach((target, i) => {
    if (count > 20) targets[i + 5] = target;
  });
  return targets;
}

for (const [name, laws] of Object.entries(LAWS)) {
  test(`kernels equal their plain twin to the last bit on every stage: ${name}`, (t) => {
    for (const [count, first] of SHAPES) {
      for (const noiseScale of [0, 1, 2.5]) {
        const targets = targetsOf(count);
        const streams = cellStreams(9, 'layer', 'plus', 4);
        const run = (kind: CellKernels): Float32Array[] => {
          const [written, drifted, read, present] = [0, 1, 2, 3].map(() => new Float32Array(count)) as [
            Float32Array,
            Float32Array,
            Float32Array,
            Float32Array,
          ];
          const job = { laws, noiseScale, first };
          kind.writeCells({ ...job, targets, stream: streams.write, out: written });
          kind.varyCells({ ...job, cells: written, stream: streams.vary, out: written });
          kind.driftCells({ ...job, targets, cells: written, stream: streams.drift, out: drifted });
          kind.readCells({
            ...job,
            cells: drifted,
            stream: streams.read!,
            telegraph: streams.telegraph!,
            out: read,
          });
          kind.presentCells({ ...job, targets, streams, out: present });
          return [written, drifted, read, present];
        };
        const ours = run(kernels).map(bits);
        t.deepEqual(ours, run(plainKernels).map(bits), `${count} from ${first}, noise ${noiseScale}`);
        t.deepEqual(ours[3], ours[2], 'present cells are those of the stages one by one');
      }
    }
  });

  test(`effectiveWeights equals its plain twin to the last bit: ${name}`, (t) => {
    for (const [rows, columns, fromRow, toRow] of [
      [1, 1, 0, 1],
      [3, 7, 0, 3],
      [50, 33, 1, 49],
      [5, 1500, 2, 5],
      [9, 64, 4, 4],
    ] as const) {
      for (const noiseScale of [0, 1.5]) {
        for (const readEvent of [null, 2]) {
          const job = weightsJob(laws, rows, columns, { fromRow, toRow, noiseScale, gain: 1.37 }, readEvent);
          const plain = { ...job, out: job.out.slice(), columnSums: new Float64Array(columns) };
          kernels.effectiveWeights(job);
          plainKernels.effectiveWeights(plain);
          t.deepEqual(bits(job.out), bits(plain.out), `${rows} x ${columns}`);
          t.deepEqual(job.columnSums, plain.columnSums);
          // Idle cells at another target than 0.
          const raised = {
            targetPlus: job.targetPlus.map((g) => 2 + 0.9 * g),
            targetMinus: job.targetMinus.map((g) => 2 + 0.9 * g),
          };
          kernels.effectiveWeights({ ...job, ...raised });
          plainKernels.effectiveWeights({ ...plain, ...raised });
          t.deepEqual(bits(job.out), bits(plain.out), `above gMin, ${rows} x ${columns}`);
          t.deepEqual(job.columnSums, plain.columnSums);
          // One pair with two targets: its block goes cell by cell, the others pair by pair.
          const both = { targetMinus: job.targetMinus.map((g, i) => (i === 2 * columns ? 5 : g)) };
          kernels.effectiveWeights({ ...job, ...both });
          plainKernels.effectiveWeights({ ...plain, ...both });
          t.deepEqual(bits(job.out), bits(plain.out), `two-sided in part, ${rows} x ${columns}`);
          t.deepEqual(job.columnSums, plain.columnSums);
          const alone = { targetMinus: null, minus: null };
          kernels.effectiveWeights({ ...job, ...alone });
          plainKernels.effectiveWeights({ ...plain, ...alone });
          t.deepEqual(bits(job.out), bits(plain.out), `cells alone, ${rows} x ${columns}`);
          t.deepEqual(job.columnSums, plain.columnSums);
        }
      }
    }
  });
}

function weightsJob(
  laws: CellLaws,
  rows: number,
  columns: number,
  some: Pick<EffectiveWeightsJob, 'fromRow' | 'toRow' | 'noiseScale' | 'gain'>,
  readEvent: number | null,
): EffectiveWeightsJob & {
  columnSums: Float64Array;
  targetMinus: Float32Array;
  minus: CellStreams;
} {
  const { plus, minus } = pairTargets(rows * columns);
  return {
    ...some,
    laws,
    columns,
    targetPlus: plus,
    targetMinus: minus,
    plus: cellStreams(5, 'layer', 'plus', readEvent),
    minus: cellStreams(5, 'layer', 'minus', readEvent),
    scale: Float32Array.from({ length: columns }, (_, column) => 0.04 + 0.001 * column),
    out: new Float32Array((some.toRow - some.fromRow) * columns),
    columnSums: new Float64Array(columns),
  };
}

test('effectiveWeights is the same for arrays in the kernels memory and outside it, also beyond what is carried at once', (t) => {
  const [rows, columns] = [130, 1001];
  const inside = createKernels({ bytes: 4 * 4 * rows * columns });
  const own = (source: Float32Array): Float32Array => {
    const array = inside.allocate(source.length);
    array.set(source);
    return array;
  };
  const job = weightsJob(pcmLaws(60), rows, columns, { fromRow: 1, toRow: rows, noiseScale: 1, gain: 1 }, 0);
  const other = {
    ...job,
    targetPlus: own(job.targetPlus),
    targetMinus: own(job.targetMinus),
    out: own(job.out),
    columnSums: new Float64Array(columns),
  };
  kernels.effectiveWeights(job);
  inside.effectiveWeights(other);
  t.deepEqual(bits(job.out), bits(other.out));
  t.deepEqual(job.columnSums, other.columnSums);
});

test('kernels do not mind what lies beyond the end of their arrays', (t) => {
  const own = createKernels({ bytes: 4096 });
  const [plus, minus, out] = [own.allocate(32), own.allocate(32), own.allocate(32)];
  for (const beyond of [Number.NaN, -1e30, Number.POSITIVE_INFINITY]) {
    for (const count of [1, 5, 17, 31]) {
      const targets = pairTargets(count);
      for (const [array, values] of [
        [plus, targets.plus],
        [minus, targets.minus],
      ] as const) {
        array.fill(beyond);
        array.set(values);
      }
      const job = weightsJob(pcmLaws(3600), 1, count, { fromRow: 0, toRow: 1, noiseScale: 1, gain: 1 }, 0);
      own.effectiveWeights({
        ...job,
        targetPlus: plus.subarray(0, count),
        targetMinus: minus.subarray(0, count),
        out: out.subarray(0, count),
      });
      const plain = { ...job, out: new Float32Array(count), columnSums: new Float64Array(count) };
      plainKernels.effectiveWeights(plain);
      t.deepEqual(bits(out.slice(0, count)), bits(plain.out), `${count}, then ${beyond}`);
    }
  }
});

test('effectiveWeights block by block, in any order, equals the whole; sums in the order of rows', (t) => {
  const [rows, columns] = [40, 37];
  const some = { fromRow: 0, toRow: rows, noiseScale: 1, gain: 1 };
  const whole = weightsJob(pcmLaws(3600), rows, columns, some, 3);
  kernels.effectiveWeights(whole);
  const out = new Float32Array(rows * columns);
  for (const [fromRow, toRow] of [
    [25, 40],
    [0, 1],
    [1, 25],
  ] as const) {
    const { columnSums: _, ...part } = whole;
    kernels.effectiveWeights({
      ...part,
      fromRow,
      toRow,
      out: out.subarray(fromRow * columns, toRow * columns),
    });
  }
  t.deepEqual(bits(out), bits(whole.out));
  const columnSums = new Float64Array(columns);
  for (const [fromRow, toRow] of [
    [0, 1],
    [1, 25],
    [25, 40],
  ] as const) {
    kernels.effectiveWeights({
      ...whole,
      fromRow,
      toRow,
      out: out.subarray(fromRow * columns, toRow * columns),
      columnSums,
    });
  }
  t.deepEqual(columnSums, whole.columnSums);
});

test('presentCells does not depend on how a layer is cut into blocks', (t) => {
  const count = 5000;
  const job = { laws: pcmLaws(86_400), noiseScale: 1, streams: cellStreams(3, 'l', 'minus', 0) };
  const targets = targetsOf(count);
  const whole = new Float32Array(count);
  const parts = new Float32Array(count);
  kernels.presentCells({ ...job, targets, out: whole });
  for (const [from, to] of [
    [3001, count],
    [0, 7],
    [7, 3001],
  ] as const) {
    kernels.presentCells({
      ...job,
      targets: targets.subarray(from, to),
      out: parts.subarray(from, to),
      first: from,
    });
  }
  t.deepEqual(bits(parts), bits(whole));
});

test('without laws cells are their targets, and weights (plus - minus) scale, bit for bit', (t) => {
  const job = weightsJob(IDEAL, 20, 30, { fromRow: 0, toRow: 20, noiseScale: 3, gain: 1 }, 1);
  const { targetPlus, targetMinus, scale } = job;
  const cells = new Float32Array(600);
  kernels.presentCells({ laws: IDEAL, noiseScale: 3, targets: targetPlus, streams: job.plus, out: cells });
  t.deepEqual(bits(cells), bits(targetPlus));
  kernels.effectiveWeights(job);
  const expected = targetPlus.map((plus, i) => Math.fround(plus - targetMinus[i]!) * scale[i % 30]!);
  t.deepEqual(bits(job.out), bits(expected));
});

test('with noise scale 0 the deterministic parts of the laws are left: shift and mean drift', (t) => {
  const laws = {
    ...pcmLaws(3600),
    writeMeanShift: constantTable(0.5),
    driftExponentMean: constantTable(0.05),
  };
  const targets = Float32Array.of(0, 5, 25);
  const out = new Float32Array(3);
  kernels.presentCells({ laws, noiseScale: 0, targets, streams: cellStreams(1, 'l', 'plus', 0), out });
  targets.forEach((target, i) => {
    const expected = (target + 0.5) * Math.exp(-0.05 * laws.driftLog);
    t.true(Math.abs(out[i]! - expected) < 1e-6 * expected);
  });
});

test('readCells with another event draws anew, writeCells of another chip too, and again the same', (t) => {
  const targets = targetsOf(100);
  const present = (seed: number, event: number): Float32Array => {
    const out = new Float32Array(100);
    kernels.presentCells({
      laws: pcmLaws(0),
      noiseScale: 1,
      targets,
      streams: cellStreams(seed, 'l', 'plus', event),
      out,
    });
    return out;
  };
  t.deepEqual(present(1, 0), present(1, 0));
  t.notDeepEqual(present(1, 0), present(1, 1));
  t.notDeepEqual(present(1, 0), present(2, 0));
});

test('a kernel keeps no law from one job to the next', (t) => {
  const targets = targetsOf(50);
  const run = (laws: CellLaws): Uint32Array => {
    const out = new Float32Array(50);
    kernels.presentCells({ laws, noiseScale: 1, targets, streams: cellStreams(1, 'l', 'plus', 0), out });
    return bits(out);
  };
  const alone = run(LAWS['drift std alone']!);
  run(pcmLaws(3600));
  t.deepEqual(run(LAWS['drift std alone']!), alone);
});

test('kernels may write over their inputs', (t) => {
  const targets = targetsOf(70_000);
  const job = { laws: pcmLaws(60), noiseScale: 1, stream: stream(1, 'in place') };
  const out = new Float32Array(targets.length);
  kernels.writeCells({ ...job, targets, out });
  const cells = targets.slice();
  kernels.writeCells({ ...job, targets: cells, out: cells });
  t.deepEqual(bits(cells), bits(out));
});

test('allocate gives zeroed arrays apart from each other, until its bytes are used up', (t) => {
  const { allocate } = createKernels({ bytes: 256 });
  const [a, b] = [allocate(3), allocate(32)];
  a.fill(1);
  t.deepEqual([...b], new Array<number>(32).fill(0));
  t.is(b.byteOffset % 64, 0);
  t.is(allocate(0).length, 0);
  t.throws(() => allocate(17), {
    instanceOf: RangeError,
    message: 'allocate: 17 numbers must fit into the 64 bytes left; create the kernels with more',
  });
  t.throws(() => allocate(0.5), { instanceOf: RangeError });
});

/** Stuck cells, many enough to be carried in several parts, and factors, some of them below 0. */
function effectsOf(cells: number, columns: number, every: number): ArrayEffects {
  const positions = Uint32Array.from(
    { length: Math.floor(cells / every) },
    (_, i) => i * every + (i % every),
  );
  return {
    stuck: { positions, conductances: Float32Array.from(positions, (at) => (at % 23) / 7) },
    factors: Float32Array.from({ length: columns }, (_, i) => 1.2 - 0.05 * (i % 40)),
  };
}

for (const [name, laws] of Object.entries(LAWS)) {
  test(`kernels equal their plain twin with stuck cells and factors of columns: ${name}`, (t) => {
    for (const [count, first] of SHAPES) {
      for (const columns of [1, 7, 64, 1500]) {
        const targets = targetsOf(count);
        const streams = cellStreams(9, 'layer', 'plus', 4);
        const effects = effectsOf(first + count, columns, 5);
        const run = (kind: CellKernels): Uint32Array[] => {
          const [varied, present] = [0, 1].map(() => new Float32Array(count)) as [Float32Array, Float32Array];
          const job = { laws, noiseScale: 1.5, first, effects };
          kind.varyCells({ ...job, cells: targets, stream: streams.vary, out: varied });
          kind.presentCells({ ...job, targets, streams, out: present });
          return [bits(varied), bits(present)];
        };
        t.deepEqual(run(kernels), run(plainKernels), `${count} from ${first}, ${columns} columns`);
      }
    }
    const [rows, columns] = [50, 33];
    for (const effects of [undefined, effectsOf(rows * columns, columns, 3)]) {
      const some = { fromRow: 3, toRow: 49, noiseScale: 1, gain: 1.37 };
      const job = {
        ...weightsJob(laws, rows, columns, some, 2),
        plusEffects: effectsOf(rows * columns, columns, 7),
        minusEffects: effects,
      };
      const plain = { ...job, out: job.out.slice(), columnSums: new Float64Array(columns) };
      kernels.effectiveWeights(job);
      plainKernels.effectiveWeights(plain);
      t.deepEqual(bits(job.out), bits(plain.out));
      t.deepEqual(job.columnSums, plain.columnSums);
    }
  });
}

test('kernels carry more stuck cells than they hold at once, of either kind', (t) => {
  const [rows, columns] = [200, 700];
  const job = weightsJob(pcmLaws(60), rows, columns, { fromRow: 0, toRow: rows, noiseScale: 1, gain: 1 }, 0);
  const whole = {
    ...job,
    plusEffects: effectsOf(rows * columns, columns, 2),
    minusEffects: effectsOf(rows * columns, columns, 3),
  };
  const plain = { ...whole, out: job.out.slice(), columnSums: new Float64Array(columns) };
  kernels.effectiveWeights(whole);
  plainKernels.effectiveWeights(plain);
  t.deepEqual(bits(whole.out), bits(plain.out));
  t.deepEqual(whole.columnSums, plain.columnSums);
  const count = 60_000;
  const cells = new Float32Array(count);
  const effects = effectsOf(count, 100, 2);
  kernels.varyCells({ laws: IDEAL, noiseScale: 1, cells, stream: stream(1), effects, out: cells });
  t.deepEqual(cells.filter((g) => g !== 0).length, effects.stuck!.conductances.filter((g) => g !== 0).length);
});

test('presentCells: stuck cells hold what they hold at any age, and are read', (t) => {
  const laws = pcmLaws(31_536_000);
  const targets = new Float32Array(64).fill(20);
  const stuck = { positions: Uint32Array.of(0, 17, 63), conductances: Float32Array.of(25, 10, 1) };
  const effects = { stuck, factors: null };
  const out = new Float32Array(64);
  const streams = cellStreams(1, 'l', 'plus', 0);
  kernels.presentCells({ laws, noiseScale: 1, targets, streams: { ...streams, read: null }, effects, out });
  t.deepEqual([out[0], out[17], out[63]], [25, 10, 1]);
  t.true(out[1]! < 15, 'others have drifted');
  kernels.presentCells({ laws, noiseScale: 1, targets, streams, effects, out });
  for (const [i, g] of [
    [0, 25],
    [17, 10],
    [63, 1],
  ] as const) {
    t.not(out[i], g);
    t.true(Math.abs(out[i]! - g) < g);
  }
});

test('a stage that is not random multiplies no leftovers of one that was', (t) => {
  // Words drawn in pairs of groups leave bare words behind an odd number of groups; one in 128 is no finite number.
  const targets = new Float32Array(1024).fill(5);
  const shifted = lawsWith([], constantTable(1));
  for (let seed = 0; seed < 100; seed++) {
    const out = new Float32Array(targets.length);
    const streams = cellStreams(seed, 'l', 'plus', 0);
    kernels.presentCells({
      laws: pcmLaws(0),
      noiseScale: 1,
      targets: targets.subarray(0, 3),
      streams,
      out: out.subarray(0, 3),
    });
    kernels.presentCells({ laws: shifted, noiseScale: 0, targets, streams, out });
    if (!out.every((g) => g === 6)) t.fail(`seed ${seed}`);
  }
  t.pass();
});

test('readCells: telegraph noise lowers the share of reads that its law says, by its amplitude', (t) => {
  const count = 100_000;
  const cells = new Float32Array(count).fill(10);
  const laws = { ...IDEAL, telegraphProbability: constantTable(0.3), telegraphAmplitude: constantTable(0.2) };
  const read = (event: number, noiseScale = 1): Float32Array => {
    const { read: own, telegraph } = cellStreams(1, 'l', 'plus', event);
    const out = new Float32Array(count);
    kernels.readCells({ laws, noiseScale, cells, stream: own!, telegraph: telegraph!, out });
    return out;
  };
  const first = read(0);
  const low = Math.fround(10 * Math.fround(1 - Math.fround(0.2)));
  t.deepEqual(new Set(first), new Set([10, low]));
  const lower = first.filter((g) => g === low).length;
  t.true(Math.abs(lower - 0.3 * count) < 5 * Math.sqrt(count * 0.3 * 0.7), `${lower}`);
  // Another read finds other cells in their lower state: 0.3 x 0.3 of them twice.
  const again = read(1);
  const both = first.filter((g, i) => g === low && again[i] === low).length;
  t.true(Math.abs(both - 0.09 * count) < 5 * Math.sqrt(count * 0.09 * 0.91), `${both}`);
  t.deepEqual(new Set(read(0, 0)), new Set([10]));
  const stream0 = cellStreams(1, 'l', 'plus', 0).read!;
  t.throws(
    () => kernels.readCells({ laws, noiseScale: 1, cells, stream: stream0, out: new Float32Array(count) }),
    {
      message: 'readCells: a read with telegraph noise must have a stream for it, got none; give one',
    },
  );
});
