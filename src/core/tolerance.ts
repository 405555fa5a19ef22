import { binomialCdf } from './beta.ts';

/**
 * How many chips one must see, of which at most `failures` miss the limit, to say with `confidence` that at least a
 * share `yieldShare` of all dies meets it, without assuming a distribution: the least n with
 * P(X <= failures | n, 1 - yieldShare) <= 1 - confidence. For 99 % of dies at 95 % confidence without failures: 299.
 * Source: exact binomial (Wilks) tolerance limits.
 * @throws RangeError for shares outside 0..1 (both ends excluded) or failures below 0, or if it is more than 2^53 chips.
 */
export function chipsForYield(yieldShare: number, confidence: number, failures = 0): number {
  if (!(yieldShare > 0 && yieldShare < 1)) {
    throw new RangeError(`chipsForYield: the yield must be between 0 and 1, got ${yieldShare}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`chipsForYield: the confidence must be between 0 and 1, got ${confidence}`);
  }
  if (!(Number.isSafeInteger(failures) && failures >= 0)) {
    throw new RangeError(`chipsForYield: failures must be a whole number from 0, got ${failures}`);
  }
  const enough = (n: number): boolean => binomialCdf(failures, n, 1 - yieldShare) <= 1 - confidence;
  let high = failures + 1;
  while (!enough(high)) {
    high *= 2;
    // Neighbouring doubles are more than one chip apart there, and the search below would not end.
    if (high > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(
        `chipsForYield: so high a yield and confidence must not be asked for, got ${yieldShare} and ${confidence}`,
      );
    }
  }
  let low = failures;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The largest yield that n chips, all of which met the limit, can prove at this confidence: (1 - confidence)^(1/n).
 * (20 chips at 95 %: 86 %.)
 */
export function provableYield(chips: number, confidence: number): number {
  return (1 - confidence) ** (1 / chips);
}
