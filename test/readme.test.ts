import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/core/paths.ts';
import { parseWords } from './support/command-line.ts';
import { shellWords } from './support/shell-words.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

function page(name: string): string {
  return readFileSync(join(packageRoot(), name), 'utf8');
}

/** The command lines in a page's shell blocks: without comments, joined where `\` ends a line, parted at `&&`. */
function commandLines(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.replace(/\\\n\s*/g, '').split('\n'))
    .flatMap((line) => line.split('&&'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

test('commandLines reads blocks of shell', (t) => {
  const text = '```sh\n# why\na && b \\\n  --c\n```\n\n```\nno\n```\n';
  t.deepEqual(commandLines(text), ['a', 'b --c']);
});

for (const name of PAGES) {
  test(`${name} names only commands that exist`, async (t) => {
    const { scripts } = JSON.parse(page('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const line of commandLines(page(name))) {
      const words = shellWords(line);
      const [first, second, third] = words;
      if (first === 'npx' && second === 'holdfast') await t.notThrowsAsync(parseWords(words.slice(2)), line);
      else if (first === 'npm' && second === 'run') t.true(third !== undefined && third in scripts, line);
      else t.true(line === 'npm ci' || line === 'npm test', line);
    }
    t.pass();
  });

  test(`${name} links only to files that exist`, (t) => {
    const targets = [...page(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const missing = targets.filter(
      (target) => !/^(https?:|#)/.test(target) && !existsSync(join(packageRoot(), target)),
    );
    t.deepEqual(missing, []);
  });

  test(`${name} has no place left to fill`, (t) => {
    t.deepEqual(
      [...page(name).matchAll(/\{\{[^}]*\}\}/g)].map(([place]) => place),
      [],
    );
  });
}

test('README.md gives the two commands, each in a block after its mark', (t) => {
  const block = (mark: string) =>
    new RegExp(`^<!-- command: ${mark} -->\n\`\`\`sh\n(.*)\n\`\`\`$`, 'm').exec(page('README.md'))?.[1];
  t.is(block('demo'), 'npm ci && npm run demo');
  t.is(block('test'), 'npm ci && npm test');
});
