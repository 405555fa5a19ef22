// The array as a network of conductances, all relative to its most conductive cell.

export let rows: i32 = 0;
export let columns: i32 = 0;
/** `[rows, columns]`. */
export let cells: usize = 0;

/** Of a segment of a row wire, and of the one behind the driver with its terminal; likewise of a column wire. */
export let rowSegment: f64 = 0;
export let rowEnd: f64 = 0;
export let columnSegment: f64 = 0;
export let columnEnd: f64 = 0;
/** Of the driver behind the last column; 0 where there is none. */
export let farDriver: f64 = 0;

/** Takes the numbers of an array whose cells lie at `at`. */
export function setNetwork(
  at: usize,
  rowCount: i32,
  columnCount: i32,
  r0: f64,
  r1: f64,
  c0: f64,
  c1: f64,
  far: f64,
): void {
  cells = at;
  rows = rowCount;
  columns = columnCount;
  rowSegment = r0;
  rowEnd = r1;
  columnSegment = c0;
  columnEnd = c1;
  farDriver = far;
}
