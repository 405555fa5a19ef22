import { WIRE_TOLERANCE, type WiredArray, type WireJob, type WireResistances } from './circuit.ts';

/** @throws RangeError where a job's numbers or lengths do not fit together */
export function checkWireJob(name: string, { array, side, voltages, currents, tolerance }: WireJob): void {
  checkWiredArray(name, array);
  const [given, taken] = side === 'rows' ? [array.rows, array.columns] : [array.columns, array.rows];
  const batch = voltages.length / given;
  if (!Number.isInteger(batch)) {
    throw new RangeError(
      `${name}: voltages must be [B, ${given}], got ${voltages.length} numbers; give one a ${side === 'rows' ? 'row' : 'column'}`,
    );
  }
  if (currents.length !== batch * taken) {
    throw new RangeError(
      `${name}: currents must be [${batch}, ${taken}], got ${currents.length} numbers; cut it to fit`,
    );
  }
  const wrong = voltages.findIndex((volts) => !Number.isFinite(volts));
  if (wrong >= 0) {
    throw new RangeError(`${name}: voltages must be finite, got ${voltages[wrong]} at ${wrong}; mend it`);
  }
  const limit = tolerance ?? WIRE_TOLERANCE;
  // Below this the residual that the iterations carry along goes on falling, the true one does not.
  if (!(limit >= 1e-14 && limit < 1)) {
    throw new RangeError(`${name}: the tolerance must be from 1e-14 to less than 1, got ${limit}; try 1e-8`);
  }
}

/** @throws RangeError for a shape, a cell or a resistance that no array has */
export function checkWiredArray(name: string, { rows, columns, cells, wires }: WiredArray): void {
  for (const [what, count] of [
    ['rows', rows],
    ['columns', columns],
  ] as const) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`${name}: the ${what} must be an integer >= 1, got ${count}; count the wires`);
    }
  }
  if (cells.length !== rows * columns) {
    throw new RangeError(
      `${name}: cells must be [${rows}, ${columns}], got ${cells.length} numbers; cut it to fit`,
    );
  }
  const wrong = cells.findIndex((g) => !(g >= 0 && g < Number.POSITIVE_INFINITY));
  if (wrong >= 0) {
    throw new RangeError(
      `${name}: a cell must be a finite conductance >= 0, got ${cells[wrong]} uS at row ${Math.floor(wrong / columns)}, column ${wrong % columns}; mend it`,
    );
  }
  checkResistances(name, wires);
}

function checkResistances(name: string, wires: WireResistances): void {
  for (const what of ['rowSegmentOhm', 'columnSegmentOhm', 'rowTerminalOhm', 'columnTerminalOhm'] as const) {
    const ohm = wires[what];
    if (!(ohm >= 0 && ohm < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`${name}: ${what} must be a finite resistance >= 0, got ${ohm}; 0 is no wire`);
    }
  }
}
