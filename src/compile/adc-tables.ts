import type { GraphBuilder } from '../graph/build.ts';
import { type Graph, int64 } from '../graph/graph.ts';
import { DATA_TYPE } from '../graph/onnx-fields.ts';
import type { Range } from './partition.ts';

/** Places within a step of an ADC at which its table is read: a threshold is off by at most 1/32 of a step. */
export const TABLE_STEPS = 16;

/** The tables of a strip's ADCs: the code at each place of the range, one table after the other. */
export interface AdcTables {
  readonly bits: number;
  /** Which ADC each column has. Columns of one number share an ADC; of a ramp, its DAC. */
  readonly adcs: readonly number[];
  /** Whether each column has a table of its own, as a ramp's with their comparators. */
  readonly isByColumn: boolean;
}

/** The graph input that holds the tables `[tables x 2^bits x TABLE_STEPS]` of a strip's ADCs, codes in half steps. */
export function tableInput(device: string): string {
  return `${device}.table.drawn`;
}

/** Entries of one table. */
export function tableLength({ bits }: Pick<AdcTables, 'bits'>): number {
  return 2 ** bits * TABLE_STEPS;
}

/** How many tables there are. */
export function tableCount({ adcs, isByColumn }: AdcTables): number {
  return isByColumn ? adcs.length : Math.max(...adcs) + 1;
}

/** The ADC of each column where so many neighbours share one, none across the edge of a tile. */
export function adcsOfColumns(tiles: readonly Range[], shared: number): number[] {
  let count = 0;
  return tiles.flatMap(([from, to]) => {
    const first = count;
    count += Math.ceil((to - from) / shared);
    return Array.from({ length: to - from }, (_, column) => first + Math.floor(column / shared));
  });
}

/**
 * The code that each column's table has for a value: table(floor((v + 2^(bits-1)) TABLE_STEPS)), v clipped and in steps.
 *
 * @param outputs The name of the value that holds the codes.
 */
export function lookUp(
  builder: GraphBuilder,
  { name }: { readonly name: string },
  tables: AdcTables,
  clipped: string,
  outputs: readonly string[],
): void {
  const length = tableLength(tables);
  const table = builder.input(tableInput(name), 'float32', [tableCount(tables) * length]);
  const scaled = builder.node('Mul', [clipped, builder.scalar(TABLE_STEPS)], { name: `${name}.places` });
  const raised = builder.node('Add', [scaled, builder.scalar(length / 2)], { name: `${name}.raised` });
  const place = builder.node('Cast', [raised], {
    name: `${name}.place`,
    attributes: { to: DATA_TYPE.int64 },
  });
  const first = tables.adcs.map((adc, column) => (tables.isByColumn ? column : adc) * length);
  const firsts = builder.constant(`${name}.firsts`, int64([first.length], first));
  const entry = builder.node('Add', [place, firsts], { name: `${name}.entry` });
  builder.node('Gather', [table, entry], { name: `${name}.looked`, outputs, attributes: { axis: 0 } });
}

/** Whether a node of a program's graph is an ADC's rounding, and of which. */
const ROUNDING = /^(.+\.adc\.\d+(?:\.\d+)*)\.(shifted|rounded|code)$/;

/** The ADC whose rounding a node is a part of; undefined for other nodes. */
export function roundingOf({ name }: Graph['nodes'][number]): string | undefined {
  return ROUNDING.exec(name)?.[1];
}
