import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { packageRoot } from '../src/core/paths.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const page = readFileSync(join(packageRoot(), 'docs', 'api.md'), 'utf8');
const examples = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => code);

test('docs/api.md has examples', (t) => {
  t.is(examples.length, 2);
});

for (const [index, code] of examples.entries()) {
  test(`docs/api.md: example ${index + 1} runs as it stands`, async (t) => {
    // Within the package, so that "holdfast" is the package itself.
    const place = mkdtempSync(join(packageRoot(), 'build', 'api-example-'));
    t.teardown(() => rmSync(place, { recursive: true }));
    const script = join(place, 'example.mjs');
    writeFileSync(script, code);
    const cwd = await temporaryFolder(t);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd });
    t.regex(stdout, [/rms error of a weight after an hour: 0\.\d+/, /accepted/][index]!);
  });
}
