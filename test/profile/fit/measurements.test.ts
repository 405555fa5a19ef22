import test from 'ava';
import { parseMeasurements } from '../../../src/profile/fit/measurements.ts';
import { dataOf } from '../../../src/profile/fit/series.ts';

function message(text: string): string | undefined {
  try {
    parseMeasurements(text, 'cells.csv');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('parseMeasurements(text) reads columns in any order, comments, a byte order mark and CRLF', (t) => {
  const text =
    '\ufeff# made by hand\r\nseconds, measured_uS ,target_uS,device,temperature_C\r\n0,4.9,5,"a, b",25\r\n\r\n1e2,4.5,5,x,25\r\n';
  t.deepEqual(parseMeasurements(text, 'cells.csv'), [
    { targetMicrosiemens: 5, seconds: 0, measuredMicrosiemens: 4.9, device: 'a, b', celsius: 25, line: 3 },
    { targetMicrosiemens: 5, seconds: 100, measuredMicrosiemens: 4.5, device: 'x', celsius: 25, line: 5 },
  ]);
});

test('parseMeasurements(text) names every faulty line', (t) => {
  const text = 'target_uS,seconds,measured_uS,device\n5,0,abc,1\n5,-3,5,1\n5,0\n-1,0,5,\n5,0,5,2\n';
  t.is(
    message(text),
    [
      'cells.csv: must be measurements, got 5 faults; mend each:',
      '  cells.csv:2: measured_uS must be a number of at least 0 in microsiemens, got "abc"; mend or leave out the line',
      '  cells.csv:3: seconds must be a number of at least 0 in seconds since the reference read, got "-3"; mend or leave out the line',
      '  cells.csv:4: must have 4 values as the head line has, got 2; mend the line',
      '  cells.csv:5: target_uS must be a number of at least 0 in microsiemens, got "-1"; mend or leave out the line',
      '  cells.csv:5: device must be a name or a number, got nothing; name the cell',
    ].join('\n'),
  );
});

test('parseMeasurements(text) tells a wrong head line, an empty file and open quotes', (t) => {
  t.is(
    message('target,seconds,measured_uS\n'),
    'cells.csv:1: must name only the columns target_uS, seconds, measured_uS, device, temperature_C, got "target"; did you mean "target_uS"?',
  );
  t.is(
    message('target_uS,seconds\n1,2\n'),
    'cells.csv:1: must name the columns target_uS, seconds, measured_uS, got "target_uS,seconds" without measured_uS; add them',
  );
  t.is(
    message('seconds,seconds,measured_uS\n'),
    'cells.csv:1: must name each column once, got "seconds" twice; remove one',
  );
  t.is(
    message(''),
    'cells.csv: must have a head line target_uS,seconds,measured_uS and measurements, got nothing; fill it',
  );
  t.is(
    message('target_uS,seconds,measured_uS\n'),
    'cells.csv: must have measurements below its head line, got none; add them',
  );
  t.is(
    message('target_uS,seconds,measured_uS\n5,0,"4\n'),
    'cells.csv:2: must be comma-separated values, got CSV_QUOTE_NOT_CLOSED; mend the quotes there',
  );
  t.is(
    message('target_uS,seconds,measured_uS\n5,0,1e999\n'),
    'cells.csv:2: measured_uS must be a number of at least 0 in microsiemens, got "1e999"; mend or leave out the line',
  );
});

test('dataOf(rows) gathers the reads of a cell and refuses several temperatures', (t) => {
  const rows = parseMeasurements(
    'target_uS,seconds,measured_uS,device\n5,10,4,a\n5,0,5,a\n5,0,6,a\n2,0,1,a\n',
    'cells.csv',
  );
  t.deepEqual(dataOf(rows, 'cells.csv').cells, [
    { targetMicrosiemens: 2, reads: [{ seconds: 0, values: [1] }] },
    {
      targetMicrosiemens: 5,
      reads: [
        { seconds: 0, values: [5, 6] },
        { seconds: 10, values: [4] },
      ],
    },
  ]);
  const warm = parseMeasurements(
    'target_uS,seconds,measured_uS,temperature_C\n5,0,4,25\n5,0,5,85\n',
    'cells.csv',
  );
  t.is(
    t.throws(() => dataOf(warm, 'cells.csv'))?.message,
    'cells.csv: must hold one temperature_C, got 2 (25, 85); split the file and fit each temperature on its own',
  );
});
