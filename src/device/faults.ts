import { log } from '../core/math.ts';
import { uniforms, uniformsAt } from '../core/philox.ts';
import { type Stream, stream } from '../core/stream.ts';
import type { Failures, FaultRates, Faults } from '../profile/profile.ts';

/** The cells of one kind of a layer, `[rows, columns]`, on tiles: row ranges by column ranges, each [from, to). */
export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
  readonly rowRanges: readonly (readonly [from: number, to: number])[];
  readonly columnRanges: readonly (readonly [from: number, to: number])[];
}

/** Cells that are stuck: their positions in the layer's `[rows, columns]` array, ascending, and what they hold, µS. */
export interface StuckCells {
  readonly positions: Uint32Array;
  readonly conductances: Float32Array;
}

/** Patterns by rank, after failures in use: where several stick one cell, the last rules. */
const PATTERNS = ['cells', 'clusters', 'columns', 'rows'] as const;

const KINDS = ['stuckLow', 'stuckHigh', 'stuckRandom'] as const;

const NONE: FaultRates = { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 };

/** The most cells of one kind of a layer. */
const MOST_CELLS = 2 ** 32;

/**
 * Draws the stuck cells of one kind of cell of a chip's layer: the stage between writing and drift. They belong to the chip
 * and stay as they are through all ages, reads and noise scales.
 *
 * Each cell, block, column of a tile or row of a tile is stuck with its pattern's rate, low (gMin), high (gMax) or at
 * random (each cell of it uniform in gMin to gMax, float32). Those that are stuck are found by their distances, which are
 * geometric, so the cost goes by their number: distance = floor(ln u / ln(1 - p)), u uniform.
 *
 * Cells that fail in use are drawn at the share that fails in the end, each with its own uniform number u, and have failed
 * once the share that has is above u times that of the end: a cell that has failed stays so at more cycles.
 *
 * @param seed The chip's.
 * @param cell The kind of cell, such as `plus`: kinds are drawn independently of one another.
 * @returns Null where none is stuck.
 * @throws RangeError beyond 2^32 cells.
 */
export function stuckCells(
  faults: Faults,
  limits: { readonly gMinMicrosiemens: number; readonly gMaxMicrosiemens: number },
  seed: number,
  layer: string,
  cell: string,
  grid: CellGrid,
): StuckCells | null {
  if (grid.rows * grid.columns > MOST_CELLS) {
    throw new RangeError(
      `stuckCells: a layer must have at most 2^32 cells, got ${grid.rows * grid.columns}; split it`,
    );
  }
  // position, pattern and kind in one number below 2^37, so that a plain sort brings a cell's patterns together by rank.
  const keys: number[] = [];
  const stick = (position: number, rank: number, kind: number) => keys.push((position * 8 + rank) * 4 + kind);
  const drawsOf = (what: string) => stream(seed, 'fault', what, layer, cell);
  if (faults.failures !== null) {
    for (const [position, kind] of failedCells(faults.failures, grid.rows * grid.columns, drawsOf))
      stick(position, 0, kind);
  }
  PATTERNS.forEach((pattern, index) => {
    const units = unitsOf(pattern, faults, grid);
    for (const [unit, kind] of stuckUnits(faults[pattern], units.count, drawsOf(pattern)))
      units.visit(unit, (position) => stick(position, 1 + index, kind));
  });
  if (keys.length === 0) return null;
  const sorted = Float64Array.from(keys).sort();
  const last = sorted.filter((key, i) => Math.floor(key / 32) !== Math.floor(sorted[i + 1]! / 32));
  const { gMinMicrosiemens: low, gMaxMicrosiemens: high } = limits;
  const positions = Uint32Array.from(last, (key) => Math.floor(key / 32));
  const shares = uniformsAt(drawsOf('conductance'), positions);
  const conductances = Float32Array.from(last, (key, i) => {
    const kind = KINDS[key % 4]!;
    if (kind !== 'stuckRandom') return kind === 'stuckLow' ? low : high;
    return low + (high - low) * shares[i]!;
  });
  return { positions, conductances };
}

/** Sets stuck cells among those from position `first` on. @param cells Overwritten in place. */
export function stickCells(cells: Float32Array, stuck: StuckCells, first = 0): void {
  const { positions, conductances } = stuck;
  for (let i = lowerBound(positions, first); i < positions.length; i++) {
    const at = positions[i]! - first;
    if (at >= cells.length) return;
    cells[at] = conductances[i]!;
  }
}

