/** From a value to a pixel, with round tick values. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
}

/**
 * A linear scale over a domain widened to whole ticks.
 * @param count about how many ticks
 */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count: number,
): Scale {
  const step = tickStep(low, high, count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => clean((first + i) * step));
  return plainScale([first * step, last * step], [from, to], ticks);
}

/** A linear scale over exactly this domain, with ticks where given. */
export function plainScale(
  domain: readonly [number, number],
  [from, to]: readonly [number, number],
  ticks: readonly number[],
): Scale {
  const width = domain[1] - domain[0] || 1;
  const scale = (value: number): number => from + ((value - domain[0]) / width) * (to - from);
  return Object.assign(scale, { domain, ticks });
}

/** A linear scale over exactly this domain, with the round ticks that lie well within it; for panels side by side. */
export function innerScale(
  [low, high]: readonly [number, number],
  range: readonly [number, number],
  count: number,
): Scale {
  const margin = (high - low) * 0.04;
  const { ticks } = linearScale([low, high], range, count);
  return plainScale(
    [low, high],
    range,
    ticks.filter((tick) => tick >= low + margin && tick <= high - margin),
  );
}

/** 1, 2 or 5 times a power of ten, so that about `count` steps span the range. */
function tickStep(low: number, high: number, count: number): number {
  const rough = (high - low || Math.abs(high) || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

/** Takes off the dust of repeated addition: 0.30000000000000004 is 0.3. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

/** The range of some values with a margin (a share of it) on both sides. */
export function extent(values: readonly number[], margin = 0.06): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = (high - low) * margin || Math.abs(high) * 0.02 || 0.01;
  return [low - pad, high + pad];
}
