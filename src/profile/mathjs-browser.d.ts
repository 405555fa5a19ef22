/** mathjs' one-file entry: the same names as its main entry, opened in a tenth of the time. */
declare module 'mathjs/lib/browser/math.js' {
  import type * as mathjs from 'mathjs';

  const entry: typeof mathjs;
  export default entry;
}
