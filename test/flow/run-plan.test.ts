import test from 'ava';
import { readBundle } from '../../src/compile/bundle.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { openTask } from '../../src/flow/encode-task.ts';
import { planRecord } from '../../src/flow/run-plan.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyProfile } from '../support/toy.ts';
import { toyBundle } from '../support/toy-bundle.ts';

test('planRecord: what is simulated and what is not follows the wires of the profile', async (t) => {
  const folder = await temporaryFolder(t);
  const { path } = await toyBundle(folder, 'toy');
  const bundle = await readBundle(path);
  const known = {
    task: await openTask('reviews'),
    split: 'dev',
    examples: 1,
    data: '0',
    engine: await openEngine('onnxruntime'),
    ideal: { passed: true, maxAbsoluteError: 0, bound: 1 },
    machine: { node: '', platform: '', arch: '', cpu: '', cores: 1, features: [], memoryBytes: 0 },
  } as const;
  const job = {
    bundles: [path],
    task: 'reviews',
    chips: 1,
    at: [0],
    noise: [1],
    cross: false,
    out: folder,
    baseline: true,
    read: 'frozen',
    reads: 1,
    compensate: 'none',
    seed: 1,
    jobs: 1,
    engine: 'onnxruntime',
    progress: silentProgress,
  } as const;
  const lists = async (sections: Readonly<Record<string, unknown>>) => {
    const profile = await toyProfile(sections);
    const arms = [
      { arm: 'toy', folder: path, bundle: { ...bundle, program: { ...bundle.program, profile } } },
    ];
    const { simulated, notSimulated } = planRecord(job, arms, known);
    const ofWires = (items: readonly string[] | undefined) => items!.filter((item) => /wire/.test(item));
    return { simulated: ofWires(simulated), notSimulated: ofWires(notSimulated) };
  };
  const plain = { arm: 'plain', folder: path, bundle };
  const wired = await toyProfile({ wires: { rowSegment: '1 ohm', driver: 'both-ends' } });
  const other = {
    arm: 'wired',
    folder: path,
    bundle: { ...bundle, program: { ...bundle.program, profile: wired } },
  };
  const both = planRecord(job, [plain, other], known);
  const only = (items: readonly string[] | undefined) => items!.filter((item) => item.endsWith(' only)'));
  t.deepEqual(only(both.simulated), [
    'resistance of the wires, each tile solved exactly as a circuit (cells of a weight apart, driven at both ends) (wired only)',
  ]);
  t.deepEqual(only(both.notSimulated), ['resistance of the wires (plain only)']);

  t.deepEqual(await lists({}), { simulated: [], notSimulated: ['resistance of the wires'] });
  const provenance = { source: 'none', taken: 'nothing', notModelled: ['heat', 'wire resistance'] };
  t.deepEqual(await lists({ provenance }), { simulated: [], notSimulated: ['wire resistance'] });
  // A profile that extends another models what its base says it leaves out.
  const wires = { rowSegment: '1 ohm', driver: 'both-ends' };
  t.deepEqual(await lists({ provenance, wires }), {
    simulated: [
      'resistance of the wires, each tile solved exactly as a circuit (cells of a weight apart, driven at both ends)',
    ],
    notSimulated: [],
  });
});
