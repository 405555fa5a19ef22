import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../src/core/paths.ts';

/** A tiny exported model: see `test/fixtures/onnx/make.py`. */
export function onnxFixture(name: string): string {
  return join(packageRoot(), 'test', 'fixtures', 'onnx', name);
}

/** A copy of exported files in a folder that may be changed. */
export async function onnxCopy(t: ExecutionContext, ...names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-onnx-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const name of names) await copyFile(onnxFixture(name), join(folder, name));
  return folder;
}
