import test from 'ava';
import { type Command, CommanderError } from 'commander';
import { commandPath } from '../../src/cli/errors.ts';
import { examplesOf } from '../../src/cli/examples.ts';
import type { Host } from '../../src/cli/host.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { withSubcommands } from '../../src/cli/run.ts';
import { fakeScreen, parseWords, runWords } from '../support/command-line.ts';
import { shellWords } from '../support/shell-words.ts';

/** The commands that do something, by their words. */
function leaves(): Map<string, Command> {
  const idle: Host = { words: [], act: async () => undefined };
  const commands = withSubcommands(buildProgram(idle, fakeScreen().screen));
  return new Map(commands.filter((one) => one.commands.length === 0).map((one) => [commandPath(one), one]));
}

for (const [name, command] of leaves()) {
  test(`${name} --help has a purpose, options and at least two examples`, async (t) => {
    const { exitCode, stdout, stderr } = await runWords([...name.split(' '), '--help']);
    t.is(exitCode, 0);
    t.is(stderr, '');
    t.true(stdout.startsWith(`Usage: holdfast ${name} `), stdout.split('\n')[0]);
    t.true(command.description().length > 20);
    t.false(command.description().includes('\n'), 'the purpose is one line');
    t.regex(stdout, /\nOptions:\n/);
    t.regex(stdout, /--json\b/);
    t.true(examplesOf(command).length >= 2);
    for (const { does, lines } of examplesOf(command)) {
      t.true(stdout.includes(`  # ${does}\n`));
      for (const line of lines) t.true(stdout.includes(`\n  ${line}\n`), line);
    }
  });

  test(`${name} --help has only examples that parse, and each shows the command itself`, async (t) => {
    for (const { does, lines } of examplesOf(command)) {
      const own = lines.filter((line) => line.startsWith('holdfast '));
      t.true(
        own.some((line) => line.startsWith(`holdfast ${name}`)),
        does,
      );
      for (const line of own) {
        await t.notThrowsAsync(parseWords(shellWords(line).slice(1)), line);
      }
    }
  });

  test(`${name} names each option with a description`, (t) => {
    for (const option of command.options) t.true(option.description.length > 5, option.flags);
  });
}

test('holdfast --help lists each command once, under a heading', async (t) => {
  const { stdout } = await runWords(['--help']);
  const top = [...new Set([...leaves().keys()].map((name) => name.split(' ')[0]))];
  for (const name of top) t.is([...stdout.matchAll(new RegExp(`^ {2}${name} `, 'gm'))].length, 1, name);
  t.false(stdout.includes('\nCommands:'));
});

test('help COMMAND is the same as COMMAND --help', async (t) => {
  const [one, other] = [await runWords(['help', 'evaluate']), await runWords(['evaluate', '--help'])];
  t.is(one.stdout, other.stdout);
  t.is(one.exitCode, 0);
});

test('parseWords, the check of the examples, can fail', async (t) => {
  await t.throwsAsync(parseWords(['evaluate', 'b', '--chip', '3']), { instanceOf: CommanderError });
  await t.throwsAsync(parseWords(['evaluate', 'b']), { message: '--task <task> is missing' });
});
