// Entry of the module behind ../kernels.ts.

export { setCellVariation, setFactors, setStuck } from './array';
export { keepCells, setKept, stageCells, streamAt } from './cells';
export { effectiveWeights } from './effective';
export { setBounds, setNumbers } from './stages';
export { setPresent, tableAt } from './table';

/** The first byte that the module does not use itself. */
export function firstFree(): usize {
  return __heap_base;
}
