import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readBundle } from '../../src/compile/bundle.ts';
import { BadFileError, UsageError } from '../../src/core/errors.ts';
import { sha256, stableJson } from '../../src/core/files.ts';
import { float32 } from '../../src/graph/graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toyBundle } from '../support/toy-bundle.ts';

const FILES = [
  'digital.safetensors',
  'manifest.json',
  'profile.json',
  'program.onnx',
  'tiles.safetensors',
  'validation.safetensors',
];

test('writeBundle: what is read back is what was written', async (t) => {
  const { program, bundle } = await toyBundle(await temporaryFolder(t), 'a');
  t.deepEqual(bundle.program.layers, program.layers);
  t.deepEqual(bundle.program.graph, program.graph);
  t.is(bundle.program.profile.sha256, program.profile.sha256);
  t.deepEqual(bundle.program.options, {
    ...program.options,
    deployment: 'digital',
  } as typeof program.options);
  t.deepEqual(bundle.digital.get('first.bias'), float32([7], new Float32Array(7)));
  t.deepEqual(bundle.manifest.counts, { layers: 2, tiles: 7, weights: 63, cells: 126, adcs: 26 });
  t.deepEqual(bundle.manifest.layers[1], {
    name: 'second',
    in: 7,
    out: 4,
    mapping: 'pair-one-sided',
    cells: ['plus', 'minus'],
    shares: [1, -1],
    clippedWeights: 0,
    tiles: [
      { rows: [0, 3], columns: [0, 4] },
      { rows: [3, 5], columns: [0, 4] },
      { rows: [5, 7], columns: [0, 4] },
    ],
  });
});

test('writeBundle: two times give the same bytes, whatever the folder', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [await toyBundle(folder, 'a'), await toyBundle(folder, 'b')];
  t.deepEqual((await readdir(a.path)).sort(), FILES);
  for (const file of FILES)
    t.true((await readFile(join(a.path, file))).equals(await readFile(join(b.path, file))), file);
  t.is(a.bundle.sha256, sha256(await readFile(join(b.path, 'manifest.json'))));
});

test('readBundle: one changed byte in any of its files is found', async (t) => {
  const { path, bundle } = await toyBundle(await temporaryFolder(t), 'a');
  for (const name of FILES.filter((file) => file !== 'manifest.json')) {
    const file = join(path, name);
    const bytes = await readFile(file);
    for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 1;
      await writeFile(file, changed);
      await t.throwsAsync(readBundle(path), {
        instanceOf: BadFileError,
        message: `${file}: must have the sha-256 of the manifest (${bundle.manifest.files[name]}), got ${sha256(changed)}; compile again or restore the file`,
      });
    }
    await writeFile(file, bytes);
  }
  await t.notThrowsAsync(readBundle(path));
});

test('readBundle: refuses what is no bundle, an incomplete one, and another version', async (t) => {
  const folder = await temporaryFolder(t);
  await t.throwsAsync(readBundle(folder), {
    instanceOf: UsageError,
    message: `${folder}: must be a bundle (a folder with manifest.json), got none there; pass the --out of "holdfast compile"`,
  });
  const { path, bundle } = await toyBundle(folder, 'a');
  const manifest = join(path, 'manifest.json');
  await writeFile(manifest, '{');
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: /^.*manifest\.json: must be JSON, got .*; compile again$/s,
  });
  await writeFile(manifest, stableJson({ ...bundle.manifest, schemaVersion: 2 }));
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: `${manifest}: "schemaVersion" must be 1, got 2; compile again with this version`,
  });
  await writeFile(manifest, stableJson({ ...bundle.manifest, layers: undefined }));
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: `${manifest}: "layers" must be there, got nothing; compile again`,
  });
  const { options, sources, files } = bundle.manifest;
  const malformed: readonly (readonly [change: object, key: string, form: string])[] = [
    [{ options: 3 }, 'options', '{tile, mapping, dac, adc, deployment}'],
    [{ options: { ...options, mapping: {} } }, 'options', '{tile, mapping, dac, adc, deployment}'],
    [{ options: { ...options, dac: { bits: -8 } } }, 'options', '{tile, mapping, dac, adc, deployment}'],
    [{ sources: { ...sources, adapters: [{}] } }, 'sources', '{model, adapters, profile}'],
    [{ files: { ...files, '../elsewhere': '0' } }, 'files', '{name: sha-256}'],
    [{ labels: [1] }, 'labels', 'names'],
  ];
  for (const [change, key, form] of malformed) {
    await writeFile(manifest, stableJson({ ...bundle.manifest, ...change }));
    await t.throwsAsync(readBundle(path), {
      instanceOf: BadFileError,
      message: `${manifest}: "${key}" must hold ${form}, got another form; compile again`,
    });
  }
  await writeFile(manifest, stableJson({ ...bundle.manifest, files: { ...files, 'more.bin': '0' } }));
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: `${join(path, 'more.bin')}: must be there, as the manifest says, got no such file; compile again or restore the file`,
  });
  await writeFile(manifest, stableJson(bundle.manifest));
  await rm(join(path, 'tiles.safetensors'));
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: `${join(path, 'tiles.safetensors')}: must be there, as the manifest says, got no such file; compile again or restore the file`,
  });
});

test('readBundle: a manifest whose layers do not fit the tiles', async (t) => {
  const { path, bundle } = await toyBundle(await temporaryFolder(t), 'a');
  const [first, second] = bundle.manifest.layers;
  const manifest = join(path, 'manifest.json');
  const faults = [{ in: 6 }, { out: 8 }, { tiles: first!.tiles.slice(1) }];
  for (const fault of faults) {
    const faulty = { ...first!, ...fault };
    const { in: rows, out } = faulty;
    await writeFile(manifest, stableJson({ ...bundle.manifest, layers: [faulty, second] }));
    await t.throwsAsync(readBundle(path), {
      instanceOf: BadFileError,
      message: `${manifest}: the tiles of layer "first" must cover its ${rows} x ${out} weights, each once, got others; compile again`,
    });
  }
  const wide = {
    ...first,
    in: 6,
    tiles: [{ rows: [0, 6], columns: [0, 7] }],
  };
  await writeFile(manifest, stableJson({ ...bundle.manifest, layers: [wide, second] }));
  await t.throwsAsync(readBundle(path), {
    instanceOf: BadFileError,
    message: `${join(path, 'tiles.safetensors')}: tensor "first.plus" must hold 42 float32 values, got 35; compile again`,
  });
});
