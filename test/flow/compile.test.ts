import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { MethodName } from '../../src/adapter/adapter.ts';
import { readBundle } from '../../src/compile/bundle.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { silentProgress as progress } from '../../src/core/progress.ts';
import { type CompileJob, compile } from '../../src/flow/compile.ts';
import { verify } from '../../src/flow/verify.ts';
import { loadModel } from '../../src/model/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { useLiteAdapter } from '../support/use-lite-adapter.ts';

const JOB: Omit<CompileJob, 'out'> = {
  model: 'use-lite',
  profile: 'ideal',
  deploy: 'digital',
  calibrateOn: 'reviews',
  seed: 1,
  force: false,
  progress,
};

test.serial(
  'compile: the same model, adapter and profile give the same bytes, and no path is in them',
  async (t) => {
    const folder = await temporaryFolder(t);
    const adapter = await useLiteAdapter(folder, 'stochgrasp', 1);
    const job = { ...JOB, adapter, profile: 'pcm-nandakumar-2019' };
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const result = await compile({ ...job, out: a });
    await compile({ ...job, out: b });
    const files = (await readdir(a)).sort();
    t.deepEqual(files, (await readdir(b)).sort());
    for (const file of files)
      t.true((await readFile(join(a, file))).equals(await readFile(join(b, file))), file);
    const text = await readFile(join(a, 'manifest.json'), 'utf8');
    t.false(text.includes(folder));

    const { manifest, program, digital } = await readBundle(a);
    t.is(manifest.name, 'use-lite-stochgrasp-pcm-nandakumar-2019');
    t.deepEqual(manifest.labels, ['negative', 'positive']);
    t.is(manifest.sources.model.sha256, (await loadModel('use-lite')).sha256);
    t.deepEqual(manifest.counts, result.counts);
    for (const layer of program.layers) {
      t.true(layer.inputRange!.every((range) => range > 0) && layer.adcRange!.every((range) => range > 0));
      t.true(digital.has(`stochgrasp/${layer.name}.logStd`));
    }
    t.true(manifest.idealCheck.maxAbsoluteError < manifest.idealCheck.bound);
  },
);

test.serial('compile: does not replace the adapter that it reads, nor the model', async (t) => {
  const adapter = await useLiteAdapter(await temporaryFolder(t), 'grasp', 1);
  const before = (await readdir(adapter)).sort();
  await t.throwsAsync(compile({ ...JOB, adapter, out: adapter, force: true }), {
    instanceOf: UsageError,
    message: `--out: must not be or hold the --adapter that is read, got "${adapter}" for "${adapter}"; choose another --out`,
  });
  t.deepEqual((await readdir(adapter)).sort(), before);
});

test.serial(
  'compile: folded weights stand for the same model as the adapter in the digital periphery',
  async (t) => {
    const folder = await temporaryFolder(t);
    const adapter = await useLiteAdapter(folder, 'grasp', 2);
    const out = join(folder, 'folded');
    const { idealCheck, warnings } = await compile({ ...JOB, adapter, deploy: 'folded', out, name: 'mine' });
    t.log(`folded against digital: ${idealCheck.maxAbsoluteError}, bound ${idealCheck.bound}`);
    t.true(idealCheck.maxAbsoluteError < idealCheck.bound);
    t.deepEqual(warnings, []);
    const { manifest, program } = await readBundle(out);
    t.is(manifest.name, 'mine');
    t.is(manifest.options.deployment, 'folded');
    t.false(program.graph.nodes.some(({ name }) => name.includes('.grasp')));
  },
);

const OTHERS: readonly MethodName[] = ['lora', 'bitfit', 'ia3', 'head', 'full'];
for (const method of OTHERS) {
  test.serial(`compile: ${method}, digital and folded, is a bundle that verify accepts`, async (t) => {
    const folder = await temporaryFolder(t);
    const adapter = await useLiteAdapter(folder, method, 1);
    for (const deploy of ['digital', 'folded'] as const) {
      const out = join(folder, deploy);
      const { warnings, idealCheck } = await compile({ ...JOB, adapter, out, deploy });
      t.deepEqual(warnings, []);
      t.log(`${deploy}: ideal against digital ${idealCheck.maxAbsoluteError.toExponential(1)}`);
      const { accepted } = await verify({ bundle: out, progress });
      t.true(accepted);
      const { program, digital } = await readBundle(out);
      t.is(program.layers.length, 10);
      t.is(
        program.graph.nodes.some(({ name }) => /\.(lora|ia3)/.test(name)),
        deploy === 'digital' && (method === 'lora' || method === 'ia3'),
      );
      for (const { name } of program.layers) t.true(digital.has(`${name}.bias`), name);
    }
  });
}

test.serial('compile: tiles and bits as asked for; a model without an adapter', async (t) => {
  const out = join(await temporaryFolder(t), 'bare');
  const result = await compile({ ...JOB, out, tile: { rows: 100, columns: 300 }, adcBits: 6 });
  t.is(result.name, 'use-lite-bare-ideal');
  const { manifest, program } = await readBundle(out);
  t.deepEqual(manifest.options.tile, { rows: 100, columns: 300 });
  t.deepEqual([manifest.options.dac.bits, manifest.options.adc.bits], [null, 6]);
  t.deepEqual(program.graph.outputs.map(({ name }) => name).includes('pooled'), true);
  for (const layer of program.layers) {
    t.true(
      layer.strips.every(([from, to]) => to - from <= 100) &&
        layer.columns.every(([from, to]) => to - from <= 300),
    );
    t.true(layer.inputRange === null && layer.adcRange !== null);
  }
});

test.serial(
  'compile: refuses an existing --out, an adapter of another model, and no adapter at all',
  async (t) => {
    const folder = await temporaryFolder(t);
    await t.throwsAsync(compile({ ...JOB, out: folder }), {
      instanceOf: UsageError,
      message: `${folder}: must not exist yet, got an existing one; choose another --out or pass --force`,
    });
    const out = join(folder, 'out');
    await t.throwsAsync(compile({ ...JOB, adapter: folder, out }), {
      instanceOf: UsageError,
      message: `${folder}: must be an adapter's folder (with adapter.json), got none there; pass the --out of "holdfast train"`,
    });
    const adapter = await useLiteAdapter(folder, 'grasp', 1);
    const path = join(adapter, 'adapter.json');
    const { sha256 } = await loadModel('use-lite');
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(sha256, 'f'.repeat(64)));
    await t.throwsAsync(compile({ ...JOB, adapter, out }), {
      instanceOf: BadFileError,
      message: `${adapter}: must belong to model "use-lite" (sha-256 ${sha256.slice(0, 12)}), got an adapter of "use-lite" (${'f'.repeat(12)}); pass the model that it was trained on`,
    });
    t.deepEqual(await readdir(folder), ['grasp-1']);
  },
);
