import test from 'ava';
import { addGradients } from '../../src/graph/gradient.ts';
import { GRADIENT_RULES } from '../../src/graph/gradient-rules.ts';
import { centralDifferences } from '../support/central-differences.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { operatorCases } from '../support/operator-cases.ts';

/** Elements to look at: all of a small input, some twelve spread over a large one. */
function elementsOf(length: number): number[] {
  const step = length <= 24 ? 1 : Math.ceil(length / 12);
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
}

for (const { name, graph, feeds, wrt } of operatorCases) {
  if (wrt === undefined) continue;
  test(`addGradients(graph, loss, wrt) is the central difference: ${name}`, (t) => {
    const results = interpret64(addGradients(graph, 'loss', wrt), feeds);
    for (const input of wrt) {
      const gradient = results[`gradient.${input}`]!;
      t.deepEqual(gradient.shape, feeds[input]!.shape);
      const values = Array.from(gradient.data, Number);
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const elements = elementsOf(values.length);
      const differences = centralDifferences(graph, feeds, input, elements);
      elements.forEach((element, index) => {
        const error = Math.abs(values[element]! - differences[index]!) / scale;
        t.true(error < 1e-6, `${input}[${element}]: ${values[element]} against ${differences[index]}`);
      });
    }
  });
}

test('GRADIENT_RULES has each operator of an operator case with a gradient, and each that it refuses', (t) => {
  const used = new Set(
    operatorCases.filter((one) => one.wrt).flatMap((one) => one.graph.nodes.map((node) => node.op)),
  );
  const unused = Object.keys(GRADIENT_RULES).filter((op) => !used.has(op));
  t.deepEqual(unused.sort(), ['Round']);
});
