import test from 'ava';
import type { MethodName } from '../../src/adapter/adapter.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { idleOptions } from '../../src/flow/idle-options.ts';
import { train } from '../../src/flow/train.ts';
import { tinyModel, untrained } from '../support/tiny-model.ts';
import { filesOf, folderOf, jobIn } from '../support/train-job.ts';

const DRAWS = { draw: 'token', drawWarmup: 0.5, mirroredDraws: true, lambda: 1 } as const;
const ALL = { groups: 8, rank: 2, alpha: 4, dropout: 0.1, layers: '*', targetStd: 0.1, ...DRAWS };

function idle(method: MethodName, targetStd?: Readonly<Record<string, number>>): string[] {
  const adapter = untrained(tinyModel().graph, method, 5);
  const options = targetStd === undefined ? adapter.options : { ...adapter.options, targetStd };
  return idleOptions(ALL, { ...adapter, options });
}

const named = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^--(.*): without effect.*/, '$1'));

test('idleOptions: each method takes its own, and draws are for those that are trained with them', (t) => {
  const draws = ['target-std', 'draw', 'draw-warmup', 'mirrored-draws'];
  const ofLora = ['rank', 'alpha', 'dropout'];
  t.deepEqual(named(idle('grasp')), [...ofLora, ...draws, 'lambda']);
  t.deepEqual(named(idle('stochgrasp')), ofLora);
  t.deepEqual(named(idle('lora')), ['groups', ...draws, 'lambda']);
  t.deepEqual(named(idle('lora', { 'block.first': 0.1 })), ['groups', 'lambda']);
  t.deepEqual(named(idle('bitfit')), ['groups', ...ofLora, ...draws, 'lambda']);
  t.deepEqual(named(idle('head')), ['groups', ...ofLora, 'layers', ...draws, 'lambda']);
});

test('idleOptions: each line says why; a flag that is off and what is not given are none', (t) => {
  const adapter = untrained(tinyModel().graph, 'grasp', 5);
  t.deepEqual(idleOptions({ rank: 2, drawWarmup: 0.5, lambda: 1, mirroredDraws: false }, adapter), [
    '--rank: without effect, as grasp has none',
    '--draw-warmup: without effect, as grasp is trained without draws; see --draws',
    '--lambda: without effect, as grasp learns no std',
  ]);
  t.deepEqual(idleOptions({ newHead: true }, adapter), [
    '--new-head: without effect, as a new adapter has a new head',
  ]);
  t.deepEqual(idleOptions({ newHead: true, adapter: 'adapters/begun' }, adapter), []);
  const drawn = untrained(tinyModel().graph, 'stochgrasp', 5);
  t.deepEqual(idleOptions({ targetAt: 0, targetNoise: 2 }, drawn), [
    '--target-at: without effect, as no --profile is given',
    '--target-noise: without effect, as no --profile is given',
  ]);
});

test('train: options without effect are warned of and leave the files as they are, to the byte', async (t) => {
  const folder = await folderOf(t);
  const warnings: string[] = [];
  const progress = { ...silentProgress, warn: (text: string) => warnings.push(text) };
  const plain = await train(jobIn(folder, 'plain', { steps: 2, progress }));
  t.deepEqual(warnings, []);
  const more = { ...DRAWS, rank: 4, dropout: 0.5, targetNoise: 2 };
  const idled = await train(jobIn(folder, 'idle', { steps: 2, progress, ...more }));
  t.deepEqual(named(warnings), [
    ...['rank', 'dropout', 'target-noise', 'draw', 'draw-warmup', 'mirrored-draws'],
    'lambda',
  ]);
  t.deepEqual(await filesOf(idled.out), await filesOf(plain.out));
});
