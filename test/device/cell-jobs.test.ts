import test from 'ava';
import { cellStreams } from '../../src/device/cell-streams.ts';
import { createKernels } from '../../src/device/kernels.ts';
import { plainKernels } from '../../src/device/plain.ts';
import { IDEAL } from '../support/cell-laws.ts';

const kinds = { kernels: createKernels({ bytes: 0 }), 'plain kernels': plainKernels };
const streams = cellStreams(1, 'l', 'plus', 0);
const job = { laws: IDEAL, noiseScale: 1, targets: new Float32Array(6), streams, out: new Float32Array(6) };
const weights = {
  laws: IDEAL,
  noiseScale: 1,
  plus: streams,
  minus: streams,
  targetPlus: new Float32Array(6),
  targetMinus: new Float32Array(6),
  columns: 3,
  fromRow: 0,
  toRow: 2,
  scale: new Float32Array(3),
  gain: 1,
  out: new Float32Array(6),
};

for (const [kind, { presentCells, driftCells, effectiveWeights }] of Object.entries(kinds)) {
  const refuses = (run: () => void, message: string) => ({ run, message });
  const cases = [
    refuses(
      () => presentCells({ ...job, noiseScale: -1 }),
      'presentCells: the noise scale must be a number from 0 to 1000, got -1; 1 is as authored',
    ),
    refuses(
      () => presentCells({ ...job, noiseScale: 1e300 }),
      'presentCells: the noise scale must be a number from 0 to 1000, got 1e+300; 1 is as authored',
    ),
    refuses(
      () => presentCells({ ...job, first: 0.5 }),
      'presentCells: the first cell must be an integer >= 0, got 0.5; count from 0',
    ),
    refuses(
      () => presentCells({ ...job, targets: new Float32Array(5) }),
      'presentCells: targets must have 6 elements, got 5; cut it to fit',
    ),
    refuses(
      () => driftCells({ ...job, cells: new Float32Array(7), stream: streams.drift }),
      'driftCells: cells must have 6 elements, got 7; cut it to fit',
    ),
    refuses(
      () => effectiveWeights({ ...weights, noiseScale: NaN }),
      'effectiveWeights: the noise scale must be a number from 0 to 1000, got NaN; 1 is as authored',
    ),
    refuses(
      () => effectiveWeights({ ...weights, columns: 4 }),
      'effectiveWeights: the columns must divide the 6 targets of the layer, got 4; pass the whole layer',
    ),
    refuses(
      () => effectiveWeights({ ...weights, toRow: 3 }),
      "effectiveWeights: the rows must lie within the layer's 2, got 0 to 3; the end is not counted in",
    ),
    refuses(
      () => effectiveWeights({ ...weights, targetMinus: new Float32Array(5) }),
      'effectiveWeights: targetMinus must have 6 elements, got 5; cut it to fit',
    ),
    refuses(
      () => effectiveWeights({ ...weights, scale: new Float32Array(2) }),
      'effectiveWeights: scale must have 3 elements, got 2; cut it to fit',
    ),
    refuses(
      () => effectiveWeights({ ...weights, columnSums: new Float64Array(2) }),
      'effectiveWeights: columnSums must have 3 elements, got 2; cut it to fit',
    ),
    refuses(
      () => effectiveWeights({ ...weights, toRow: 1 }),
      'effectiveWeights: out must have 3 elements, got 6; cut it to fit',
    ),
    refuses(
      () => effectiveWeights({ ...weights, minus: null }),
      'effectiveWeights: minus cells must have streams and targets, or neither, got targets alone; give both',
    ),
    refuses(
      () => effectiveWeights({ ...weights, minus: cellStreams(1, 'l', 'minus', null) }),
      'effectiveWeights: both cells of a pair must be read, or none, got one; give both a stream',
    ),
  ];
  for (const { run, message } of cases) {
    test(`${kind} refuse a job that does not fit together: ${message}`, (t) => {
      t.throws(run, { instanceOf: RangeError, message });
    });
  }
}
