import test from 'ava';
import { reportError } from '../../src/cli/run.ts';
import { HoldfastError, UsageError } from '../../src/core/errors.ts';
import { fakeScreen, runWords } from '../support/command-line.ts';

/** Wrong command lines and the whole of what is said of them. All exit with 2 and print nothing on stdout. */
const WRONG: ReadonlyArray<readonly [line: string, message: string]> = [
  ['evalute', 'holdfast: must be followed by a known command, got "evalute"; did you mean "evaluate"?'],
  ['fabricate', 'holdfast: must be followed by a known command, got "fabricate"; see "holdfast --help"'],
  ['profile chek x', 'profile: must be followed by a known command, got "chek"; did you mean "check"?'],
  ['evaluate b --chip 3', 'evaluate: takes only its own options, got "--chip"; did you mean "--chips"?'],
  [
    'doctor --frobnicate',
    'doctor: takes only its own options, got "--frobnicate"; see "holdfast doctor --help"',
  ],
  [
    'evaluate --task reviews --out r',
    'evaluate: needs the argument "bundle", got none; see "holdfast evaluate --help"',
  ],
  [
    'evaluate b --task reviews',
    'evaluate: needs the option "--out <path>", got none; see "holdfast evaluate --help"',
  ],
  ['report  --out d', 'run: must not be empty, got ""; give it a value or leave it out'],
  [
    'compile --model m --profile p --out b --name ',
    '--name: must not be empty, got ""; give it a value or leave it out',
  ],
  ['report r s --out d', 'report: takes 1 argument, got 2; see "holdfast report --help"'],
  [
    'report r --out',
    'report: the option "--out <path>" must be followed by a value, got none; see "holdfast report --help"',
  ],
  [
    'evaluate b --task t --out r --compensate often',
    '--compensate: must be one of none, global, layer, column, got "often"; choose one of them',
  ],
  [
    'train --model m --task t --method head --out o --steps 3 --epochs 2',
    'train: takes one of "--epochs <n>" and "--steps <n>", got both; leave one of them out',
  ],
  [
    'train --model m --task t --out o',
    '--method: must be given where no --adapter is, got neither; choose one of grasp, stochgrasp, lora, bitfit, ia3, head, full',
  ],
  [
    'train --model m --task t --method stochgrasp --out o --target-std 0.1 --profile p',
    'train: takes one of "--target-std <x>" and "--profile <profile>", got both; leave one of them out',
  ],
  ['demo --seed -1', '--seed: must be a whole number from 0 to 9007199254740991, got "-1"; correct it'],
  ['demo --jobs 0', '--jobs: must be a whole number from 1 to 1024, got "0"; correct it'],
  [
    'evaluate b --task t --out r --at 1h,20',
    '--at: must be a number and one of s, m, h, d, y (like 20s, 90m or 1y), got "20"; write zero as 0s',
  ],
  [
    'evaluate b --task t --out r --noise 1,-2',
    '--noise: must be a number >= 0 and <= 1000, got "-2"; correct it',
  ],
  [
    'evaluate b --task t --out r --shard 3/2',
    '--shard: must be i/n with i from 1 to n such as 2/8, got "3/2"; correct it',
  ],
  [
    'compile --model m --profile p --out b --tile 256',
    '--tile: must be rows x columns such as 256x256, got "256"; correct it',
  ],
  [
    'check r --metric accuracy --min 0.8 --yield 1.5',
    '--yield: must be a number >= 0 and <= 1, got "1.5"; correct it',
  ],
];

for (const [line, message] of WRONG) {
  test(`run("${line}") says what is wrong and exits with 2`, async (t) => {
    const { exitCode, stdout, stderr } = await runWords(line.split(' '));
    t.is(stderr, `${message}\n`);
    t.is(stdout, '');
    t.is(exitCode, 2);
  });
}

test('run of a wrong line with --json prints the error as one document on stdout, its message on stderr', async (t) => {
  const { exitCode, stdout, stderr } = await runWords(['evaluate', 'b', '--chip', '3', '--json']);
  const message = 'evaluate: takes only its own options, got "--chip"; did you mean "--chips"?';
  t.deepEqual(JSON.parse(stdout), { error: { code: 'usage', message, where: 'evaluate' } });
  t.is(stderr, `${message}\n`);
  t.is(exitCode, 2);
});

