import { UsageError } from '../core/errors.ts';

/**
 * The layers (of those that a method can stand at) whose names match a glob: `*` stands for any text (dots too), `?` for one character, `[qv]` for
 * one of a set (`[!qv]`: not one of it), `{a,b}` for one of several words.
 *
 * @throws UsageError if none matches, or the glob is not closed.
 */
export function selectLayers<Layer extends { readonly name: string }>(
  layers: readonly Layer[],
  glob: string,
): Layer[] {
  const pattern = globPattern(glob);
  const chosen = layers.filter((layer) => pattern.test(layer.name));
  if (chosen.length === 0) {
    const some = layers.slice(0, 3).map((layer) => `"${layer.name}"`);
    if (layers.length > some.length) some.push('…');
    throw new UsageError(
      '--layers',
      `must match a linear layer, got "${glob}", which matches none of ${layers.length} (${some.join(', ')}); see "holdfast model info"`,
    );
  }
  return chosen;
}

function globPattern(glob: string): RegExp {
  let depth = 0;
  const parts = glob.replace(/\[[^\]]+\]|[*?{},.+^$()|\\/\]]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token === '{') {
      depth += 1;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (token === ',' && depth > 0) return '|';
    return token.length > 1 ? token.replace(/^\[!/, '[^') : `\\${token}`;
  });
  try {
    if (depth !== 0) throw new SyntaxError('a brace is not closed');
    return new RegExp(`^${parts}$`);
  } catch (error) {
    throw new UsageError(
      '--layers',
      `must be a glob such as "*query" or "{a,b}*", got "${glob}"; close its brackets and braces`,
      error,
    );
  }
}
