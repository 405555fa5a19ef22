import test from 'ava';
import { constantTable, tabulate } from '../../src/core/table.ts';
import type { ArrayEffects } from '../../src/device/array-effects.ts';
import type { CellKernels, EffectiveWeightsJob, KeptCells } from '../../src/device/cell-jobs.ts';
import { cellStreams } from '../../src/device/cell-streams.ts';
import { createKernels, type Kernels } from '../../src/device/kernels.ts';
import { plainKernels } from '../../src/device/plain.ts';
import type { CellLaws } from '../../src/profile/cell-laws.ts';
import { bits, IDEAL, lawsWith, pairTargets, pcmLaws } from '../support/cell-laws.ts';

const [ROWS, COLUMNS] = [60, 43];
const YEAR = 31_536_000;

const AGEING: Readonly<Record<string, (seconds: number) => CellLaws>> = {
  'phase-change memory': pcmLaws,
  'all effects': (seconds) => ({
    ...pcmLaws(seconds),
    cellVariation: 0.1,
    gMinMicrosiemens: 2,
    clamp: 'range',
    telegraphProbability: tabulate((x) => 0.4 / (1 + x)),
    telegraphAmplitude: constantTable(0.3),
  }),
  'drift of the mean alone': (seconds) => {
    const { driftExponentMean, driftLog } = pcmLaws(seconds);
    return { ...IDEAL, driftExponentMean, driftLog };
  },
  'writing alone': () => ({ ...lawsWith(['writeStd'], constantTable(0.5)), driftLog: 3 }),
  'no effect': () => IDEAL,
};

function effectsOf(every: number): ArrayEffects {
  const positions = Uint32Array.from({ length: Math.floor((ROWS * COLUMNS) / every) }, (_, i) => i * every);
  return {
    stuck: { positions, conductances: Float32Array.from(positions, (at) => (at % 23) / 7) },
    factors: Float32Array.from({ length: COLUMNS }, (_, i) => 1.2 - 0.01 * i),
  };
}

type Job = EffectiveWeightsJob & { readonly columnSums: Float64Array; readonly targetMinus: Float32Array };

function jobAt(laws: CellLaws, noiseScale: number, fromRow = 0): Job {
  const { plus, minus } = pairTargets(ROWS * COLUMNS);
  return {
    ...{ laws, noiseScale, columns: COLUMNS, fromRow, toRow: ROWS, gain: 1.37 },
    ...{ targetPlus: plus, targetMinus: minus },
    plus: cellStreams(5, 'layer', 'plus', 2),
    minus: cellStreams(5, 'layer', 'minus', 2),
    plusEffects: effectsOf(7),
    minusEffects: effectsOf(11),
    scale: Float32Array.from({ length: COLUMNS }, (_, column) => 0.04 + 0.001 * column),
    out: new Float32Array((ROWS - fromRow) * COLUMNS),
    columnSums: new Float64Array(COLUMNS),
  };
}

const allocated = (kernels: Kernels): KeptCells => ({
  written: kernels.allocate(ROWS * COLUMNS),
  exponents: kernels.allocate(ROWS * COLUMNS),
});

/** The job with its cells kept first, the rows in two parts; the laws of keeping are those of another age. */
function kept(kernels: CellKernels, job: Job, before: CellLaws, plus: KeptCells, minus: KeptCells): Job {
  const middle = 23 * COLUMNS;
  for (const [from, to] of [
    [middle, ROWS * COLUMNS],
    [0, middle],
  ] as const) {
    for (const [targets, streams, effects, out] of [
      [job.targetPlus, job.plus, job.plusEffects, plus],
      [job.targetMinus, job.minus!, job.minusEffects, minus],
    ] as const) {
      const part = {
        written: out.written.subarray(from, to),
        exponents: out.exponents.subarray(from, to),
      };
      const { noiseScale } = job;
      const own = { laws: before, noiseScale, first: from, streams, effects };
      kernels.keepCells({ ...own, targets: targets.subarray(from, to), out: part });
    }
  }
  return { ...job, keptPlus: plus, keptMinus: minus };
}