for (const [line, where] of [
  ['', 'holdfast'],
  ['profile', 'profile'],
] as const) {
  test(`run("${line}") prints its help on stderr and exits with 2`, async (t) => {
    const { exitCode, stdout, stderr } = await runWords(line.split(' ').filter((word) => word !== ''));
    t.true(stderr.startsWith('Usage: holdfast '));
    const help = where === 'holdfast' ? 'holdfast --help' : `holdfast ${where} --help`;
    t.true(stderr.endsWith(`${where}: must be followed by a command, got none; see "${help}"\n`));
    t.is(stdout, '');
    t.is(exitCode, 2);
  });
}

test('run("--version") prints the version alone, with --json a record', async (t) => {
  const plain = await runWords(['--version']);
  t.regex(plain.stdout, /^\d+\.\d+\.\d+\n$/);
  const json = await runWords(['--version', '--json']);
  t.deepEqual(JSON.parse(json.stdout), {
    name: 'holdfast',
    version: plain.stdout.trim(),
    node: process.version,
  });
  t.deepEqual([plain.exitCode, json.exitCode], [0, 0]);
});

test('run("doctor --json") prints one JSON document on stdout and nothing on stderr', async (t) => {
  const { stdout, stderr } = await runWords(['doctor', '--json']);
  const facts = JSON.parse(stdout) as { readonly machine: { readonly node: string } };
  t.is(facts.machine.node, process.versions.node);
  t.false('lines' in facts);
  t.is(stderr, '');
});

test('reportError prints the message alone, and the stack with HOLDFAST_DEBUG=1', (t) => {
  const error = new UsageError('x.json', 'must be a file, got a folder; check the path', new Error('deeper'));
  const quiet = fakeScreen();
  t.is(reportError(error, false, quiet.screen), 2);
  t.is(quiet.stderr(), 'x.json: must be a file, got a folder; check the path\n');
  const loud = fakeScreen({ env: { HOLDFAST_DEBUG: '1' } });
  reportError(error, false, loud.screen);
  t.regex(loud.stderr(), /\n {4}at /);
  t.regex(loud.stderr(), /\ncaused by Error: deeper\n/);
});

test('reportError calls what holdfast did not throw on purpose an internal error and returns 3', (t) => {
  const { screen, stdout, stderr } = fakeScreen();
  t.is(reportError(new TypeError('x is undefined'), true, screen), 3);
  const message =
    'internal error, a fault of holdfast itself: TypeError: x is undefined; please report it with what HOLDFAST_DEBUG=1 adds';
  t.is(stderr(), `${message}\n`);
  t.deepEqual(JSON.parse(stdout()), { error: { code: 'internal', message, where: 'holdfast' } });
});

test('reportError names the path of an error of the operating system and returns 3', (t) => {
  const { screen, stderr } = fakeScreen();
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write', path: 'runs/a' });
  t.is(reportError(full, false, screen), 3);
  t.is(stderr(), 'runs/a: cannot be used (write): the disk is full; free some space and run again\n');
});

test('reportError returns 130 for an interrupted job', (t) => {
  const { screen } = fakeScreen();
  t.is(
    reportError(new HoldfastError('interrupted', 'evaluate', 'interrupted; run it again'), false, screen),
    130,
  );
});

test('errors are red on a terminal, and plain where NO_COLOR is set', async (t) => {
  const terminal = { errIsTerminal: true, outIsTerminal: true };
  const coloured = await runWords(['evalute'], { ...terminal, env: {} });
  t.true(coloured.stderr.startsWith('\u001b[31mholdfast: '));
  const plain = await runWords(['evalute'], { ...terminal, env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
  t.false(plain.stderr.includes('\u001b'));
  const help = await runWords(['--help'], { ...terminal, env: { NO_COLOR: '1' } });
  t.false(help.stdout.includes('\u001b'));
});
