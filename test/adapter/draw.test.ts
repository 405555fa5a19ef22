import test from 'ava';
import { attachAdapter } from '../../src/adapter/attach.ts';
import { drawnLayers } from '../../src/adapter/methods.ts';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64, interpretAll64 } from '../support/interpreter64.ts';
import { spread } from '../support/operator-case.ts';
import { moved, tinyFeeds, tinyGraph, untrained, withDraws } from '../support/tiny-model.ts';

const LAYERS = ['block.first', 'block.second', 'pooler'];
const WIDTHS: Readonly<Record<string, number>> = { 'block.first': 6, 'block.second': 8, pooler: 6 };

const DRAWS: Readonly<Record<string, Tensor>> = Object.fromEntries(
  LAYERS.map((layer, index) => [
    `${layer}.draw`,
    float32([2, WIDTHS[layer]!], spread(2 * WIDTHS[layer]!, 30 + index)),
  ]),
);

for (const method of ['grasp', 'lora', 'bitfit', 'ia3', 'head'] as const) {
  test(`addDraw: x (1 + std eps) in front of every linear layer, one draw for all tokens: ${method}`, (t) => {
    const adapter = withDraws(tinyGraph(), moved(untrained(tinyGraph(), method, 5)));
    t.deepEqual(drawnLayers(adapter), LAYERS);
    const graph = attachAdapter(tinyGraph(), adapter, { parameters: 'constant', draws: 'example' });
    const values = interpretAll64(graph, { ...tinyFeeds, ...DRAWS });
    for (const layer of LAYERS) {
      const [last] = graph.nodes.find(({ name }) => name === `${layer}.drawn`)!.inputs;
      const x = values.get(last!)!;
      const std = adapter.options.targetStd![layer]!;
      const width = WIDTHS[layer]!;
      const wanted = Float64Array.from(x.data as Float64Array, (value, at) => {
        const example = Math.floor(at / (x.data.length / 2));
        return (
          value *
          (1 + Math.fround(std) * Number(DRAWS[`${layer}.draw`]!.data[example * width + (at % width)]))
        );
      });
      const error = relativeError(values.get(`${layer}.drawn`), {
        dtype: 'float64',
        shape: x.shape,
        data: wanted,
      });
      t.true(error < 1e-14, `${layer}: ${error}`);
    }
  });

  test(`addDraw: an adapter that was trained with draws is deployed without: ${method}`, (t) => {
    const plain = moved(untrained(tinyGraph(), method, 5));
    const deployed = { parameters: 'constant', draws: 'none' } as const;
    t.deepEqual(
      attachAdapter(tinyGraph(), withDraws(tinyGraph(), plain), deployed),
      attachAdapter(tinyGraph(), plain, deployed),
    );
  });
}

test('addDraw: the low-rank product of LoRA is digital and takes the input without the draw', (t) => {
  const adapter = withDraws(tinyGraph(), moved(untrained(tinyGraph(), 'lora', 5)));
  const graph = attachAdapter(tinyGraph(), adapter, { parameters: 'constant', draws: 'example' });
  const input = (name: string) => graph.nodes.find((node) => node.name === name)!.inputs[0];
  t.is(input('block.first'), 'block.first.drawn');
  t.is(input('block.first.lora.down'), 'embedded');
});

test('addDraw: draws of zero change nothing', (t) => {
  const adapter = withDraws(tinyGraph(), moved(untrained(tinyGraph(), 'ia3', 5)));
  const zeros = Object.entries(DRAWS).map(([name, { shape, data }]): [string, Tensor] => [
    name,
    float32(shape, new Float32Array(data.length)),
  ]);
  t.deepEqual(
    interpret64(attachAdapter(tinyGraph(), adapter, { parameters: 'constant', draws: 'example' }), {
      ...tinyFeeds,
      ...Object.fromEntries(zeros),
    }),
    interpret64(attachAdapter(tinyGraph(), adapter, { parameters: 'constant', draws: 'none' }), tinyFeeds),
  );
});
