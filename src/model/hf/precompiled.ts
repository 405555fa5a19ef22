/**
 * SentencePiece's table of normalisation as `tokenizer.json` holds it ("Precompiled"), applied as Hugging Face's tokenizers do: a
 * grapheme of fewer than six bytes that the table has is replaced whole, else each of its characters that the table has.
 *
 * The table is a trie in a double array (units of 32 bits, little endian, their size in bytes in front) over UTF-8 bytes, whose
 * values are offsets into the texts behind it, each ended by a zero byte.
 * Source: the crate spm_precompiled 0.1 and darts-clone, which SentencePiece writes it with.
 *
 * @param charsmap In base64.
 * @returns Null where it is no such table.
 */
export function precompiledNormalizer(charsmap: string): ((text: string) => string) | null {
  const bytes = Buffer.from(charsmap, 'base64');
  const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length) return null;
  const units = Uint32Array.from({ length: size / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index));
  const texts = bytes.subarray(4 + size);
  const cache = new Map<string, string | null>();
  const replaced = (piece: string): string | null => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const offset = shortestPrefix(units, Buffer.from(piece, 'utf8'));
    const end = offset === null ? -1 : texts.indexOf(0, offset);
    const found = offset === null || end < 0 ? null : texts.toString('utf8', offset, end);
    cache.set(piece, found);
    return found;
  };
  return (text) => {
    let result = '';
    for (const grapheme of graphemesOf(text)) {
      const isShort = grapheme.length === 1 || Buffer.byteLength(grapheme, 'utf8') < 6;
      const whole = isShort ? replaced(grapheme) : null;
      if (whole !== null) result += whole;
      else for (const character of grapheme) result += replaced(character) ?? character;
    }
    return result;
  };
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Each printable character of ASCII is a grapheme: most texts need no segmenter, which is slow. */
function graphemesOf(text: string): Iterable<string> {
  if (/^[ -~]*$/.test(text)) return text;
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** The value of the shortest key of the trie that a text begins with; null if there is none. */
function shortestPrefix(units: Uint32Array, key: Uint8Array): number | null {
  let at = offsetOf(units[0]!);
  for (const byte of key) {
    if (byte === 0) return null;
    at ^= byte;
    const unit = units[at];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return null;
    at ^= offsetOf(unit);
    if (((unit >>> 8) & 1) === 1) return (units[at] ?? 0) & 0x7fffffff;
  }
  return null;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
