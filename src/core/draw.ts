import type { Draw } from './bootstrap.ts';
import { words } from './philox.ts';
import type { Stream } from './stream.ts';

/**
 * Whole numbers from a seeded stream, for resampling: word x below / 2^32, rounded down. Each value's probability is
 * off by less than below / 2^32 of itself, nothing beside what a bootstrap of some thousand resamples can show.
 */
export function drawsFrom(stream: Stream): Draw {
  let first = 0;
  return (count, below) => {
    const drawn = words(stream, count, first);
    first += count;
    // In place: the product is below 2^53 and is rounded down to a word again.
    for (let i = 0; i < count; i++) drawn[i] = Math.floor(((drawn[i] as number) * below) / 2 ** 32);
    return drawn;
  };
}
