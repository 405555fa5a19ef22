import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { ConverterErrors, Inl } from '../profile/profile.ts';
import { type AdcTables, adcsOfColumns, lookUp, roundingOf } from './adc-tables.ts';
import type { Program } from './program.ts';

/** A conversion of a program by a converter that has errors, as its graph names it: `<layer>.dac`, `<layer>.adc.<strip>`. */
export interface ErringConverter {
  readonly name: string;
  readonly kind: 'dac' | 'adc';
  /** How many there are side by side: rows or columns of the layer. */
  readonly width: number;
  readonly errors: ConverterErrors;
  /** Of an ADC of a design: where its columns' codes stand. */
  readonly tables: AdcTables | null;
}

/** The graph input that holds each converter's gain `[width]`: 1 without an error. */
export function gainInput(converter: string): string {
  return `${converter}.gain.drawn`;
}

/** The graph input that holds each converter's offset `[width]` in LSB. */
export function offsetInput(converter: string): string {
  return `${converter}.offset.drawn`;
}

/** The graph input that holds each converter's thermal noise `[width]`, a std in LSB. */
export function noiseInput(converter: string): string {
  return `${converter}.noise.drawn`;
}

/** The graph input of one standard normal for each conversion. */
export function noiseDrawInput(converter: string): string {
  return `${converter}.noiseDraw`;
}

const ADC_CLIP = /^(.+\.adc\.\d+(?:\.\d+)*)\.clip$/;
/** The sum of a strip's converted inputs, that digital zero points are multiplied by. */
const TOTAL = /\.total\.\d+$/;
/** How an ADC's name goes on after its layer's. */
const ADC_END = /\.adc\.\d+(\.\d+)?$/;
const DAC_CODE = /^(.+\.dac)\.code$/;

/** The converters of a program's graph that have errors, in its order. */
export function erringConverters({
  graph,
  layers,
  profile,
}: Pick<Program, 'graph' | 'layers' | 'profile'>): ErringConverter[] {
  const { converters } = profile;
  const columns = new Map(layers.map((layer) => [layer.name, layer.columns]));
  const shapes = inferShapes(graph);
  return graph.nodes.flatMap((node) => {
    const adc = ADC_CLIP.exec(node.name)?.[1];
    const name = adc ?? DAC_CODE.exec(node.name)?.[1];
    const kind = adc === undefined ? 'dac' : 'adc';
    const { errors } = converters[kind];
    if (name === undefined || errors === null) return [];
    const tiles = columns.get(name.replace(ADC_END, ''));
    const { design } = errors;
    const tables =
      adc === undefined || design === null
        ? null
        : {
            bits: Math.log2(2 * topOf(graph, node.inputs[2]!) + 1),
            adcs: adcsOfColumns(tiles!, design.columns),
            isByColumn: design.kind === 'ramp',
          };
    const width = shapes.get(node.outputs[0]!)!.shape.at(-1) as number;
    return [{ name, kind, width, errors, tables }];
  });
}

/**
 * Adds the errors of converters to a program's graph, around the rounding that it holds. In LSB, u the share of the
 * range, held within -1 to 1:
 *
 *     ADC: code = round(clip(v + inl(v/top))),   v = gain y + offset + noise z
 *     DAC: value = gain (code + inl(code/top)) + offset + noise z
 *
 * An ADC of a design has a table of its codes in place of the rounding: code = table(clip(...)).
 *
 * Gains, offsets, noise and normals are graph inputs: `chip/converter-draws.ts` has their draws.
 *
 * @param graph A program's, as compiled. Live reads, counters and the removal of converters come after it.
 */
