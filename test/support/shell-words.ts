/** The words of a POSIX shell line: blanks part them, quotes keep them together. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)) words.push(word.replace(/['"]/g, ''));
  return words;
}
