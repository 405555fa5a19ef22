import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { ProfileWires } from './profile.ts';
import type { Wires as WiresJson } from './schema.generated.ts';

/** Above this share of the voltage lost in the wires, a warning. */
const MOST_DROP = 0.1;

/** Beyond so many times the least resistance of a cell next to no current flows, and solves do not come to an end. */
const MOST_CELLS = 1000;

const RESISTANCES = ['rowSegment', 'columnSegment', 'rowTerminal', 'columnTerminal'] as const;

/** What the section's drop depends on. */
export interface LoadedTile {
  readonly gMin: number;
  readonly gMax: number;
  readonly rows: number;
  readonly columns: number;
  /** Whether two cells hold a weight, of which at least one is near gMin. */
  readonly isPaired: boolean;
}

/**
 * Makes the section of the wires, and says what is wrong or odd with it.
 * @param ohm Reads a resistance by pointer; 0 where it is absent, NaN where it has a fault of its own.
 * @param isSound Whether the schema found no fault in it: then what is odd is told too.
 */
export function buildWires(
  root: unknown,
  ohm: (pointer: string) => number,
  isSound: boolean,
  tile: LoadedTile,
): { readonly wires: ProfileWires | null; readonly findings: readonly Finding[] } {
  const section = valueAt(root, '/wires');
  if (section === undefined || section === null || typeof section !== 'object')
    return { wires: null, findings: [] };
  const json = section as WiresJson;
  const [rowSegmentOhm, columnSegmentOhm, rowTerminalOhm, columnTerminalOhm] = RESISTANCES.map((name) =>
    ohm(`/wires/${name}`),
  ) as [number, number, number, number];
  const wires: ProfileWires = {
    rowSegmentOhm,
    columnSegmentOhm,
    rowTerminalOhm,
    columnTerminalOhm,
    driver: json.driver ?? 'one-end',
    layout: json.layout ?? 'apart',
    source: json.source ?? null,
  };
  const findings: Finding[] = RESISTANCES.filter((name) => wires[`${name}Ohm`] < 0).map((name) => ({
    severity: 'error',
    pointer: `/wires/${name}`,
    message: `must be a resistance of at least 0 ohm, got ${shown(valueAt(root, `/wires/${name}`))}`,
    cure: 'leave it out for none',
  }));
  for (const name of RESISTANCES) {
    const most = (MOST_CELLS * 1e6) / tile.gMax;
    if (!(wires[`${name}Ohm`] > most)) continue;
    const got = shown(valueAt(root, `/wires/${name}`));
    const message = `must be at most ${MOST_CELLS} times that of a cell at gMax (${Number(most.toPrecision(4))} ohm), got ${got}`;
    findings.push({ severity: 'error', pointer: `/wires/${name}`, message, cure: 'check the unit' });
  }
  if (valueAt(root, '/cell/clamp') === 'none') {
    const message = 'must not stand beside cells of clamp "none", got both';
    const cure = 'a negative cell is no resistor; leave one of them out';
    findings.push({ severity: 'error', pointer: '/wires', message, cure, atKey: true });
  }
  if (isSound && findings.length === 0) findings.push(...odd(wires, tile));
  return { wires, findings };
}

function odd(wires: ProfileWires, tile: LoadedTile): Finding[] {
  const warning = (message: string, cure: string): Finding[] => [
    { severity: 'warning', pointer: '/wires', message, cure, atKey: true },
  ];
  if (RESISTANCES.every((name) => wires[`${name}Ohm`] === 0)) {
    return warning('should have a resistance above 0, got none', 'name one, or leave the section out');
  }
  const drop = fullLoadDrop(wires, tile);
  if (!(drop > MOST_DROP)) return [];
  return warning(
    `should lose at most ${100 * MOST_DROP} % of the voltage at full load, got ${percent(drop)} (all rows driven, all cells at gMax, the cell furthest off in a tile of ${tile.rows}x${tile.columns}, to first order)`,
    'check the units; or take a smaller "array", "driver": "both-ends", or a lower gMax',
  );
}

/**
 * The share of the voltage that the wires take from the cell furthest from driver and ground, at full load: all rows driven,
 * each weight's one cell at gMax. To first order, the currents being those without wires, so it can pass 1: with n cells of
 * mean conductance g on a wire of r a cell and t at its terminal,
 *
 *     drop = r g n (n + 1)/2 + t g n,   half the terminal and r g (n/2)(n/2 + 1)/2 where both ends are driven
 */
export function fullLoadDrop(wires: ProfileWires, tile: LoadedTile): number {
  const { gMin, gMax, rows, columns } = tile;
  // Where one cell holds a weight there is nothing to interleave.
  const interleaved = wires.layout === 'interleaved' && tile.isPaired;
  const cells = interleaved ? 2 * columns : columns;
  const mean = (interleaved ? (gMin + gMax) / 2 : gMax) / 1e6;
  const ends = wires.driver === 'both-ends' ? 2 : 1;
  const ladder = (segment: number, terminal: number, g: number, n: number) =>
    (segment * g * n * (n + 1)) / 2 + terminal * g * n;
  return (
    ladder(wires.rowSegmentOhm, wires.rowTerminalOhm, mean, cells / ends) +
    ladder(wires.columnSegmentOhm, wires.columnTerminalOhm, gMax / 1e6, rows)
  );
}

/** The facts of a section, for `profile show`. */
export function wiresText(wires: ProfileWires, tile: LoadedTile): string {
  const { rowSegmentOhm, columnSegmentOhm, rowTerminalOhm, columnTerminalOhm, driver, layout } = wires;
  return [
    `rows ${rowSegmentOhm} ohm a cell and ${rowTerminalOhm} ohm at the driver`,
    `columns ${columnSegmentOhm} ohm a cell and ${columnTerminalOhm} ohm at the ground`,
    `driven at ${driver === 'one-end' ? 'one end' : 'both ends'}`,
    `cells of a weight ${layout}`,
    `they take ${percent(fullLoadDrop(wires, tile))} at full load, to first order`,
  ].join('; ');
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
