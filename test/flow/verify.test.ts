import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { sha256, stableJson } from '../../src/core/files.ts';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { decodeSafetensors } from '../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../src/core/safetensors-write.ts';
import { verify } from '../../src/flow/verify.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyBundle } from '../support/toy-bundle.ts';

const CHECKS = ['hashes and shapes', 'graph', 'validation vectors', 'ideal chip equals the digital model'];

/** Changes one tensor of a bundle's file and puts the file's new hash into the manifest, as a forger would. */
async function forge(
  bundle: string,
  file: string,
  tensor: string,
  change: (data: Float32Array) => void,
): Promise<void> {
  const path = join(bundle, file);
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(await readFile(path)), path);
  change(tensors.get(tensor)!.data as Float32Array);
  const bytes = encodeSafetensors(tensors, metadata);
  await writeFile(path, bytes);
  const manifest = join(bundle, 'manifest.json');
  const json = JSON.parse(await readFile(manifest, 'utf8')) as { files: Record<string, string> };
  await writeFile(manifest, stableJson({ ...json, files: { ...json.files, [file]: sha256(bytes) } }));
}

test('verify: accepts a bundle as it was compiled', async (t) => {
  const { path } = await toyBundle(await temporaryFolder(t), 'a');
  const result = await verify({ bundle: path, progress });
  t.true(result.accepted);
  t.deepEqual(
    result.checks.map(({ name, passed }) => [name, passed]),
    CHECKS.map((name) => [name, true]),
  );
  t.is(result.lines.at(-1), 'accepted');
});

test('verify: rejects a changed byte, and a missing file, and says which', async (t) => {
  const { path } = await toyBundle(await temporaryFolder(t), 'a');
  const file = join(path, 'tiles.safetensors');
  const bytes = await readFile(file);
  bytes[bytes.length - 3] = bytes[bytes.length - 3]! ^ 4;
  await writeFile(file, bytes);
  const changed = await verify({ bundle: path, progress });
  t.false(changed.accepted);
  t.is(changed.checks.length, 1);
  t.true(changed.checks[0]!.detail.startsWith(`${file}: must have the sha-256 of the manifest`));
  await rm(file);
  const missing = await verify({ bundle: path, progress });
  t.deepEqual(missing.lines, [
    `NO  hashes and shapes: ${file}: must be there, as the manifest says, got no such file; compile again or restore the file`,
    'rejected',
  ]);
});

test('verify: rejects a cell that was changed together with its hash', async (t) => {
  const { path } = await toyBundle(await temporaryFolder(t), 'a');
  await forge(path, 'tiles.safetensors', 'first.plus', (cells) => {
    const largest = cells.indexOf(Math.max(...cells));
    cells[largest] = cells[largest]! - 1;
  });
  const { accepted, checks } = await verify({ bundle: path, progress });
  t.false(accepted);
  t.deepEqual(
    checks.map(({ name, passed }) => [name, passed]),
    CHECKS.map((name, i) => [name, i < 2]),
  );
});

test('verify: a place without a bundle is wrong usage', async (t) => {
  const folder = await temporaryFolder(t);
  await t.throwsAsync(verify({ bundle: folder, progress }), {
    instanceOf: UsageError,
    message: `${folder}: must be a bundle (a folder with manifest.json), got none there; pass the --out of "holdfast compile"`,
  });
});
