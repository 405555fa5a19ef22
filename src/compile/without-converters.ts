import type { Graph } from '../graph/graph.ts';

/** Names that `convert` gives to the nodes that round and saturate. */
const CONVERTER_NODE = /\.(dac|adc(?:\.\d+)+)\.(clip|shifted|rounded|code)$/;

/** A program's graph with ideal converters: nothing is rounded and nothing saturates; all else is as it was. */
export function withoutConverters(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      CONVERTER_NODE.test(node.name)
        ? { ...node, op: 'Identity', inputs: [node.inputs[0]!], attributes: {} }
        : node,
    ),
  };
}
