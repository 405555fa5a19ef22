import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/paths.ts';

const MAIN = join(packageRoot(), 'build', 'src', 'cli', 'main.js');

/** Runs a command of holdfast and returns its JSON. Progress and errors go to this process's stderr. @throws if it fails */
export function holdfast(words: readonly string[]): Record<string, unknown> {
  const out = execFileSync(process.execPath, [MAIN, ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(out.toString('utf8')) as Record<string, unknown>;
}

/** The command as a person types it. */
export function commandLine(words: readonly string[], program = 'npx holdfast'): string {
  return [
    program,
    ...words.map((word) => (word === '' || /[\s*{}[\]]/.test(word) ? `'${word}'` : word)),
  ].join(' ');
}
