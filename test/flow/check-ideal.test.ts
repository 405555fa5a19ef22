import test from 'ava';
import type { Bundle } from '../../src/compile/bundle.ts';
import type { LayerCell } from '../../src/compile/cells.ts';
import type { ProgramLayer } from '../../src/compile/program.ts';
import { BadFileError } from '../../src/core/errors.ts';
import { checkIdeal } from '../../src/flow/check-ideal.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyBundle } from '../support/toy-bundle.ts';

/** The bundle with its second layer changed. */
function sabotaged(bundle: Bundle, change: (layer: ProgramLayer) => Partial<ProgramLayer>): Bundle {
  const [first, second] = bundle.program.layers;
  return { ...bundle, program: { ...bundle.program, layers: [first!, { ...second!, ...change(second!) }] } };
}

/** Rows a and b of a `[rows, 4]` array, exchanged. */
function swapped(values: Float32Array, a: number, b: number): Float32Array {
  const copy = Float32Array.from(values);
  copy.set(values.subarray(4 * b, 4 * b + 4), 4 * a);
  copy.set(values.subarray(4 * a, 4 * a + 4), 4 * b);
  return copy;
}

function changed(values: Float32Array, at: number, to: number): Float32Array {
  const copy = Float32Array.from(values);
  copy[at] = to;
  return copy;
}

test('checkIdeal: the ideal chip of a bundle is its digital model to float rounding', async (t) => {
  const { bundle } = await toyBundle(await temporaryFolder(t), 'a');
  const check = await checkIdeal(await openEngine('onnxruntime'), [bundle]);
  t.true(check.passed);
  t.true(check.maxAbsoluteError < 1e-6 && check.maxAbsoluteError < check.bound);
});

const SABOTAGE: readonly [string, (layer: ProgramLayer) => Partial<ProgramLayer>][] = [
  ['two rows of targets swapped', (layer) => of(layer, ({ targets }) => swapped(targets, 1, 4))],
  [
    'the scale of one strip wrong',
    ({ scale, out }) => ({ scale: scale.map((unit, i) => (i < out ? unit : 1.01 * unit)) }),
  ],
  [
    'plus and minus exchanged',
    ({ cells }) => ({ cells: cells.map((cell, i) => ({ ...cell, targets: cells[1 - i]!.targets })) }),
  ],
  [
    'a cell that is no number',
    (layer) =>
      of(layer, ({ name, targets }) => (name === 'plus' ? changed(targets, 9, Number.NaN) : targets)),
  ],
  ['one cell at 0', (layer) => of(layer, ({ targets }) => changed(targets, 8, 0))],
];

/** The layer's cells with other targets. */
function of({ cells }: ProgramLayer, targets: (cell: LayerCell) => Float32Array): Partial<ProgramLayer> {
  return { cells: cells.map((cell) => ({ ...cell, targets: targets(cell) })) };
}

for (const [name, change] of SABOTAGE) {
  test(`checkIdeal: does not pass with ${name}`, async (t) => {
    const { bundle } = await toyBundle(await temporaryFolder(t), 'a');
    const engine = await openEngine('onnxruntime');
    const bad = sabotaged(bundle, change);
    const check = await checkIdeal(engine, [bad]);
    t.false(check.passed);
    t.false(check.maxAbsoluteError <= check.bound);
    // One bad bundle among good ones is enough.
    t.deepEqual(await checkIdeal(engine, [bundle, bad, bundle]), check);
  });
}

test('checkIdeal: refuses a bundle without the vectors of its model', async (t) => {
  const { bundle } = await toyBundle(await temporaryFolder(t), 'a');
  await t.throwsAsync(checkIdeal(await openEngine('onnxruntime'), [{ ...bundle, validation: new Map() }]), {
    instanceOf: BadFileError,
    message: 'validation.safetensors: must hold "model.logits" or "model.pooled", got neither; compile again',
  });
});
