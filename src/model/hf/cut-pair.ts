/**
 * How many tokens of a text and its pair are kept so that both together have at most `most`: as Hugging Face's
 * `longest_first`, by its fast tokenizers: the shorter stays whole while it is at most half; else each gets half, and
 * the longer one the odd token (of equal ones the pair).
 */
export function longestFirst(
  text: number,
  pair: number,
  most: number,
): readonly [text: number, pair: number] {
  if (text + pair <= most) return [text, pair];
  const half = Math.floor(most / 2);
  const shorter = Math.min(text, pair, half);
  const longer = most - shorter;
  return text > pair ? [longer, shorter] : [shorter, longer];
}
