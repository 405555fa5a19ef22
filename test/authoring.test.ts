import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/core/paths.ts';
import { parseWords, runWords } from './support/command-line.ts';
import { golden } from './support/golden.ts';
import { shellWords } from './support/shell-words.ts';
import { simulatedCsv } from './support/simulated-cells.ts';

/*
 * docs/authoring.md as a new user follows it: every command of its `console` blocks is run in an empty folder and every
 * `diff` block is put into the file that it names; what is printed must be what the page shows. Commands of `sh` blocks must exist.
 */

const PAGE = 'docs/authoring.md';

/** What the page's commands print, block by block, put into the page. */
async function followed(page: string): Promise<string> {
  let out = '';
  let rest = page;
  for (;;) {
    const found = /^```(console|diff|sh)\n(.*?)^```\n/ms.exec(rest);
    if (found === null) return out + rest;
    const [whole, kind, body = ''] = found;
    out += rest.slice(0, found.index);
    out += kind === 'console' ? await printed(body) : whole;
    if (kind === 'diff') await edited(body);
    if (kind === 'sh') await parseWords(shellWords(body.trim()).slice(2));
    rest = rest.slice(found.index + whole.length);
  }
}

async function printed(body: string): Promise<string> {
  let out = '```console\n';
  for (const line of body.split('\n').filter((each) => each.startsWith('$ '))) {
    const words = shellWords(line.slice(2));
    const { stdout, stderr, exitCode } = await runWords(words.slice(1));
    // Progress is no part of the page.
    const said = stderr.replace(/^(fitting|drawing cells)\n/u, '');
    out += `${line}\n${stdout}${said}${exitCode === 0 ? '' : `[exit code ${exitCode}]\n`}`;
  }
  return `${out}\`\`\`\n`;
}

async function edited(body: string): Promise<void> {
  const lines = body.split('\n');
  const file = /^\+\+\+ (\S+)$/u.exec(lines[0] ?? '')?.[1];
  if (file === undefined) throw new Error(`a diff must begin with "+++ file", got ${lines[0]}`);
  const of = (sign: string) =>
    lines
      .slice(1)
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  const text = await readFile(file, 'utf8');
  if (!text.includes(of('-'))) throw new Error(`${file} must hold ${of('-')}`);
  await writeFile(file, text.replace(of('-'), of('+')));
}

test.serial('docs/authoring.md shows what its commands print', async (t) => {
  const root = packageRoot();
  const page = await readFile(join(root, PAGE), 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-authoring-'));
  const before = process.cwd();
  try {
    process.chdir(folder);
    await writeFile('cells.csv', simulatedCsv(300, 11));
    await writeFile('once.csv', simulatedCsv(200, 11, [[0, 1]]));
    await writeFile('bad.csv', 'target_uS,seconds,measured_uS\n5,0,4.9\n5,0,4,9\n5,1 h,4.7\n');
    golden(t, PAGE, await followed(page));
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true });
  }
});