for (const [name, lawsAt] of Object.entries(AGEING)) {
  test(`effectiveWeights of kept cells equals that of cells drawn again to the last bit, at all ages: ${name}`, (t) => {
    const kernels = createKernels({ bytes: 2 ** 20 });
    const [plus, minus] = [allocated(kernels), allocated(kernels)];
    for (const noiseScale of [0, 1, 2.5]) {
      for (const seconds of [0, 3600, YEAR]) {
        for (const fromRow of [0, 5]) {
          const drawn = jobAt(lawsAt(seconds), noiseScale, fromRow);
          kernels.effectiveWeights(drawn);
          const job = kept(kernels, jobAt(lawsAt(seconds), noiseScale, fromRow), lawsAt(60), plus, minus);
          kernels.effectiveWeights(job);
          t.deepEqual(bits(job.out), bits(drawn.out), `noise ${noiseScale}, ${seconds} s, from ${fromRow}`);
          t.deepEqual(job.columnSums, drawn.columnSums);
        }
      }
    }
  });

  test(`keepCells and effectiveWeights of kept cells equal their plain twins to the last bit: ${name}`, (t) => {
    const kernels = createKernels({ bytes: 2 ** 20 });
    const [plus, minus] = [allocated(kernels), allocated(kernels)];
    const free = (): KeptCells => ({
      written: new Float32Array(ROWS * COLUMNS),
      exponents: new Float32Array(ROWS * COLUMNS),
    });
    const [plainPlus, plainMinus] = [free(), free()];
    const job = kept(kernels, jobAt(lawsAt(3600), 1.5, 3), lawsAt(0), plus, minus);
    const plain = kept(plainKernels, jobAt(lawsAt(3600), 1.5, 3), lawsAt(0), plainPlus, plainMinus);
    t.deepEqual(bits(plus.written), bits(plainPlus.written));
    t.deepEqual(bits(plus.exponents), bits(plainPlus.exponents));
    t.deepEqual(bits(minus.exponents), bits(plainMinus.exponents));
    kernels.effectiveWeights(job);
    plainKernels.effectiveWeights(plain);
    t.deepEqual(bits(job.out), bits(plain.out));
    t.deepEqual(job.columnSums, plain.columnSums);
  });
}

test('effectiveWeights takes one kind of cell that is kept and one that is not; the next call forgets it', (t) => {
  const kernels = createKernels({ bytes: 2 ** 20 });
  const [plus, minus] = [allocated(kernels), allocated(kernels)];
  const drawn = jobAt(pcmLaws(YEAR), 1);
  kernels.effectiveWeights(drawn);
  const { keptMinus: _, ...one } = kept(kernels, jobAt(pcmLaws(YEAR), 1), pcmLaws(0), plus, minus);
  kernels.effectiveWeights(one);
  t.deepEqual(bits(one.out), bits(drawn.out));
  plus.written.fill(0);
  const again = jobAt(pcmLaws(YEAR), 1);
  kernels.effectiveWeights(again);
  t.deepEqual(bits(again.out), bits(drawn.out));
});

test('keepCells takes targets outside the memory, more than are carried at once, but keeps cells inside it', (t) => {
  const count = 70_001;
  const kernels = createKernels({ bytes: 4 * 4 * count + 1024 });
  const targets = pairTargets(count).plus;
  const inside = kernels.allocate(count);
  inside.set(targets);
  const job = { laws: pcmLaws(0), noiseScale: 1, first: 3, streams: cellStreams(1, 'l', 'plus', null) };
  const out = () => ({ written: kernels.allocate(count), exponents: kernels.allocate(count) });
  const carried = out();
  kernels.keepCells({ ...job, targets, out: carried });
  const written = carried.written.slice();
  const exponents = carried.exponents.slice();
  kernels.keepCells({ ...job, targets: inside, out: carried });
  t.deepEqual(bits(carried.written), bits(written));
  t.deepEqual(bits(carried.exponents), bits(exponents));
  t.throws(() => kernels.keepCells({ ...job, targets, out: { written, exponents } }), {
    instanceOf: RangeError,
    message: "keepCells: kept cells must lie in the kernels' memory, got other arrays; make them by allocate",
  });
  const short = { written: carried.written.subarray(1), exponents: carried.exponents };
  t.throws(() => kernels.keepCells({ ...job, targets, out: short }), {
    instanceOf: RangeError,
    message: 'keepCells: out.written must have 70001 elements, got 70000; cut it to fit',
  });
});

test('effectiveWeights refuses kept cells that are not those of the whole layer', (t) => {
  const kernels = createKernels({ bytes: 2 ** 20 });
  const keptPlus = { written: kernels.allocate(5), exponents: kernels.allocate(ROWS * COLUMNS) };
  t.throws(() => kernels.effectiveWeights({ ...jobAt(IDEAL, 1), keptPlus }), {
    instanceOf: RangeError,
    message: 'effectiveWeights: keptPlus.written must have 2580 elements, got 5; cut it to fit',
  });
});