/** How many of some ascending positions lie before one. */
export function lowerBound(positions: Uint32Array, position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The rates of single cells that stand in no array together, each in a row, column and block of its own: what
 * `simulateCells` draws. The same share of cells as in arrays, without the patterns.
 */
export function singleCellFaults(faults: Faults): Faults {
  let cells = NONE;
  for (const pattern of PATTERNS) {
    const rates = faults[pattern];
    const spared = 1 - rates.stuckLow - rates.stuckHigh - rates.stuckRandom;
    cells = {
      stuckLow: cells.stuckLow * spared + rates.stuckLow,
      stuckHigh: cells.stuckHigh * spared + rates.stuckHigh,
      stuckRandom: cells.stuckRandom * spared + rates.stuckRandom,
    };
  }
  const { failures } = faults;
  return { failures, cells, clusters: { ...NONE, rows: 1, columns: 1 }, columns: NONE, rows: NONE };
}

/** The cells that have failed by now, ascending, each with its kind. */
function failedCells(
  failures: Failures,
  count: number,
  drawsOf: (what: string) => Stream,
): (readonly [position: number, kind: number])[] {
  const { most, ...rates } = failures;
  const inTheEnd = stuckUnits({ ...NONE, stuckLow: most }, count, drawsOf('failure'));
  const positions = Uint32Array.from(inTheEnd, ([position]) => position);
  const order = uniformsAt(drawsOf('failure order'), positions);
  const kinds = uniformsAt(drawsOf('failure kind'), positions);
  const total = rates.stuckLow + rates.stuckHigh + rates.stuckRandom;
  return [...positions].flatMap((position, i) =>
    order[i]! * most < total ? [[position, kindAt(kinds[i]! * total, rates)] as const] : [],
  );
}

/** The stuck ones of `count` units, ascending, each with its kind. */
function* stuckUnits(rates: FaultRates, count: number, draws: Stream): Generator<readonly [number, number]> {
  const total = Math.min(1, rates.stuckLow + rates.stuckHigh + rates.stuckRandom);
  if (total === 0) return;
  const scale = total < 1 ? log(1 - total) : Number.NEGATIVE_INFINITY;
  // A rate below 2^-53, of which 2^32 cells hold none.
  if (scale === 0) return;
  const CHUNK = 256;
  let held: Float64Array = new Float64Array();
  let unit = -1;
  for (let drawn = 0; ; drawn += 2) {
    const at = drawn % CHUNK;
    if (at === 0) held = uniforms(draws, CHUNK, drawn);
    unit += 1 + (total < 1 ? Math.floor(log(held[at]!) / scale) : 0);
    if (unit >= count) return;
    yield [unit, kindAt(held[at + 1]! * total, rates)];
  }
}

/** The kind, as its number, that a share of all rates falls to. */
function kindAt(share: number, { stuckLow, stuckHigh }: FaultRates): number {
  return share < stuckLow ? 0 : share < stuckLow + stuckHigh ? 1 : 2;
}

interface Units {
  readonly count: number;
  /** The cells of a unit. */
  readonly visit: (unit: number, each: (position: number) => void) => void;
}

/** What a pattern sticks as one: cells, or blocks, columns or rows of tiles, tile by tile. */
function unitsOf(pattern: (typeof PATTERNS)[number], faults: Faults, grid: CellGrid): Units {
  const { rows, columns, rowRanges, columnRanges } = grid;
  if (pattern === 'cells') return { count: rows * columns, visit: (unit, each) => each(unit) };
  const block =
    pattern === 'clusters'
      ? faults.clusters
      : { rows: pattern === 'rows' ? 1 : rows, columns: pattern === 'columns' ? 1 : columns };
  const starts: number[] = [0];
  const tiles = rowRanges.flatMap(([top, bottom]) =>
    columnRanges.map(([left, right]) => {
      const across = Math.ceil((right - left) / block.columns);
      starts.push(starts.at(-1)! + across * Math.ceil((bottom - top) / block.rows));
      return { top, bottom, left, right, across };
    }),
  );
  let tile = 0;
  return {
    count: starts.at(-1)!,
    visit: (unit, each) => {
      // Units come in ascending order.
      while (unit >= starts[tile + 1]!) tile += 1;
      const { top, bottom, left, right, across } = tiles[tile]!;
      const within = unit - starts[tile]!;
      const fromRow = top + Math.floor(within / across) * block.rows;
      const fromColumn = left + (within % across) * block.columns;
      for (let row = fromRow; row < Math.min(fromRow + block.rows, bottom); row++) {
        for (let column = fromColumn; column < Math.min(fromColumn + block.columns, right); column++)
          each(row * columns + column);
      }
    },
  };
}
