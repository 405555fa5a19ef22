import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { interpret64 } from './interpreter64.ts';

/**
 * The derivative of a graph's `loss` by some elements of an input, as (f(x + h) - f(x - h)) / 2h in float64.
 * The error is of order h^2 (truncation) and 1e-16 / h (rounding): some 1e-10 at h = 1e-5.
 */
export function centralDifferences(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  input: string,
  elements: readonly number[],
  h = 1e-5,
): number[] {
  const { shape, data } = feeds[input]!;
  const lossAt = (element: number, change: number): number => {
    const moved = Float64Array.from(data as ArrayLike<number>);
    moved[element] = moved[element]! + change;
    return Number(
      interpret64(graph, { ...feeds, [input]: { dtype: 'float64', shape, data: moved } }).loss!.data[0],
    );
  };
  return elements.map((element) => (lossAt(element, h) - lossAt(element, -h)) / (2 * h));
}
