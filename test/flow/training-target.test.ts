import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadAdapter } from '../../src/adapter/file.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { type TrainJob, train } from '../../src/flow/train.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { folderOf, jobIn } from '../support/train-job.ts';

const MODEL = join(packageRoot(), 'test/fixtures/hf/bert');

/** Trains one step of a tiny BERT at a time, each from an adapter of those before it. */
async function chain(t: ExecutionContext) {
  const folder = await folderOf(t);
  const notes: string[] = [];
  const warnings: string[] = [];
  const progress = {
    ...silentProgress,
    note: (text: string) => notes.push(text),
    warn: (text: string) => warnings.push(text),
  };
  const job = (out: string, more: Partial<TrainJob>, from?: string): TrainJob =>
    jobIn(folder, out, {
      model: MODEL,
      steps: 1,
      progress,
      ...(from === undefined ? { groups: 4 } : { adapter: join(folder, from) }),
      ...more,
    });
  return {
    notes,
    warnings,
    trained: async (out: string, more: Partial<TrainJob>, from?: string) => {
      await train(job(out, more, from));
      const { file } = await loadAdapter(join(folder, out));
      const { target } = file.training as { target: Record<string, unknown> };
      const { layers, targetStd = {} } = file.options;
      return { layers, targetStd, target, values: [...new Set(Object.values(targetStd))] };
    },
  };
}

test('train: the target of a StochGRASP adapter is its own until another is given, and adapter.json says which it is', async (t) => {
  const { trained, warnings } = await chain(t);
  const profile = { profile: 'pcm-nandakumar-2019', targetAt: 3600 };
  const first = await trained('first', { method: 'stochgrasp', layers: '*query', ...profile });
  const { sha256 } = await loadProfile('pcm-nandakumar-2019');
  const recorded = { draws: false, ...profile, profileSha256: sha256, targetNoise: 1 };
  t.deepEqual(first.target, recorded);
  const kept = await trained('kept', {}, 'first');
  t.deepEqual([kept.targetStd, kept.target], [first.targetStd, recorded]);
  const other = await trained('other', { targetStd: 0.25 }, 'first');
  t.deepEqual([other.values, other.target], [[0.25], { draws: false, targetStd: 0.25 }]);
  t.deepEqual(Object.keys(other.targetStd), first.layers);
  const louder = await trained('louder', { ...profile, targetNoise: 2 }, 'other');
  t.deepEqual(louder.target, { ...recorded, targetNoise: 2 });
  for (const layer of first.layers) t.true(louder.targetStd[layer]! > 1.5 * first.targetStd[layer]!, layer);
  const late = await trained('late', { targetAt: 0 }, 'first');
  t.deepEqual([late.targetStd, late.target], [first.targetStd, recorded]);
  t.deepEqual(warnings, ['--target-at: without effect, as no --profile is given']);
});

test('train: draws of fixed std begin with --draws, and an adapter that had them goes on with them', async (t) => {
  const { notes, trained, warnings } = await chain(t);
  const plain = await trained('plain', { method: 'lora', rank: 2, layers: '*query' });
  t.deepEqual([plain.values, plain.target], [[], { draws: false }]);
  const idle = { profile: 'no-such-profile', targetNoise: 2, draw: 'step', lambda: 1 } as const;
  t.deepEqual((await trained('idle', idle, 'plain')).target, { draws: false });
  t.deepEqual(warnings, [
    '--groups: without effect, as lora has none',
    ...['profile', 'target-noise', 'draw'].map(
      (name) => `--${name}: without effect, as lora is trained without draws; see --draws`,
    ),
    '--lambda: without effect, as lora learns no std',
  ]);
  const begun = await trained('begun', { draws: true, targetStd: 0.1 }, 'plain');
  t.deepEqual([begun.values, begun.target], [[0.1], { draws: true, targetStd: 0.1 }]);
  t.true(Object.keys(begun.targetStd).length > begun.layers.length);
  t.deepEqual(notes, []);
  const kept = await trained('kept', {}, 'begun');
  t.deepEqual([kept.targetStd, kept.target], [begun.targetStd, begun.target]);
  t.deepEqual(notes, ['--adapter: it was trained with draws, and goes on with them']);
  const again = await trained('again', { draws: true }, 'kept');
  t.deepEqual(again, kept);
  const other = await trained('other', { targetStd: 0.2, draw: 'step' }, 'kept');
  t.deepEqual([other.values, other.target], [[0.2], { draws: true, targetStd: 0.2 }]);
});
