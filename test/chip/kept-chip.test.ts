import test from 'ava';
import { arrayEffects } from '../../src/chip/array-effects.ts';
import { cellsToKeep, createKeptChip, KEPT_BYTES } from '../../src/chip/kept-chip.ts';
import { type ChipState, createChipWriter } from '../../src/chip/writer.ts';
import { compileProgram, defaultOptions, type Program } from '../../src/compile/program.ts';
import { createKernels } from '../../src/device/kernels.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import { MAPPINGS } from '../support/mappings.ts';
import { constantLaw, oneLayer, TOY_LAYERS, toyGraph, toyProfile } from '../support/toy.ts';

const DAY = 86_400;
const STATE: ChipState = { chip: 7, seconds: 0, noise: 1, read: 0, source: 'all', compensate: 'none' };

/** Every kind of state in an order that has chips kept, let go and kept again. */
const STATES: readonly Partial<ChipState>[] = [
  {},
  { seconds: DAY },
  { seconds: 365 * DAY, compensate: 'global' },
  { seconds: DAY, read: 1, compensate: 'column' },
  { chip: 8 },
  { seconds: DAY },
  { seconds: DAY, noise: 2 },
  { seconds: 60, noise: 2, compensate: 'layer' },
  { seconds: DAY, source: 'drift' },
  { seconds: 60, source: 'drift' },
  { seconds: 60, source: 'writing' },
  { seconds: DAY, source: 'writing', compensate: 'global' },
  { seconds: DAY, noise: 0 },
  { seconds: 60, noise: 0 },
  { seconds: 60 },
  { seconds: 3600 },
];

const drifting = () =>
  toyProfile({
    writing: { std: constantLaw(1, 'uS') },
    drift: { exponentMean: constantLaw(0.05, '1'), exponentStd: constantLaw(0.02, '1') },
    readNoise: { std: constantLaw(0.1, '1') },
    faults: { cells: { stuckLow: 0.1, stuckHigh: 0.1 } },
    variation: { chip: 0.05, column: 0.1, cell: 0.2 },
  });

function toy(profile: DeviceProfile, mapping = defaultOptions(profile).mapping): Program {
  const options = { ...defaultOptions(profile), mapping, tile: { rows: 3, columns: 16 } };
  return compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
}

for (const [name, mapping] of MAPPINGS) {
  test(`createChipWriter: a chip that is asked for again and again has the bits of one asked for once: ${name}`, async (t) => {
    const program = toy(await drifting(), mapping);
    const writer = createChipWriter(program);
    for (const [number, state] of STATES.entries()) {
      const kept = writer.weights({ ...STATE, ...state });
      t.deepEqual(kept, createChipWriter(program).weights({ ...STATE, ...state }), `state ${number}`);
    }
  });
}

test('createChipWriter: cells that relax are written anew for each age', async (t) => {
  const profile = await loadProfile('reram-wan-2022');
  const program = toy(profile);
  t.deepEqual(cellsToKeep(program, 0), []);
  const writer = createChipWriter(program);
  for (const seconds of [0, DAY, 2 * DAY, DAY]) {
    const state = { ...STATE, seconds: profile.validity.fromSeconds + seconds };
    t.deepEqual(writer.weights(state), createChipWriter(program).weights(state));
  }
});

test('cellsToKeep: eight bytes a cell, layer by layer while they fit', async (t) => {
  const program = toy(await drifting());
  const all = cellsToKeep(program, 0);
  t.deepEqual(
    all.map(({ layer, cell, bytes }) => [layer.name, cell.name, bytes]),
    [
      ['first', 'plus', 8 * 35 + 128],
      ['first', 'minus', 8 * 35 + 128],
      ['second', 'plus', 8 * 28 + 128],
      ['second', 'minus', 8 * 28 + 128],
    ],
  );
  const few = cellsToKeep(program, 2 ** 31 - 900);
  t.deepEqual(
    few.map(({ cell, layer }) => `${layer.name}.${cell.name}`),
    ['first.plus', 'first.minus'],
  );
  t.deepEqual(cellsToKeep(program, 2 ** 31), []);
  const large = { ...program, layers: program.layers.map((layer) => ({ ...layer, cells: [huge()] })) };
  t.is(cellsToKeep(large, 0).length, 1);
});

/** A cell of which one fits into what is kept, and two do not. */
function huge() {
  const targets = { length: KEPT_BYTES / 8 - 100 } as Float32Array;
  return { name: 'single', share: 1, slice: 0, isShared: false, targets };
}

test('createKeptChip: keeps a chip when it is asked for the second time in a row, and nothing where nothing is drawn', async (t) => {
  const program = oneLayer(await drifting(), 3, 4);
  const chosen = cellsToKeep(program, 0);
  const kernels = createKernels({ bytes: 4096 });
  const kept = createKeptChip(kernels, chosen, arrayEffects(program));
  const laws = cellLaws(program.profile, DAY);
  const layer = program.layers[0]!;
  const asked = (state: Partial<ChipState>): boolean =>
    kept.recall({ ...STATE, ...state }, laws)(layer, layer.cells[0]!) !== undefined;
  for (const [state, isKept] of [
    [{}, false],
    [{ seconds: 3 }, true],
    [{ read: 2 }, true],
    [{ chip: 1 }, false],
    // Between two others chip 7 is still there.
    [{}, true],
    [{ chip: 1 }, false],
    [{ chip: 1 }, true],
    [{ noise: 0 }, false],
    [{ chip: 1 }, true],
  ] as const) {
    t.is(asked(state), isKept, JSON.stringify(state));
  }
});
