/**
 * A function of the normalised conductance x = g/gMax, tabulated once so that an authored formula costs no speed.
 *
 * The grid is uniform in u = sqrt(x) over [0, 2], that is x in [0, 4], which is fine where device laws bend most: near
 * zero. Between points the value is linear in u; beyond x = 4 it is held constant.
 */
export interface Table {
  /** `TABLE_POINTS` values, the i-th at x = (i / 1024)^2. */
  readonly values: Float32Array;
}

export const TABLE_POINTS = 2049;

/** Intervals a unit of u. */
const STEPS = (TABLE_POINTS - 1) / 2;

/**
 * Tabulates f.
 * @param f - the law, of x = g/gMax in [0, 4]; computed in float64, stored as float32
 * @throws RangeError where f is not finite (as float32)
 */
export function tabulate(f: (x: number) => number): Table {
  const values = new Float32Array(TABLE_POINTS);
  for (let i = 0; i < TABLE_POINTS; i++) {
    const x = (i / STEPS) * (i / STEPS);
    values[i] = f(x);
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `tabulate: the law must be finite for x from 0 to 4, got ${f(x)} at x = ${x}; mend it there`,
      );
    }
  }
  return { values };
}

/** The table of a constant. */
export function constantTable(value: number): Table {
  return tabulate(() => value);
}

/**
 * The value at x, in the float32 operations of the kernels, in their order.
 * @param x - a float32, not negative
 */
export function lookup(table: Table, x: number): number {
  const position = Math.fround(Math.fround(Math.sqrt(x)) * STEPS);
  const clipped = Math.min(position, TABLE_POINTS - 1);
  const interval = Math.floor(clipped);
  const left = table.values[interval] ?? NaN;
  const right = table.values[interval + 1] ?? left;
  const share = Math.fround(clipped - interval);
  return Math.fround(left + Math.fround(share * Math.fround(right - left)));
}
