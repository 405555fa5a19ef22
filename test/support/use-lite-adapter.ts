import { join } from 'node:path';
import type { MethodName } from '../../src/adapter/adapter.ts';
import { saveAdapter } from '../../src/adapter/file.ts';
import { openTask } from '../../src/flow/encode-task.ts';
import { newAdapter } from '../../src/flow/new-adapter.ts';
import { float32 } from '../../src/graph/graph.ts';
import { loadModel } from '../../src/model/load.ts';
import { spread } from './operator-case.ts';

/** An adapter of the embedded model with a random head, moved a little from the identity; returns its folder. */
export async function useLiteAdapter(folder: string, method: MethodName, seed: number): Promise<string> {
  const [model, task] = [await loadModel('use-lite'), await openTask('reviews')];
  const adapter = await newAdapter({ method, groups: 8, seed, targetStd: 0.1 }, model, task);
  const tensors = new Map(adapter.tensors);
  for (const [name, { shape, data }] of tensors) {
    if (!(data instanceof Float32Array) || name.startsWith('head.') || name.endsWith('.logStd')) continue;
    const by = spread(data.length, seed, -0.05, 0.05);
    tensors.set(
      name,
      float32(
        shape,
        data.map((value, i) => value + by[i]!),
      ),
    );
  }
  const path = join(folder, `${method}-${seed}`);
  await saveAdapter(path, { ...adapter, tensors }, model);
  return path;
}
