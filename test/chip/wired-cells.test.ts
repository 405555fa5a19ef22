import test from 'ava';
import { createWiredCells } from '../../src/chip/wired-cells.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import { stripInput } from '../../src/compile/lower.ts';
import { type Program, targetWeights } from '../../src/compile/program.ts';
import { UsageError } from '../../src/core/errors.ts';
import type { WireResistances } from '../../src/device/wires/circuit.ts';
import { dissectionCost } from '../../src/device/wires/dissection-cost.ts';
import { targetsOf } from '../support/cells.ts';
import { denseNodal } from '../support/dense-nodal.ts';
import { constantLaw, oneLayer, toyProfile } from '../support/toy.ts';

const WIRES = {
  rowSegment: '150 ohm',
  columnSegment: '90 ohm',
  rowTerminal: '400 ohm',
  columnTerminal: '0.2 kohm',
};
const OHMS: WireResistances = {
  rowSegmentOhm: 150,
  columnSegmentOhm: 90,
  rowTerminalOhm: 400,
  columnTerminalOhm: 200,
  driver: 'one-end',
};
const NOISY = {
  writing: { std: constantLaw(1, 'uS') },
  drift: { exponentMean: constantLaw(0.05, '1') },
  readNoise: { std: constantLaw(2, '%') },
};
const STATE: ChipState = { chip: 7, seconds: 0, noise: 1, read: 0, source: 'all', compensate: 'none' };

/** A layer of 5 x 7 on tiles of 3 x 4: two strips, two column ranges. */
const layerOf = async (sections: Readonly<Record<string, unknown>>): Promise<Program> =>
  oneLayer(await toyProfile(sections), 5, 7);

function weightsOf(program: Program, state: Partial<ChipState> = {}): Float32Array[] {
  const feeds = createChipWriter(program).weights({ ...STATE, ...state });
  return program.layers[0]!.strips.map((_, strip) =>
    Float32Array.from(feeds[stripInput('layer', strip)]!.data as Float32Array),
  );
}

/** The effective conductances of a tile by direct nodal solves, one a row. */
function nodal(rows: number, columns: number, cells: Float32Array, wires = OHMS): number[] {
  return Array.from({ length: rows }, (_, driven) => {
    const drivers = Array.from({ length: rows }, (_, row) => Number(row === driven));
    return denseNodal({ rows, columns, cells, wires }, drivers, new Array<number>(columns).fill(0)).out;
  }).flat();
}

test('createChipWriter: with wires the weights are those of a direct nodal solve of each tile, plus and minus apart', async (t) => {
  const program = await layerOf({ wires: WIRES });
  const layer = program.layers[0]!;
  const weights = weightsOf(program);
  for (const [strip, [top, bottom]] of layer.strips.entries()) {
    for (const [left, right] of layer.columns) {
      const part = (name: string) =>
        Float32Array.from({ length: (bottom - top) * (right - left) }, (_, at) => {
          const row = top + Math.floor(at / (right - left));
          return targetsOf(layer, name)[row * 7 + left + (at % (right - left))]!;
        });
      const [plus, minus] = ['plus', 'minus'].map((name) => nodal(bottom - top, right - left, part(name)));
      plus!.forEach((g, at) => {
        const column = left + (at % (right - left));
        const expected = (g - minus![at]!) * layer.scale[strip * 7 + column]!;
        const actual = weights[strip]![Math.floor(at / (right - left)) * 7 + column]!;
        t.true(Math.abs(actual - expected) < 1e-6, `${actual}, ${expected}`);
      });
    }
  }
  // And they are not the weights of the cells.
  t.true(targetWeights(layer, 0).some((weight, at) => Math.abs(weight - weights[0]![at]!) > 0.01));
});

test('createChipWriter: interleaved, the two cells of a weight share a row wire', async (t) => {
  const program = await layerOf({ wires: { ...WIRES, layout: 'interleaved' } });
  const layer = program.layers[0]!;
  const [top, bottom] = layer.strips[0]!;
  const [left, right] = layer.columns[0]!;
  const width = 2 * (right - left);
  const cells = Float32Array.from({ length: (bottom - top) * width }, (_, at) => {
    const name = at % 2 === 0 ? 'plus' : 'minus';
    return targetsOf(layer, name)[(top + Math.floor(at / width)) * 7 + left + ((at % width) >> 1)]!;
  });
  const seen = nodal(bottom - top, width, cells);
  const weights = weightsOf(program)[0]!;
  for (let at = 0; at < seen.length; at += 2) {
    const column = left + ((at % width) >> 1);
    const expected = (seen[at]! - seen[at + 1]!) * layer.scale[column]!;
    t.true(Math.abs(weights[Math.floor(at / width) * 7 + column]! - expected) < 1e-6);
  }
});

