import { sliceCount } from '../../src/compile/cells.ts';
import { compileProgram, defaultOptions, type Program, type Ranges } from '../../src/compile/program.ts';
import { buildGraph } from '../../src/graph/build.ts';
import type { Graph, Tensor } from '../../src/graph/graph.ts';
import { float32 } from '../../src/graph/graph.ts';
import { parseProfile } from '../../src/profile/load.ts';
import type { DeviceProfile } from '../../src/profile/profile.ts';
import { spread } from './operator-case.ts';

/** Names of the toy's linear layers. */
export const TOY_LAYERS = ['first', 'second'];

/**
 * Two layers: x `[B, 5]`, a MatMul to 7 with its bias added, Relu, a Gemm to 4 with a transposed weight and a bias of
 * its own. The output is called `pooled`, as a model's.
 */
export function toyGraph(): Graph {
  const builder = buildGraph('toy');
  const x = builder.input('x', 'float32', ['B', 5]);
  const first = builder.constant('first.kernel', float32([5, 7], spread(35, 1, -1, 1)));
  const product = builder.node('MatMul', [x, first], { name: 'first' });
  const shift = builder.constant('first.bias', float32([7], spread(7, 2, -0.5, 0.5)));
  const biased = builder.node('Add', [product, shift], { name: 'first.biased' });
  const hidden = builder.node('Relu', [biased], { name: 'hidden' });
  const second = builder.constant('second.kernel', float32([4, 7], spread(28, 3, -1, 1)));
  const own = builder.constant('second.bias', float32([4], spread(4, 4, -0.5, 0.5)));
  builder.node('Gemm', [hidden, second, own], {
    name: 'second',
    outputs: ['pooled'],
    attributes: { transB: 1 },
  });
  builder.output('pooled', 'float32', ['B', 4]);
  return builder.finish();
}

/** Three rows to feed the toy with. */
export function toyFeeds(): Record<string, Tensor> {
  return { x: float32([3, 5], spread(15, 5, -1, 1)) };
}

/** Some converter ranges for a program, another number for each strip and tile, of the size of its values. */
export function someRanges({ layers }: Program): Ranges {
  return new Map(
    layers.map((layer, index) => {
      const input = Float32Array.from(layer.strips, (_, strip) => 1.25 - 0.2 * strip + index);
      const slices = sliceCount(layer.cells);
      const adc = new Float32Array(layer.strips.length * slices * layer.out);
      layer.strips.forEach((_, strip) => {
        layer.columns.forEach(([from, to], column) => {
          for (let slice = 0; slice < slices; slice++) {
            const line = (strip * slices + slice) * layer.out;
            adc.fill(1 + 0.3 * strip + 0.1 * column + 0.7 * slice + index, line + from, line + to);
          }
        });
      });
      return [layer.name, { input, adc }];
    }),
  );
}

const BASE = {
  schemaVersion: 1,
  name: 'toy',
  description: 'Made for a test.',
  provenance: { source: 'none', taken: 'nothing' },
  validity: { from: '0 s', source: 'none' },
  cell: { gMin: '0 uS', gMax: '25 uS' },
  referenceTime: '20 s',
  array: { rows: 3, columns: 4 },
  mapping: { kind: 'pair-one-sided', scale: 'tile' },
  converters: { dac: { bits: null }, adc: { bits: null } },
};

/** A constant law. */
export function constantLaw(value: number, unit: string): object {
  return { form: 'constant', value, unit };
}

/** A profile without any effect on tiles of 3 x 4, but for what is given. */
export function toyProfile(sections: Readonly<Record<string, unknown>> = {}): Promise<DeviceProfile> {
  return parseProfile({ ...BASE, ...sections }, 'toy profile');
}

/** A program of one layer, `layer`, with random weights `[rows, columns]` and no converters. */
export function oneLayer(profile: DeviceProfile, rows: number, columns: number, seed = 11): Program {
  const builder = buildGraph('one layer');
  builder.input('x', 'float32', ['B', rows]);
  builder.constant('w', float32([rows, columns], spread(rows * columns, seed, -1, 1)));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', columns]);
  return compileProgram(builder.finish(), ['layer'], profile, defaultOptions(profile), null);
}
