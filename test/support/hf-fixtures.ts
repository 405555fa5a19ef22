import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { packageRoot } from '../../src/core/paths.ts';
import { readSafetensors, type StoredTensor } from '../../src/core/safetensors.ts';
import { encodeSafetensors } from '../../src/core/safetensors-write.ts';

/** The tiny checkpoint `name` and its vectors, made by transformers: see `test/fixtures/hf/make.py`. */
export function fixture(name: string): string {
  return join(packageRoot(), 'test', 'fixtures', 'hf', name);
}

/** What transformers said of one line of input. */
export interface Vector {
  readonly input: {
    readonly text?: string;
    readonly pair?: string;
    readonly ids?: readonly number[];
    readonly typeIds?: readonly number[];
  };
  readonly ids: readonly number[];
  readonly typeIds?: readonly number[];
  readonly hidden: readonly number[];
  /** First token whose hidden state `hidden` has; default 0. */
  readonly from?: number;
  readonly pooled: readonly number[];
  readonly logits: readonly number[];
}

export async function readVectors(name: string): Promise<{ parameters: number; rows: readonly Vector[] }> {
  return JSON.parse(await readFile(join(fixture(name), 'vectors.json'), 'utf8')) as {
    parameters: number;
    rows: readonly Vector[];
  };
}

/** A copy of a tiny checkpoint that may be changed. */
export async function copyOf(t: ExecutionContext, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-hf-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const copy = join(folder, name);
  await cp(fixture(name), copy, { recursive: true });
  return copy;
}

export async function changeJson(path: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const old = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...old, ...changes }));
}

/** Writes the weights of a copy again, as `change` gives them. */
export async function changeWeights(
  folder: string,
  change: (name: string, tensor: StoredTensor) => readonly (readonly [string, StoredTensor])[],
): Promise<void> {
  const path = join(folder, 'model.safetensors');
  const { tensors } = await readSafetensors(path);
  const changed = [...tensors].flatMap(([name, tensor]) => change(name, tensor));
  await writeFile(path, encodeSafetensors(new Map(changed)));
}
