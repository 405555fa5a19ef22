import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { packageRoot } from '../../src/core/paths.ts';

interface Script {
  buildKernels(): Promise<readonly { readonly file: string; readonly text: string }[]>;
}

test('the committed kernels are what their sources compile to (if not: npm run kernels)', async (t) => {
  const script = pathToFileURL(join(packageRoot(), 'scripts', 'build-kernels.mjs')).href;
  const { buildKernels } = (await import(script)) as Script;
  const built = await buildKernels();
  t.deepEqual(
    built.map(({ file }) => file),
    ['src/core/kernels-wasm.ts', 'src/device/kernels-wasm.ts', 'src/device/wires/kernels-wasm.ts'],
  );
  for (const { file, text } of built) t.is(readFileSync(join(packageRoot(), file), 'utf8'), text, file);
});
