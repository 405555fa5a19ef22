/**
 * The first key that stands twice in one object of a JSON text, or null. `JSON.parse` keeps the last of them and says
 * nothing, so a file with a repeated key would be read in part.
 * @param text valid JSON: parse it first
 */
export function repeatedKey(text: string): string | null {
  // One set of keys for each open object, null for each open array.
  const open: (Set<string> | null)[] = [];
  // Strings and brackets are all that matters; a string is a key where a colon follows.
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const token = match[0];
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (match[1] !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - match[1].length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
