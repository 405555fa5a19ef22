import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { refuseExistingFile, refuseForeignFolder, refuseInputsInside } from '../../src/core/files.ts';

test('refuseInputsInside: an output is no input and no folder around one; what lies beside, or is only a name, may be', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = join(folder, 'demo', 'run');
  await mkdir(run, { recursive: true });
  await writeFile(join(folder, 'weight'), '');
  const refused = (out: string, path: string, name: string) =>
    t.throws(() => refuseInputsInside(out, { [name]: path }), {
      instanceOf: UsageError,
      message: `--out: must not be or hold the ${name} that is read, got "${out}" for "${path}"; choose another --out`,
    });
  refused(run, run, 'run');
  refused(join(folder, 'demo'), run, 'run');
  refused(join(run, '..', '..', 'weight'), join(folder, 'weight'), '--weight');
  t.notThrows(() => refuseInputsInside(join(run, 'report'), { run }));
  t.notThrows(() => refuseInputsInside(join(folder, 'demo', 'run-2'), { run }));
  t.notThrows(() => refuseInputsInside('ideal', { '--profile': 'ideal', '--adapter': undefined }));
});

test('a folder is not replaced by a file, nor a file by a folder, not even by force', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  t.throws(() => refuseExistingFile(folder, true), {
    instanceOf: UsageError,
    message: `${folder}: must be a file, got a folder; choose another --out`,
  });
  t.throws(() => refuseExistingFile(file, false), { instanceOf: UsageError });
  t.notThrows(() => refuseExistingFile(file, true));
  await t.throwsAsync(refuseForeignFolder(file), {
    instanceOf: UsageError,
    message: `${file}: must be a folder, got a file; choose another --out`,
  });
});
