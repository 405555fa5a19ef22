import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** Every script that Node has run for a command line, as it tells itself in its coverage record. */
async function loadedScripts(words: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-start-up-'));
  try {
    await promisify(execFile)(process.execPath, [MAIN, ...words], {
      env: { ...process.env, NODE_V8_COVERAGE: folder },
    });
    const [file = 'none'] = await readdir(folder);
    const record = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      readonly result: ReadonlyArray<{ readonly url: string }>;
    };
    return record.result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const line of ['--help', 'evaluate --help', 'profile check --help', '--version']) {
  test(`holdfast ${line} loads commander, ansis and our own cli and core, and nothing else`, async (t) => {
    const scripts = await loadedScripts(line.split(' '));
    t.true(scripts.some((url) => url.endsWith('/src/cli/main.js')));
    t.true(scripts.some((url) => url.includes('/node_modules/commander/')));
    const allowed = /\/node_modules\/(commander|ansis)\/|\/src\/(cli|core)\/[\w/-]+\.js$/;
    t.deepEqual(
      scripts.filter((url) => !allowed.test(url)),
      [],
    );
  });
}
