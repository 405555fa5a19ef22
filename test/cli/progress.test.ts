import test from 'ava';
import { clock, screenProgress } from '../../src/cli/progress.ts';
import { fakeScreen } from '../support/command-line.ts';

test('screenProgress without a terminal prints a line every few seconds, with the time left', (t) => {
  const { screen, stdout, stderr, pass } = fakeScreen();
  const progress = screenProgress(screen);
  progress.stage('training', 100);
  for (let step = 0; step < 100; step++) {
    pass(100);
    progress.advance(1, `loss ${(1 / (step + 1)).toFixed(3)}`);
  }
  progress.close();
  t.is(
    stderr(),
    [
      'training: 0 of 100',
      'training: 30 of 100, 7 s left, loss 0.033',
      'training: 60 of 100, 4 s left, loss 0.017',
      'training: 90 of 100, 1 s left, loss 0.011',
      '',
    ].join('\n'),
  );
  t.is(stdout(), '');
});

test('screenProgress without a terminal does not print a line for each of many short stages', (t) => {
  const { screen, stderr, pass } = fakeScreen();
  const progress = screenProgress(screen);
  for (let chip = 1; chip <= 40; chip++) {
    progress.stage(`chip ${chip}`);
    pass(100);
  }
  t.is(stderr(), 'chip 1\nchip 31\n');
});

test('screenProgress prints notes and warnings at once, each on its own line', (t) => {
  const { screen, stderr } = fakeScreen();
  const progress = screenProgress(screen);
  progress.note('resuming after 12 samples');
  progress.warn('the run has 4 chips; 299 would be needed');
  t.is(stderr(), 'resuming after 12 samples\nwarning: the run has 4 chips; 299 would be needed\n');
});

test('screenProgress on a terminal draws one bar over itself and leaves a line for each finished stage', (t) => {
  const { screen, stderr, pass } = fakeScreen({ errIsTerminal: true, columns: 60, env: { NO_COLOR: '1' } });
  const progress = screenProgress(screen);
  progress.stage('writing', 4);
  pass(2000);
  progress.advance(2);
  progress.stage('reading', 4);
  progress.close();
  t.is(
    stderr(),
    [
      '\r\u001b[2Kwriting ░░░░░░░░░░░░░░░░░░░░░░░░ 0/4',
      '\r\u001b[2Kwriting ████████████░░░░░░░░░░░░ 2/4, 2 s left',
      '\r\u001b[2Kwriting: done in 2 s\n',
      '\r\u001b[2Kreading ░░░░░░░░░░░░░░░░░░░░░░░░ 0/4',
      '\r\u001b[2K',
    ].join(''),
  );
});

test('screenProgress on a terminal never draws a line wider than the terminal', (t) => {
  const { screen, stderr } = fakeScreen({ errIsTerminal: true, columns: 30, env: { NO_COLOR: '1' } });
  screenProgress(screen).stage('a stage with a rather long name', 10);
  t.is(stderr(), '\r\u001b[2Ka stage with a rather long n…');
});

test('screenProgress on a terminal colours warnings unless NO_COLOR is set', (t) => {
  const coloured = fakeScreen({ errIsTerminal: true });
  screenProgress(coloured.screen).warn('odd');
  t.is(coloured.stderr(), '\u001b[33mwarning: odd\u001b[39m\n');
  const plain = fakeScreen({ errIsTerminal: true, env: { NO_COLOR: '1' } });
  screenProgress(plain.screen).warn('odd');
  t.is(plain.stderr(), 'warning: odd\n');
});

test('clock writes seconds, minutes and hours', (t) => {
  t.deepEqual([0, 59_400, 60_000, 200_000, 7_500_000].map(clock), [
    '0 s',
    '59 s',
    '1 min 0 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
});
