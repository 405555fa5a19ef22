import test from 'ava';
import { bcaInterval, crossedInterval } from '../../src/core/bootstrap.ts';
import { drawsFrom } from '../../src/core/draw.ts';
import { mean, std } from '../../src/core/statistics.ts';
import { stream } from '../../src/core/stream.ts';
import { statisticsVectors as vectors } from '../support/statistics-vectors.ts';

test('bcaInterval(values, draw) comes to SciPy within the noise of its resamples', (t) => {
  // The standard error of an end at p = 0.025 is about sqrt(p (1 - p)/R)/density; with R = 4000 and the density of a
  // normal there (0.058/s), five of them are 0.21 standard errors s of the mean.
  for (const [i, { values, interval }] of vectors.bca.entries()) {
    const got = bcaInterval(values, drawsFrom(stream(3, 'bca', i)), { resamples: 4000 });
    const error = (std(values) as number) / Math.sqrt(values.length);
    t.true(
      got !== null && Math.abs(got.low - interval[0]) < 0.21 * error,
      `${i} low ${got?.low} ${interval[0]}`,
    );
    t.true(
      got !== null && Math.abs(got.high - interval[1]) < 0.21 * error,
      `${i} high ${got?.high} ${interval[1]}`,
    );
  }
});

test('bcaInterval(values, draw) is null for few or equal values, and the same for the same stream', (t) => {
  t.is(bcaInterval([1, 2, 3], drawsFrom(stream(1))), null);
  t.is(bcaInterval([2, 2, 2, 2, 2], drawsFrom(stream(1))), null);
  const values = [0.81, 0.85, 0.83, 0.9, 0.88];
  t.deepEqual(bcaInterval(values, drawsFrom(stream(5))), bcaInterval(values, drawsFrom(stream(5))));
});

test('crossedInterval(rows, draw) is wider than the interval over chips alone and holds the mean', (t) => {
  const draw = drawsFrom(stream(11, 'table'));
  const difficulty = Array.from({ length: 200 }, () => (draw(1, 10)[0] as number) / 10);
  const rows = Array.from({ length: 12 }, () =>
    difficulty.map((d) => ((draw(1, 1000)[0] as number) / 1000 < d ? 1 : 0)),
  );
  const got = crossedInterval(rows, drawsFrom(stream(11, 'crossed')), { resamples: 500 });
  const shares = rows.map((row) => mean(row));
  const chipsAlone = (2 * 1.96 * (std(shares) as number)) / Math.sqrt(12);
  t.true(got !== null && got.low < mean(shares) && mean(shares) < got.high);
  t.true(got !== null && got.high - got.low > chipsAlone);
  t.is(crossedInterval([[1, 0, 1, 1]], draw), null);
});

test('drawsFrom(stream) goes on in its stream and reaches every value', (t) => {
  const draw = drawsFrom(stream(2, 'draws'));
  const first = draw(50, 5);
  t.notDeepEqual(first, draw(50, 5));
  t.deepEqual([...new Set(Array.from(first))].sort(), [0, 1, 2, 3, 4]);
});
