import test from 'ava';
import {
  bundleChip,
  columns,
  decimal,
  list,
  probability,
  seed,
  shape,
  shard,
  whole,
} from '../../src/cli/option-values.ts';
import { UsageError } from '../../src/core/errors.ts';

test('decimal reads decimal numbers and nothing else', (t) => {
  const read = decimal('--lr', { min: 0 });
  t.deepEqual(['0', '0.5', '5e-3', '.25', '1E2', '+2', '3.'].map(read), [0, 0.5, 0.005, 0.25, 100, 2, 3]);
  for (const text of ['', ' ', 'x', '0x10', '1_000', 'NaN', 'Infinity', '1e999', '--', '1,2']) {
    t.throws(() => read(text), {
      instanceOf: UsageError,
      message: `--lr: must be a number >= 0, got "${text}"; correct it`,
    });
  }
});

test('decimal keeps to its range, with or without the lower end', (t) => {
  t.is(decimal('--x', { min: 0 })('0'), 0);
  t.throws(() => decimal('--x', { min: 0, above: true })('0'), {
    message: '--x: must be a number > 0, got "0"; correct it',
  });
  t.throws(() => decimal('--x', { max: 1 })('1.1'), {
    message: '--x: must be a number <= 1, got "1.1"; correct it',
  });
  t.throws(() => decimal('--x')('y'), { message: '--x: must be a number, got "y"; correct it' });
});

test('whole reads whole numbers exactly', (t) => {
  t.is(whole('--chips', { min: 1 })('20'), 20);
  for (const text of ['0', '1.5', '-1', '1e3', '', '9007199254740992']) {
    t.throws(() => whole('--chips', { min: 1 })(text), {
      message: `--chips: must be a whole number >= 1, got "${text}"; correct it`,
    });
  }
});

test('seed takes 0 and the largest safe integer', (t) => {
  t.is(seed('--seed')('0'), 0);
  t.is(seed('--seed')('9007199254740991'), Number.MAX_SAFE_INTEGER);
});

test('probability is a share from 0 to 1, both included', (t) => {
  t.deepEqual(['0', '0.99', '1'].map(probability('--yield')), [0, 0.99, 1]);
  t.throws(() => probability('--yield')('99'), {
    message: '--yield: must be a number >= 0 and <= 1, got "99"; correct it',
  });
});

test('list reads values parted by commas in their order, each once', (t) => {
  const read = list('--noise', decimal('--noise', { min: 0 }));
  t.deepEqual(read('1,0.5, 2'), [1, 0.5, 2]);
  t.throws(() => read('1,,2'), {
    message: '--noise: must be values parted by commas, got "1,,2"; correct it',
  });
  t.throws(() => read('1,2,1.0'), {
    message: '--noise: must name each value once, got "1,2,1.0"; remove the second 1',
  });
});

test('shape reads rows x columns', (t) => {
  t.deepEqual(shape('--tile')('256x128'), { rows: 256, columns: 128 });
  for (const text of ['256', '0x4', '4x', 'x4', '4x4x4', '-4x4', '4 x 4']) {
    t.throws(() => shape('--tile')(text), {
      message: `--tile: must be rows x columns such as 256x256, got "${text}"; correct it`,
    });
  }
});

test('shard reads i/n with i from 1 to n', (t) => {
  t.deepEqual(shard('--shard')('2/8'), { index: 2, of: 8 });
  for (const text of ['0/8', '9/8', '1', '1/0', 'a/b', '1/2/3']) {
    t.throws(() => shard('--shard')(text), {
      message: `--shard: must be i/n with i from 1 to n such as 2/8, got "${text}"; correct it`,
    });
  }
});

test('columns: text and label, and perhaps pair, each once', (t) => {
  const read = columns('--columns');
  t.deepEqual(read('text=q, label=y'), { text: 'q', label: 'y' });
  t.deepEqual(read('label=y,pair=a b,text=q'), { text: 'q', pair: 'a b', label: 'y' });
  for (const text of [
    '',
    'text=q',
    'text=q,label=',
    'text=q,label=y,gold=z',
    'text=q,text=r,label=y',
    'q,y',
  ]) {
    t.throws(() => read(text), {
      message: `--columns: must be text=NAME,label=NAME and perhaps pair=NAME, got "${text}"; correct it`,
    });
  }
});

test('bundleChip: a bundle and a seed, the path perhaps with an @ too', (t) => {
  const read = bundleChip('--chip');
  t.deepEqual(read('bundles/a@7'), { bundle: 'bundles/a', seed: 7 });
  t.deepEqual(read('a@b/c@0'), { bundle: 'a@b/c', seed: 0 });
  for (const text of ['bundles/a', '@7', 'a@', 'a@-1', 'a@99999999999999999']) {
    t.throws(() => read(text), {
      message: `--chip: must be a bundle and a chip's seed such as bundles/grasp@7, got "${text}"; correct it`,
    });
  }
});
