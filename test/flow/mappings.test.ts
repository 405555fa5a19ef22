import { join } from 'node:path';
import test from 'ava';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { readSafetensors } from '../../src/core/safetensors.ts';
import { chip } from '../../src/flow/chip.ts';
import { verify } from '../../src/flow/verify.ts';
import { MAPPINGS } from '../support/mappings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyBundle } from '../support/toy-bundle.ts';

for (const [name, mapping] of MAPPINGS) {
  test(`verify and chip: a bundle of weights as ${name} is read back, accepted, and has all its cells`, async (t) => {
    const folder = await temporaryFolder(t);
    const { path, program, bundle } = await toyBundle(folder, 'a', mapping);
    t.deepEqual(bundle.program.layers, program.layers);
    t.deepEqual(bundle.manifest.layers[0]!.mapping, mapping.kind);
    t.deepEqual(
      bundle.manifest.layers[0]!.cells,
      program.layers[0]!.cells.map((cell) => cell.name),
    );
    const verdict = await verify({ bundle: path, progress });
    t.true(verdict.accepted, verdict.lines.join('\n'));
    const out = join(folder, 'chip.safetensors');
    const made = await chip({ bundle: path, seed: 1, at: 0, noise: 1, out, force: false, progress });
    t.is(made.cells, bundle.manifest.counts.cells);
    const { tensors } = await readSafetensors(out);
    // The toy's profile is without noise: the chip holds its targets.
    for (const layer of program.layers) {
      for (const cell of layer.cells) {
        const tensor = tensors.get(`${layer.name}.${cell.name}`)!;
        t.deepEqual(tensor.shape, [layer.in, cell.isShared ? layer.columns.length : layer.out]);
        t.deepEqual(tensor.data, cell.targets);
      }
    }
  });
}
