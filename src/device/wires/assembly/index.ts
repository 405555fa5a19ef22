// Entry of the module behind ../solver.ts and ../effective.ts. Products of arrays with wires: conjugate gradients over ladders, two
// right-hand sides at a time, one in each lane; the plain twin, with the formulas, is ../plain.ts, and every sum is in its order, so that
// the bits are equal. All conductances of an array: elimination by nested dissection.

import { cells, columnVolts, currents, rowVolts } from './array';

export { factor, place } from './array';
export { iterationsOf, residualOf, solve } from './gradients';
export { setNetwork } from './network';
export { reduce } from './reduction';

export function cellsAt(): usize {
  return cells;
}
export function rowVoltsAt(): usize {
  return rowVolts;
}
export function columnVoltsAt(): usize {
  return columnVolts;
}
export function currentsAt(): usize {
  return currents;
}
