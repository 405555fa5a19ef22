import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { BadFileError, SurroundingsError } from '../../src/core/errors.ts';
import { readSafetensors, type StoredTensor } from '../../src/core/safetensors.ts';
import { readSafetensorsHeader, streamSafetensors } from '../../src/core/safetensors-stream.ts';

/** F16 and BF16 have 1.5 and -2 in both forms: 0x3e00, 0xc000 and 0x3fc0, 0xc000. */
function halves(): Buffer {
  const header = JSON.stringify({
    half: { dtype: 'F16', shape: [2], data_offsets: [4, 8] },
    brain: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.from('c03f00c0003e00c0', 'hex')]);
}

test('streamSafetensors: every byte in order, each tensor as readSafetensors has it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a.safetensors');
  await writeFile(path, halves());
  const bytes: Uint8Array[] = [];
  const tensors = new Map<string, StoredTensor>();
  await streamSafetensors(path, {
    bytes: (part) => bytes.push(part),
    tensor: (name, _, decode) => tensors.set(name, decode()),
  });
  t.deepEqual(Buffer.concat(bytes), await readFile(path));
  t.deepEqual([...tensors.keys()], ['brain', 'half']);
  for (const { data } of tensors.values()) t.deepEqual(data, Float32Array.of(1.5, -2));
  t.deepEqual(tensors, new Map([...(await readSafetensors(path)).tensors].reverse()));

  const ignore = { bytes: () => 0, tensor: () => 0 };
  await writeFile(path, halves().subarray(0, -1));
  await t.throwsAsync(streamSafetensors(path, ignore), {
    instanceOf: BadFileError,
    message: `${path}: the tensors must fill the file, got 7 bytes where they take 8 (truncated?); fetch or write the file again`,
  });
  await writeFile(path, 'abc');
  await t.throwsAsync(streamSafetensors(path, ignore), {
    instanceOf: BadFileError,
    message: `${path}: a safetensors file must be at least 8 bytes long, got 3; fetch or write the file again`,
  });
  await t.throwsAsync(streamSafetensors(join(folder, 'b'), ignore), { instanceOf: SurroundingsError });
});

test('readSafetensorsHeader: names, types and shapes, with the faults of reading it all', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a.safetensors');
  await writeFile(path, halves());
  t.deepEqual(
    (await readSafetensorsHeader(path)).map(({ name, dtype, shape }) => [name, dtype, shape]),
    [
      ['half', 'F16', [2]],
      ['brain', 'BF16', [2]],
    ],
  );
  await writeFile(path, halves().subarray(0, -1));
  await t.throwsAsync(readSafetensorsHeader(path), {
    instanceOf: BadFileError,
    message: `${path}: the tensors must fill the file, got 7 bytes where they take 8 (truncated?); fetch or write the file again`,
  });
  await t.throwsAsync(readSafetensorsHeader(join(folder, 'b')), { instanceOf: SurroundingsError });
});
