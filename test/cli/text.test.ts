import test from 'ava';
import { outcome, printOutcome } from '../../src/cli/output.ts';
import { recordLines, short, tableLines } from '../../src/cli/text.ts';
import { fakeScreen } from '../support/command-line.ts';

test('recordLines aligns fields, splits their names into words and prints lists of records as tables', (t) => {
  const record = {
    family: 'use-lite',
    trainableParameters: 12345678,
    clipped: null,
    resumed: false,
    files: ['a', 'b'],
    layers: [
      { name: 'first', in: 256, out: 768 },
      { name: 'second', in: 1536, out: 512 },
    ],
    scores: { accuracy: 0.8712345, f1: 0.5 },
  };
  t.deepEqual(recordLines(record), [
    'family                use-lite',
    'trainable parameters  12,345,678',
    'clipped               -',
    'resumed               no',
    'files                 a, b',
    'layers:',
    '  name       in  out',
    '  first     256  768',
    '  second  1,536  512',
    'scores:',
    '  accuracy  0.87123',
    '  f1        0.5',
  ]);
});

test('tableLines takes its columns and heads as told', (t) => {
  const rows = [{ seconds: 0, mean: 1.5, hidden: 'x' }];
  t.deepEqual(tableLines(rows, { mean: 'mean (uS)', seconds: 't (s)' }), [
    'mean (uS)  t (s)',
    '      1.5      0',
  ]);
});

test('short keeps five significant digits and whole numbers whole', (t) => {
  t.deepEqual(
    [0, 1234567, 0.1 + 0.2, 1.23456789e-7].map((value) => short(value)),
    ['0', '1,234,567', '0.3', '1.2346e-7'],
  );
});

test("outcome keeps a result's own lines out of its document", (t) => {
  t.deepEqual(outcome({ report: 'r.html', lines: ['done'] }), {
    document: { report: 'r.html' },
    lines: ['done'],
    exitCode: 0,
  });
  t.deepEqual(outcome({ report: 'r.html' }).lines, ['report  r.html']);
});

test('printOutcome prints either one JSON document or lines', (t) => {
  const [text, json] = [fakeScreen(), fakeScreen()];
  const result = outcome({ a: 1, lines: ['one', 'two'] });
  printOutcome(text.screen, result, false);
  printOutcome(json.screen, result, true);
  t.is(text.stdout(), 'one\ntwo\n');
  t.deepEqual(JSON.parse(json.stdout()), { a: 1 });
  t.is(text.stderr() + json.stderr(), '');
});