test('createChipWriter: wires of 0 ohm are none, bit for bit', async (t) => {
  const none = await layerOf(NOISY);
  const zero = await layerOf({ ...NOISY, wires: { driver: 'both-ends', layout: 'interleaved' } });
  t.is(createWiredCells(zero), null);
  for (const state of [{}, { seconds: 3600, compensate: 'column' }] as const) {
    t.deepEqual(weightsOf(zero, state), weightsOf(none, state));
  }
});

test('createChipWriter: wires of next to no resistance change the bits, and nothing more', async (t) => {
  const none = await layerOf(NOISY);
  const thin = await layerOf({ ...NOISY, wires: { rowSegment: '1e-6 ohm' } });
  for (const state of [
    {},
    { seconds: 3600 },
    ...(['global', 'layer', 'column'] as const).map((compensate) => ({ seconds: 86_400, compensate })),
  ]) {
    const [a, b] = [weightsOf(none, state), weightsOf(thin, state)];
    a.forEach((strip, number) => {
      strip.forEach((weight, at) => {
        t.true(Math.abs(weight - b[number]![at]!) < 1e-6, JSON.stringify(state));
      });
    });
  }
});

test('createChipWriter: the source wires leaves wires alone on, other sources leave them out', async (t) => {
  const program = await layerOf({ ...NOISY, wires: WIRES });
  const quiet = await layerOf({ wires: WIRES });
  const wireless = await layerOf(NOISY);
  t.deepEqual(weightsOf(program, { source: 'wires', seconds: 3600 }), weightsOf(quiet));
  for (const source of ['writing', 'drift', 'read', 'converters'] as const) {
    const state = { source, seconds: 3600 };
    t.deepEqual(weightsOf(program, state), weightsOf(wireless, state));
  }
  t.notDeepEqual(weightsOf(program), weightsOf(wireless));
});

test('createChipWriter: no live reads through wires, but without them or without read noise', async (t) => {
  const live = (program: Program, state: Partial<ChipState> = {}) =>
    createChipWriter(program).live({ ...STATE, ...state });
  const program = await layerOf({ ...NOISY, wires: WIRES });
  t.throws(() => live(program), { instanceOf: UsageError });
  t.not(live(program, { source: 'read' }).variances, null);
  t.is(live(await layerOf({ wires: WIRES })).variances, null);
});

test('createWiredCells: says what a layer took: its arrays and their operations', async (t) => {
  const program = await layerOf({ wires: WIRES });
  const layer = program.layers[0]!;
  const { cells, arrays, flops } = createWiredCells(program)!.seen(
    layer,
    layer.cells.map(({ targets }) => targets),
  );
  // Strips of 3 and 2 rows, ranges of 4 and 3 columns, plus and minus.
  t.is(arrays, 2 * 2 * 2);
  const of = (rows: number, columns: number) => dissectionCost({ rows, columns, wires: OHMS }).flops;
  t.is(flops, 2 * (of(3, 4) + of(3, 3) + of(2, 4) + of(2, 3)));
  // A cell of 0 uS lets nothing through, but its terminals see what comes by other ways, if there are any.
  for (const seen of cells) t.true(seen.every((g) => g >= 0 && g < 25));
});

test('createWiredCells: a zero-point column is the last of its tile, and is seen as its cells are shaped', async (t) => {
  const program = await layerOf({ wires: WIRES });
  const base = program.layers[0]!;
  const single = { ...base.cells[0]!, name: 'single' };
  const targets = Float32Array.from({ length: 10 }, (_, at) => 12 + at);
  const zero = { ...base.cells[1]!, name: 'zero', isShared: true, targets };
  const layer = { ...base, cells: [single, zero] };
  const { cells } = createWiredCells({ ...program, layers: [layer] })!.seen(layer, [single.targets, targets]);
  t.deepEqual(
    cells.map(({ length }) => length),
    [35, 10],
  );
  // The tile of strip 1 and range 1: rows 3 and 4, columns 4 to 6, and its zero points.
  const block = Float32Array.from(
    [3, 4].flatMap((row) => [...single.targets.subarray(row * 7 + 4, row * 7 + 7), targets[row * 2 + 1]!]),
  );
  const expected = nodal(2, 4, block);
  [3, 4].forEach((row, at) => {
    t.true(Math.abs(cells[1]![row * 2 + 1]! - expected[at * 4 + 3]!) < 1e-5);
    t.true(Math.abs(cells[0]![row * 7 + 4]! - expected[at * 4]!) < 1e-5);
  });
});
