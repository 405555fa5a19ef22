// Compiles the AssemblyScript kernels and writes them, as base64, into the files that load them: `npm run kernels`.
// The same sources give the same bytes; a test compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const modules = [
  { entry: 'src/core/assembly/index.ts', file: 'src/core/kernels-wasm.ts' },
  { entry: 'src/device/assembly/index.ts', file: 'src/device/kernels-wasm.ts' },
  { entry: 'src/device/wires/assembly/index.ts', file: 'src/device/wires/kernels-wasm.ts' },
];

// SIMD is part of every browser and Node that we support. Relaxed SIMD stays off: its results differ between machines.
const options = [
  ...['--runtime', 'stub', '--enable', 'simd', '--disable', 'relaxed-simd'],
  ...[
    '--importMemory',
    '--zeroFilledMemory',
    '--noAssert',
    '-O3',
    '--baseDir',
    root,
    '--outFile',
    'kernels.wasm',
  ],
];

/** Compiles every module. Returns, for each, the file to hold it and that file's text. */
export async function buildKernels() {
  const built = [];
  for (const { entry, file } of modules) {
    built.push({ file, text: fileText(entry, await compile(entry)) });
  }
  return built;
}

async function compile(entry) {
  let bytes;
  const { error, stderr } = await asc.main([entry, ...options], {
    readFile: (name, base) => readIfThere(join(base, name)),
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') bytes = contents;
    },
    listFiles: () => [],
  });
  if (error || !bytes) throw new Error(`${entry}: must compile, got\n${stderr.toString()}`);
  return bytes;
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function fileText(entry, bytes) {
  const base64 = Buffer.from(bytes).toString('base64');
  return [
    `/** The compiled form of ${entry}, made by scripts/build-kernels.mjs; do not edit. */`,
    `export const KERNELS_WASM =`,
    ...base64.match(/.{1,100}/g).map((line, i, all) => `  '${line}'${i + 1 < all.length ? ' +' : ';'}`),
    '',
  ].join('\n');
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  for (const { file, text } of await buildKernels()) {
    writeFileSync(join(root, file), text);
    console.log(`${relative(root, join(root, file))}: ${text.length} characters`);
  }
}
