import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { presentConductances } from '../../src/chip/conductances.ts';
import { UsageError } from '../../src/core/errors.ts';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { readSafetensors } from '../../src/core/safetensors.ts';
import { chip } from '../../src/flow/chip.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyBundle } from '../support/toy-bundle.ts';

test('chip: the conductances of one chip, and what it was made from', async (t) => {
  const folder = await temporaryFolder(t);
  const { path, program, bundle } = await toyBundle(folder, 'a');
  const out = join(folder, 'chip.safetensors');
  const result = await chip({ bundle: path, seed: 3, at: 60, noise: 1, out, force: false, progress });
  t.is(result.cells, 126);
  const { tensors, metadata } = await readSafetensors(out);
  t.deepEqual(metadata, {
    bundle: bundle.sha256,
    kind: 'simulated',
    noise: '1',
    seconds: '60',
    seed: '3',
    unit: 'microsiemens',
  });
  t.deepEqual(
    new Map([...tensors].sort()),
    new Map([...presentConductances(program, { chip: 3, seconds: 60, noise: 1 }, () => undefined)].sort()),
  );
});

test('chip: refuses an existing --out before it reads anything', async (t) => {
  const out = join(await temporaryFolder(t), 'chip.safetensors');
  await writeFile(out, '');
  await t.throwsAsync(chip({ bundle: 'none', seed: 3, at: 0, noise: 1, out, force: false, progress }), {
    instanceOf: UsageError,
    message: `${out}: must not exist yet, got an existing one; choose another --out or pass --force`,
  });
});
