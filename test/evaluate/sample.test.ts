import test from 'ava';
import { BadFileError } from '../../src/core/errors.ts';
import { outcomeBits, parseSample, parseSamples, sampleKey } from '../../src/evaluate/sample.ts';

const ROW = {
  arm: 'a',
  chip: 7,
  seconds: 3600,
  noise: 1,
  read: 0,
  source: 'all',
  metrics: { accuracy: 0.6 },
  examples: 10,
  outcomes: Buffer.from([0b00111011, 0b10]).toString('base64'),
  clippedInputs: 0.01,
  saturatedConversions: null,
};
const line = (change: object = {}): string => JSON.stringify({ ...ROW, ...change });

test('parseSample(line, where) reads a row, and ignores columns it does not know', (t) => {
  t.deepEqual(parseSample(line({ later: 1 }), 'f:1'), ROW);
  t.is(parseSample(line({ chip: null }), 'f:1').chip, null);
});

test('outcomeBits(sample) gives the first example from the lowest bit', (t) => {
  t.deepEqual([...outcomeBits(ROW)], [1, 1, 0, 1, 1, 1, 0, 0, 0, 1]);
});

test('sampleKey(sample) tells the clean row from chip 0', (t) => {
  t.not(sampleKey({ ...ROW, chip: null }), sampleKey({ ...ROW, chip: 0 }));
});

const refused: readonly (readonly [title: string, text: string, message: string])[] = [
  [
    'text that is not JSON',
    '{"arm": NaN}',
    'f:1: must be one JSON object, got {"arm": NaN}; restore or delete the line',
  ],
  ['a list', '[]', 'f:1: must be one JSON object, got []; restore or delete the line'],
  [
    'a missing field',
    line({ noise: undefined }),
    'f:1: "noise" must be a number from 0, got nothing; evaluate that row again',
  ],
  [
    'an infinity',
    line().replace('3600', '1e999'),
    'f:1: "seconds" must be a number from 0, got null; evaluate that row again',
  ],
  [
    'a chip with a fraction',
    line({ chip: 1.5 }),
    'f:1: "chip" must be a seed (a whole number from 0) or null, got 1.5; evaluate that row again',
  ],
  [
    'a metric that is text',
    line({ metrics: { accuracy: 'high' } }),
    'f:1: "metrics" must be an object of finite numbers or nulls, got {"accuracy":"high"}; evaluate that row again',
  ],
  [
    'a share above 1',
    line({ clippedInputs: 1.1 }),
    'f:1: "clippedInputs" must be a share from 0 to 1 or null, got 1.1; evaluate that row again',
  ],
  [
    'too few outcomes',
    line({ outcomes: 'Ow==' }),
    'f:1: "outcomes" must hold 2 bytes for 10 examples, got 1; evaluate that row again',
  ],
  [
    'outcomes that are not the accuracy',
    line({ metrics: { accuracy: 0.7 } }),
    'f:1: "metrics.accuracy" must be the share of ones in "outcomes", got 0.7 and 0.6; evaluate that row again',
  ],
];
for (const [title, text, message] of refused) {
  test(`parseSample(line, where) refuses ${title}`, (t) => {
    t.throws(() => parseSample(text, 'f:1'), { instanceOf: BadFileError, message });
  });
}

test('parseSamples(text, where) leaves out an unfinished last line and says so', (t) => {
  const whole = parseSamples(`${line()}\n`, 'f');
  t.is(whole.samples.length, 1);
  t.false(whole.tornLastLine);
  const torn = parseSamples(`${line()}\n${line({ chip: 8 }).slice(0, 40)}`, 'f');
  t.is(torn.samples.length, 1);
  t.true(torn.tornLastLine);
  t.is(parseSamples(`${line()}\n${line({ chip: 8 })}`, 'f').samples.length, 2);
  t.is(parseSamples('', 'f').samples.length, 0);
});

test('parseSamples(text, where) refuses a torn line that is not the last, and a row that is there twice', (t) => {
  t.throws(() => parseSamples(`${line().slice(0, 20)}\n${line()}\n`, 'f'), {
    message: 'f:1: must be one JSON object, got {"arm":"a","chip":7,; restore or delete the line',
  });
  t.throws(() => parseSamples(`${line()}\n${line()}\n`, 'f'), {
    message:
      'f:2: each (arm, chip, seconds, noise, read, source) must occur once, got ["a",7,3600,1,0,"all"] again after line 1; delete one of the two lines',
  });
});
