import { UsageError } from '../core/errors.ts';
import { readQuantity } from '../core/units.ts';

/*
 * Parsers of option values. Each is made for one option, by whose name it speaks: `seed('--seed')('7')` is 7.
 * Whatever does not parse throws a UsageError. Times are in core/duration.ts.
 */

/** Rows and columns of an array of cells. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** Part `index` (from 1) of `of` parts. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** True where `min` itself is not allowed. */
  readonly above?: boolean;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A finite decimal number within a range, e.g. `0.5`, `5e-3`. */
export function decimal(option: string, range: Range = {}): (text: string) => number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above = false } = range;
  return (text) => {
    const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
    const fits = Number.isFinite(value) && (above ? value > min : value >= min) && value <= max;
    if (!fits) throw new UsageError(option, `must be a number${rangeText(range)}, got "${text}"; correct it`);
    return value;
  };
}

/** A whole number within a range; at most 2^53 - 1, so that it is exact. */
export function whole(option: string, range: Range = {}): (text: string) => number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      const limits = range.max === undefined ? `>= ${min}` : `from ${min} to ${max}`;
      throw new UsageError(option, `must be a whole number ${limits}, got "${text}"; correct it`);
    }
    return value;
  };
}

/** A seed: a whole number from 0 to 2^53 - 1; 0 is a seed like any other. */
export function seed(option: string): (text: string) => number {
  return whole(option, { min: 0, max: Number.MAX_SAFE_INTEGER });
}

/** A share from 0 to 1. */
export function probability(option: string): (text: string) => number {
  return decimal(option, { min: 0, max: 1 });
}

/** Values parted by commas, each read by `one`; an empty list or an empty place is refused, and so is a value twice. */
export function list<T>(option: string, one: (text: string) => T): (text: string) => readonly T[] {
  return (text) => {
    const values = text.split(',').map((part) => {
      if (part.trim() === '')
        throw new UsageError(option, `must be values parted by commas, got "${text}"; correct it`);
      return one(part.trim());
    });
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined)
      throw new UsageError(option, `must name each value once, got "${text}"; remove the second ${twice}`);
    return values;
  };
}

/** A temperature with its unit, in kelvin. */
export function temperature(option: string): (text: string) => number {
  return (text) => {
    const quantity = readQuantity(text);
    if (quantity?.dimension !== 'temperature' || !(quantity.value > 0)) {
      throw new UsageError(
        option,
        `must be a temperature above 0 K with its unit such as 358K or 85degC, got "${text}"; correct it`,
      );
    }
    return quantity.value;
  };
}

/** A shape `RxC` of at least one row and one column, e.g. `256x256`. */
export function shape(option: string): (text: string) => Shape {
  return (text) => {
    const found = /^([1-9]\d{0,5})[x×]([1-9]\d{0,5})$/i.exec(text.trim());
    if (found === null) {
      throw new UsageError(option, `must be rows x columns such as 256x256, got "${text}"; correct it`);
    }
    return { rows: Number(found[1]), columns: Number(found[2]) };
  };
}

/** A shard `i/n`, i from 1 to n, e.g. `2/8`. */
export function shard(option: string): (text: string) => Shard {
  return (text) => {
    const found = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
    const [index, of] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
    if (index < 1 || index > of) {
      throw new UsageError(option, `must be i/n with i from 1 to n such as 2/8, got "${text}"; correct it`);
    }
    return { index, of };
  };
}

/** Names of the columns of own data, `text=NAME,label=NAME` and perhaps `pair=NAME`. */
export function columns(option: string): (text: string) => { text: string; pair?: string; label: string } {
  return (words) => {
    const named = new Map(
      words.split(',').map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
      }),
    );
    const [text, pair, label] = ['text', 'pair', 'label'].map((role) => named.get(role));
    const isKnown = [...named].every(
      ([role, name]) => ['text', 'pair', 'label'].includes(role) && name !== '',
    );
    if (!isKnown || text === undefined || label === undefined || named.size !== words.split(',').length) {
      throw new UsageError(
        option,
        `must be text=NAME,label=NAME and perhaps pair=NAME, got "${words}"; correct it`,
      );
    }
    return pair === undefined ? { text, label } : { text, pair, label };
  };
}

/** A chip of a bundle, `BUNDLE@SEED`; the bundle's path may have an @ too. */
export function bundleChip(option: string): (text: string) => { bundle: string; seed: number } {
  return (text) => {
    const found = /^(.+)@(\d+)$/.exec(text.trim());
    const seed = Number(found?.[2] ?? Number.NaN);
    if (found === null || !Number.isSafeInteger(seed)) {
      throw new UsageError(
        option,
        `must be a bundle and a chip's seed such as bundles/grasp@7, got "${text}"; correct it`,
      );
    }
    return { bundle: found[1]!, seed };
  };
}

function rangeText({ min, max, above }: Range): string {
  const low = min === undefined ? undefined : `${above ? '>' : '>='} ${min}`;
  const high = max === undefined ? undefined : `<= ${max}`;
  const limits = [low, high].filter((limit) => limit !== undefined);
  return limits.length === 0 ? '' : ` ${limits.join(' and ')}`;
}