export function withConverterErrors(graph: Graph, erring: readonly ErringConverter[]): Graph {
  if (erring.length === 0) return graph;
  const shapes = inferShapes(graph);
  const byName = new Map(erring.map((converter) => [converter.name, converter]));
  const builder = buildGraph(graph.name, { ...graph, nodes: [] });
  const changed = new Map<string, string>();
  for (const node of graph.nodes) {
    const inputs = TOTAL.test(node.name)
      ? [withoutErrors(node.inputs[0]!), ...node.inputs.slice(1)]
      : node.inputs.map((input) => changed.get(input) ?? input);
    const adc = byName.get(ADC_CLIP.exec(node.name)?.[1] ?? '');
    if (adc !== undefined) {
      const top = topOf(graph, node.inputs[2]!);
      const shape = shapes.get(node.inputs[0]!)!.shape;
      const shifted = drawn(builder, adc, inputs[0]!);
      const noisy = adc.errors.noiseStdLsb > 0 ? noise(adc.name, shifted, shape) : shifted;
      inputs[0] = bent(builder, `${adc.name}.error`, noisy, adc.errors.inl, top);
    }
    const rounding = byName.get(roundingOf(node) ?? '');
    if (rounding !== undefined && rounding.tables !== null) {
      // The clipped value and its code are all that is left of a rounding by table.
      if (node.name.endsWith('.code'))
        lookUp(builder, rounding, rounding.tables, `${rounding.name}.clip`, node.outputs);
      continue;
    }
    builder.nodes(node.op, inputs, node.outputs.length, node);
    const dac = byName.get(DAC_CODE.exec(node.name)?.[1] ?? '');
    if (dac !== undefined) {
      const code = node.outputs[0]!;
      const clip = graph.nodes.find(({ name }) => name === `${dac.name}.clip`)!;
      const level = bent(builder, `${dac.name}.error`, code, dac.errors.inl, topOf(graph, clip.inputs[2]!));
      const value = drawn(builder, dac, level);
      const { shape } = shapes.get(code)!;
      changed.set(code, dac.errors.noiseStdLsb > 0 ? noise(dac.name, value, shape) : value);
    }
  }
  return builder.finish();

  /** The codes themselves, of which a digital zero point is a multiple: it knows nothing of the errors of the DAC. */
  function withoutErrors(value: string): string {
    const slice = graph.nodes.find(({ op, outputs }) => op === 'Slice' && outputs[0] === value);
    const code = slice?.inputs[0] ?? '';
    if (!changed.has(code)) return value;
    return builder.node('Slice', slice!.inputs, { name: `${slice!.name}.codes` });
  }

  function noise(name: string, value: string, shape: Graph['inputs'][number]['shape']): string {
    const std = builder.input(noiseInput(name), 'float32', [shape.at(-1)!]);
    const draw = builder.input(noiseDrawInput(name), 'float32', shape);
    const sized = builder.node('Mul', [draw, std], { name: `${name}.error.noise` });
    return builder.node('Add', [value, sized], { name: `${name}.error.noisy` });
  }
}

/** The last code of a converter: the upper bound of its Clip. */
function topOf(graph: Graph, bound: string): number {
  return Number(graph.initializers.get(bound)!.data[0]);
}

/** gain value + offset, where they err. */
function drawn(builder: GraphBuilder, { name, width, errors }: ErringConverter, value: string): string {
  let result = value;
  if (errors.gainStd > 0) {
    const gain = builder.input(gainInput(name), 'float32', [width]);
    result = builder.node('Mul', [result, gain], { name: `${name}.error.gained` });
  }
  if (errors.offsetStdLsb > 0) {
    const offset = builder.input(offsetInput(name), 'float32', [width]);
    result = builder.node('Add', [result, offset], { name: `${name}.error.shifted` });
  }
  return result;
}

/** value + inl(value/top). */
function bent(builder: GraphBuilder, name: string, value: string, inl: Inl | null, top: number): string {
  if (inl === null) return value;
  const share = builder.node('Mul', [value, builder.scalar(Math.fround(1 / top))], { name: `${name}.share` });
  const u = builder.node('Clip', [share, builder.scalar(-1), builder.scalar(1)], { name: `${name}.u` });
  const bend =
    inl.form === 'polynomial' ? polynomial(builder, name, u, inl.coefficients) : table(builder, name, u, inl);
  return builder.node('Add', [value, bend], { name: `${name}.bent` });
}

/** By Horner's rule. */
function polynomial(builder: GraphBuilder, name: string, u: string, coefficients: readonly number[]): string {
  const [last, ...others] = coefficients.map(Math.fround).reverse();
  return others.reduce(
    (sum, coefficient, i) =>
      builder.node(
        'Add',
        [builder.node('Mul', [u, sum], { name: `${name}.raised.${i}` }), builder.scalar(coefficient)],
        { name: `${name}.power.${i}` },
      ),
    builder.scalar(last!),
  );
}

/** Piecewise linear: the first value, and at each point a change of slope, (u - u_i) where it is above 0. */
function table(builder: GraphBuilder, name: string, u: string, inl: Extract<Inl, { form: 'table' }>): string {
  const slope = (i: number) =>
    i < 0 || i + 1 >= inl.u.length ? 0 : (inl.y[i + 1]! - inl.y[i]!) / (inl.u[i + 1]! - inl.u[i]!);
  let sum = builder.scalar(Math.fround(inl.y[0]!));
  inl.u.forEach((point, i) => {
    const above = builder.node(
      'Relu',
      [builder.node('Sub', [u, builder.scalar(Math.fround(point))], { name: `${name}.from.${i}` })],
      {
        name: `${name}.above.${i}`,
      },
    );
    const turn = Math.fround(slope(i) - slope(i - 1));
    const part = builder.node('Mul', [above, builder.scalar(turn)], { name: `${name}.part.${i}` });
    sum = builder.node('Add', [part, sum], { name: `${name}.sum.${i}` });
  });
  return sum;
}
