import test from 'ava';
import {
  angleOfWord,
  cosNearZero,
  expOfNegative,
  logOfWord,
  quarterOfWord,
  sinNearZero,
} from '../../src/core/float32.ts';
import { words } from '../../src/core/philox.ts';
import { stream } from '../../src/core/stream.ts';

const f = Math.fround;
const drawn = [
  ...words(stream(1, 'float32'), 5000),
  0,
  1,
  2,
  2 ** 31,
  2 ** 31 - 1,
  2 ** 32 - 1,
  2 ** 32 - 256,
];

test('logOfWord(w) is ln of the odd word over 2^32, to 3e-7 relative and 6e-8 absolute', (t) => {
  for (const word of drawn) {
    const exact = Math.log(((word | 1) >>> 0) / 2 ** 32);
    t.true(Math.abs(logOfWord(word) - exact) <= 3e-7 * Math.abs(exact) + 6e-8, `${word}`);
  }
});

test('quarterOfWord and angleOfWord give back the angle within +-pi/4 of a quarter', (t) => {
  for (const word of drawn) {
    const quarter = quarterOfWord(word);
    const angle = angleOfWord(word, quarter);
    t.true(Math.abs(angle) <= f(Math.PI / 4));
    const full = ((angle + (quarter * Math.PI) / 2) / (2 * Math.PI) + 1) % 1;
    const error = Math.abs(full - word / 2 ** 32);
    t.true(Math.min(error, 1 - error) < 3e-8, `${word}`);
  }
});

test('sinNearZero and cosNearZero are right to 1.2e-7 within +-pi/4', (t) => {
  for (let i = -1000; i <= 1000; i++) {
    const angle = f((i / 1000) * (Math.PI / 4));
    t.true(Math.abs(sinNearZero(angle) - Math.sin(angle)) < 1.2e-7 * Math.max(1e-3, Math.abs(angle)));
    t.true(Math.abs(cosNearZero(angle) - Math.cos(angle)) < 1.2e-7);
  }
});

test('expOfNegative(y) is right to 3e-7 relative down to -87, and held there', (t) => {
  for (let i = 0; i <= 8700; i++) {
    const y = f(-i / 100);
    t.true(Math.abs(expOfNegative(y) / Math.exp(y) - 1) < 3e-7, `${y}`);
  }
  t.is(expOfNegative(0), 1);
  t.is(expOfNegative(-0), 1);
  t.is(expOfNegative(-1000), expOfNegative(-87));
});
