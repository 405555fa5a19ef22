import type { Dimension, Graph } from '../graph/graph.ts';
import { CompileError } from './compile-error.ts';

/** A graph input of standard normals, one for each element of a value that noise is added to. */
export interface DrawnValue {
  readonly input: string;
  /** Columns. */
  readonly width: number;
  /** Whether the value is made for each token (`[B, T, width]`) or for each example (`[B, width]`). */
  readonly overTokens: boolean;
  /** Of values that are stacked, one for each slice of the inputs (`[parts, B, T, width]`), their number; else null. */
  readonly parts: number | null;
}

/** How the inputs of reads (`live-reads.ts`) and of conversions (`converter-errors.ts`) end. */
const DRAWS = /\.(readDraw|noiseDraw)$/;

/**
 * The inputs of a graph that are filled with normals, new for each example.
 *
 * @throws CompileError where a value is of another form than those two.
 */
export function drawnValues(graph: Graph): DrawnValue[] {
  return graph.inputs
    .filter(({ name }) => DRAWS.test(name))
    .map(({ name, shape }) => {
      const [front] = shape;
      // Batches are of any size, stacks of a known one.
      const parts = typeof front === 'number' ? front : null;
      const one = parts === null ? shape : shape.slice(1);
      const overTokens = isOverTokens(one, name.replace(DRAWS, ''));
      return { input: name, width: shape.at(-1) as number, overTokens, parts };
    });
}

function isOverTokens(shape: readonly Dimension[], value: string): boolean {
  if (shape.length === 2 || shape.length === 3) return shape.length === 3;
  throw new CompileError(
    `value "${value}"`,
    `must be of shape [B, columns] or [B, T, columns] for noise that is new at each product, got [${shape.join(', ')}]; use --read frozen and converters without noise`,
  );
}
