import { BadFileError } from '../core/errors.ts';
import type { Names, PeftConfig, PeftTargets } from './peft-config.ts';

/**
 * Whether PEFT adapts the module `name` (without `base_model.model.`): a pattern must match the whole name, an entry of
 * a list its end behind a dot; `all-linear` is any. Excluded modules and those that are saved whole are not adapted.
 * `layers_to_transform` holds a list to the blocks of these numbers. Source: check_target_module_exists of peft 0.21.
 * @throws BadFileError if a pattern is not one that JavaScript reads too
 */
export function isTarget({ targets, saved }: PeftConfig, name: string, where: string): boolean {
  const { modules, excluded, blocks } = targets;
  if (matches(excluded, name, 'exclude_modules', where)) return false;
  if (saved.some((module) => pattern(`(^|.*\\.)${module}($|\\..*)`, 'modules_to_save', where).test(name))) {
    return false;
  }
  if (typeof modules === 'string' && modules.toLowerCase() === 'all-linear') return true;
  if (!matches(modules, name, 'target_modules', where)) return false;
  if (typeof modules === 'string' || modules.includes(name) || blocks.length === 0) return true;
  const block = blockOf(targets, name, where);
  return block !== null && blocks.includes(block);
}

/** (IA)^3: whether PEFT scales the input of the module `name`; entries of a list match any end of it, with no dot. */
export function isFeedForward({ feedForward }: PeftConfig, name: string, where: string): boolean {
  return typeof feedForward === 'string'
    ? wholePattern(feedForward, 'feedforward_modules', where).test(name)
    : feedForward.some((end) => name.endsWith(end));
}

/** The entry of `rank_pattern` or `alpha_pattern` for a module: that of the first pattern that matches its end. */
export function patternValue(
  patterns: Readonly<Record<string, number>>,
  name: string,
  key: string,
  where: string,
): number | undefined {
  return Object.entries(patterns).find(([each]) =>
    pattern(`^(.*\\.)?(${each})$`, key, where).test(name),
  )?.[1];
}

function matches(names: Names, name: string, key: string, where: string): boolean {
  return typeof names === 'string'
    ? wholePattern(names, key, where).test(name)
    : names.some((each) => name === each || name.endsWith(`.${each}`));
}

/** The number of a module's block: the first number in its name behind a dot and a word, or behind a given pattern. */
function blockOf({ blockPatterns }: PeftTargets, name: string, where: string): number | null {
  const sources =
    blockPatterns.length === 0
      ? ['^.*?\\.[^.]*\\.(?<index>\\d+)\\.']
      : blockPatterns.map((each) => `^(?:.*?\\.)?${each}\\.(?<index>\\d+)\\.`);
  for (const source of sources) {
    const found = pattern(source, 'layers_pattern', where).exec(name);
    if (found !== null) return Number(found.groups!.index);
  }
  return null;
}

function wholePattern(source: string, key: string, where: string): RegExp {
  return pattern(`^(?:${source})$`, key, where);
}

/** Python's patterns are JavaScript's, but for how a group is named. */
function pattern(source: string, key: string, where: string): RegExp {
  try {
    return new RegExp(source.replaceAll('(?P<', '(?<'));
  } catch (error) {
    throw new BadFileError(
      where,
      `"${key}" must hold patterns that JavaScript reads too, got ${JSON.stringify(source)}; list the modules' names instead`,
      error,
    );
  }
}
