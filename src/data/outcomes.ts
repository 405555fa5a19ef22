import type { Numbers } from './metrics.ts';

/** Which examples are right: 1 where the predicted class is the label, else 0. */
export function outcomesOf(predicted: Numbers, actual: Numbers): Uint8Array {
  return Uint8Array.from({ length: actual.length }, (_, i) => (predicted[i] === actual[i] ? 1 : 0));
}

/** Outcomes as base64 of one bit an example, the first example in the lowest bit of the first byte. */
export function packOutcomes(outcomes: ArrayLike<number>): string {
  const bytes = new Uint8Array(Math.ceil(outcomes.length / 8));
  for (let i = 0; i < outcomes.length; i += 1) {
    if (outcomes[i] === 1) bytes[i >> 3]! |= 1 << (i & 7);
  }
  return Buffer.from(bytes).toString('base64');
}

/** What `packOutcomes` packed. @throws RangeError if the text holds fewer or more bytes than so many examples take */
export function unpackOutcomes(packed: string, examples: number): Uint8Array {
  const bytes = Buffer.from(packed, 'base64');
  if (bytes.length !== Math.ceil(examples / 8)) {
    throw new RangeError(
      `unpackOutcomes: ${examples} outcomes take ${Math.ceil(examples / 8)} bytes, got ${bytes.length}`,
    );
  }
  return Uint8Array.from({ length: examples }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
}

/** The class of each row of logits `[rows, classes]`: the greatest, the first of equal ones; NaN gives -1, always wrong. */
export function classesOf(logits: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let best = -1;
    for (let k = 0; k < classes; k += 1) {
      const value = logits[row * classes + k]!;
      if (Number.isNaN(value)) return -1;
      if (best < 0 || value > logits[row * classes + best]!) best = k;
    }
    return best;
  });
}
