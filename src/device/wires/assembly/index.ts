// Entry of the module behind ../solver.ts. Arrays with wires: conjugate gradients over ladders, two right-hand sides at a time, one in each
// lane. The plain twin, with the formulas, is ../plain.ts; every sum is in its order, so that the bits are equal.

import { cells, columnVolts, currents, rowVolts } from './array';

export { factor, place } from './array';
export { iterationsOf, residualOf, solve } from './gradients';

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
