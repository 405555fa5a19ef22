import test from 'ava';
import { formatDuration, parseDuration, parseDurations } from '../../src/core/duration.ts';

test('parseDuration(text) reads each unit of the command line', (t) => {
  const cases: [string, number][] = [
    ['0s', 0],
    ['20s', 20],
    ['90m', 5400],
    ['1h', 3600],
    ['1d', 86_400],
    ['30d', 2_592_000],
    ['1y', 31_536_000],
    ['1.5d', 129_600],
    ['0.5s', 0.5],
  ];
  for (const [text, seconds] of cases) t.is(parseDuration(text), seconds, text);
});

test('parseDuration(text) refuses anything else with one message', (t) => {
  for (const text of [
    '',
    '5',
    '1w',
    '-1s',
    '1e3s',
    '1 h',
    's',
    '1h30m',
    'Infinitys',
    `${'9'.repeat(400)}s`,
  ]) {
    const error = t.throws(() => parseDuration(text, '--at'), undefined, text);
    const cure = 'write zero as 0s';
    t.is(
      error?.message,
      `--at: must be a number and one of s, m, h, d, y (like 20s, 90m or 1y), got "${text}"; ${cure}`,
    );
  }
});

test('parseDurations(text) keeps the order and refuses a repeated time', (t) => {
  t.deepEqual(parseDurations('1d,0s, 1h'), [86_400, 0, 3600]);
  const error = t.throws(() => parseDurations('1h,60m', '--at'));
  t.is(error?.message, '--at: must name each time once, got 1h twice in "1h,60m"; leave one out');
});

test('formatDuration(seconds) is the largest unit that leaves a whole number', (t) => {
  const cases: [number, string][] = [
    [0, '0s'],
    [20, '20s'],
    [5400, '90m'],
    [2_592_000, '30d'],
    [31_536_000, '1y'],
    [3601, '3601s'],
    [0.25, '0.25s'],
    [2.5e-7, '0.00000025s'],
  ];
  for (const [seconds, text] of cases) t.is(formatDuration(seconds), text);
});

test('parseDuration(formatDuration(s)) is s', (t) => {
  for (let i = 0; i < 2000; i++) {
    const seconds = i % 2 === 0 ? i * i * 7 : i / 8;
    t.is(parseDuration(formatDuration(seconds)), seconds);
  }
});
