import type { WiredArray } from './circuit.ts';

/** What it takes to reduce an array to its terminals; see `createArrayReducer`. */
export interface DissectionCost {
  /** Memory besides the cells. */
  readonly bytes: number;
  /** Floating-point operations. */
  readonly flops: number;
}

/** Ports of a block and numbers that it holds, padded as in `assembly/block.ts`. */
interface Block {
  readonly inner: number;
  readonly drivers: number;
  readonly grounds: number;
  readonly bytes: number;
}

const HEADER_BYTES = 64;
/** Blocks of at most so many rows and columns are not cut. */
const LEAF = 2;

/** Walks through the cuts that the kernel makes of an array of that shape. */
export function dissectionCost({ rows, columns, wires }: Omit<WiredArray, 'cells'>): DissectionCost {
  const padded = (count: number) => 4 * Math.ceil(count / 4);
  let flops = 0;

  const blockOf = (r0: number, r1: number, c0: number, c1: number): Block => {
    const [high, wide] = [r1 - r0, c1 - c0];
    const isLast = c1 === columns;
    const far = isLast && wires.driver === 'both-ends';
    const sides = [c0 > 0 ? high : 0, isLast ? 0 : high, r0 > 0 ? wide : 0, r1 < rows ? wide : 0];
    const inner = padded(sides.reduce((sum, side) => sum + side, 0));
    const drivers = padded((c0 === 0 ? high : 0) + (far ? high : 0));
    const grounds = padded(r1 === rows ? wide : 0);
    const numbers = inner * (inner + drivers + grounds) + drivers * grounds;
    return { inner, drivers, grounds, bytes: HEADER_BYTES + 8 * numbers };
  };

  /** Eliminates so many nodes between the ports of a block, in tiles of 4 x 4; returns the bytes of the panel. */
  const eliminated = (nodes: number, { inner, drivers, grounds }: Block): number => {
    const high = padded(nodes);
    const width = high + inner + drivers + grounds;
    for (let first = 4; first < high; first += 4) flops += 8 * first * (width - first);
    const among = (inner * (inner + 4)) / 2 + inner * (drivers + grounds);
    flops += 2 * nodes * (among + drivers * grounds);
    return 8 * (high + nodes) * width;
  };

  /** Returns the bytes of a block, and those that making it takes, itself included. */
  const made = (r0: number, r1: number, c0: number, c1: number): { own: number; most: number } => {
    const [high, wide] = [r1 - r0, c1 - c0];
    const block = blockOf(r0, r1, c0, c1);
    const own = block.bytes;
    if (high <= LEAF && wide <= LEAF) {
      const nodes = high * (c1 < columns ? wide - 1 : wide) + (r0 > 0 ? high - 1 : high) * wide;
      return { own, most: own + eliminated(nodes, block) };
    }
    const byColumns = wide >= high;
    const middle = byColumns ? (c0 + c1 + 1) >> 1 : (r0 + r1 + 1) >> 1;
    const one = made(r0, byColumns ? r1 : middle, c0, byColumns ? middle : c1);
    const other = made(byColumns ? r0 : middle, r1, byColumns ? middle : c0, c1);
    const panel = eliminated(byColumns ? high : wide, block);
    return { own, most: own + Math.max(one.most, one.own + Math.max(other.most, other.own + panel)) };
  };

  const bytes = made(0, rows, 0, columns).most;
  return { bytes, flops };
}
