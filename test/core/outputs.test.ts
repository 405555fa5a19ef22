import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { SurroundingsError, UsageError } from '../../src/core/errors.ts';
import {
  checkOutputFile,
  checkOutputFolder,
  type OutputRules,
  refuseInputsInside,
} from '../../src/core/outputs.ts';

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

test('checkOutputFile: no folder, no file that is there without force, and none of a folder that is read', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'manifest.json');
  await writeFile(file, '');
  const refused = (path: string, rules: OutputRules, message: string) =>
    t.throwsAsync(checkOutputFile(path, rules), { instanceOf: UsageError, message });
  await refused(folder, { force: true }, `${folder}: must be a file, got a folder; choose another --out`);
  await refused(
    file,
    { force: false, option: '--figures' },
    `${file}: must not exist yet, got an existing one; choose another --figures or pass --force`,
  );
  const inputs = { bundle: folder };
  await refused(
    file,
    { force: true, inputs },
    `--out: must not replace a file in the bundle that is read, got "${file}" in "${folder}"; choose another --out`,
  );
  await t.notThrowsAsync(checkOutputFile(file, { force: true }));
  await t.notThrowsAsync(checkOutputFile(join(folder, 'cells'), { force: true, inputs }));
});

test('checkOutputFolder: no file, and not what holdfast has not made', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  await t.throwsAsync(checkOutputFolder(file, { force: true }), {
    instanceOf: UsageError,
    message: `${file}: must be a folder, got a file; choose another --out`,
  });
  await t.throwsAsync(checkOutputFolder(folder, { force: true }), {
    instanceOf: UsageError,
    message: /must be a folder that holdfast made/u,
  });
  await t.notThrowsAsync(checkOutputFolder(join(folder, 'new', 'run'), { force: false }));
  await t.throwsAsync(checkOutputFolder(join(file, 'run'), { force: false }), {
    instanceOf: SurroundingsError,
    message: /cannot write: a part of the path is a file/u,
  });
});
