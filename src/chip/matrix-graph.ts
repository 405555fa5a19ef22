import { buildGraph } from '../graph/build.ts';
import { float32, type Graph } from '../graph/graph.ts';

/**
 * The graph of one product, `output = input weight`, which the compiler takes as a model of one layer.
 *
 * @param layer The layer's name: the chips of a program of it are drawn from streams of this name.
 * @param weight `[rows, columns]`, row-major.
 */
export function matrixGraph(layer: string, weight: Float32Array, rows: number, columns: number): Graph {
  const builder = buildGraph('tile');
  builder.input('input', 'float32', ['B', rows]);
  builder.constant('weight', float32([rows, columns], weight));
  builder.node('MatMul', ['input', 'weight'], { name: layer, outputs: ['output'] });
  builder.output('output', 'float32', ['B', columns]);
  return builder.finish();
}
