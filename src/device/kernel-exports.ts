/** What the module of `assembly/index.ts` exports; places are bytes in its memory. */
export interface KernelExports {
  firstFree(): number;
  tableAt(table: number): number;
  setPresent(table: number, isPresent: number): void;
  setNumbers(inverseGMax: number, driftLog: number): void;
  setBounds(floor: number, low: number, high: number): void;
  setCellVariation(std: number): void;
  setFactors(kind: number, factors: number, columns: number): void;
  setStuck(kind: number, positions: number, values: number, count: number): void;
  streamAt(slot: number): number;
  stageCells(
    stages: number,
    targets: number,
    cells: number,
    out: number,
    count: number,
    first: number,
    noise: number,
  ): void;
  setKept(kind: number, cells: number, exponents: number): void;
  keepCells(
    targets: number,
    cells: number,
    exponents: number,
    count: number,
    first: number,
    noise: number,
  ): void;
  effectiveWeights(
    stages: number,
    targetPlus: number,
    targetMinus: number,
    out: number,
    count: number,
    first: number,
    columns: number,
    scale: number,
    gain: number,
    noise: number,
    sums: number,
  ): void;
}
