import { createChipWriter } from '../../src/chip/writer.ts';
import type { MappingOptions } from '../../src/compile/cells.ts';
import { sliceInputs } from '../../src/compile/lower.ts';
import { compileProgram, defaultOptions, type Program } from '../../src/compile/program.ts';
import { buildGraph } from '../../src/graph/build.ts';
import { float32 } from '../../src/graph/graph.ts';
import { mapping } from './mappings.ts';
import { toyProfile } from './toy.ts';

/*
 * What a spread of single cells makes of weights, by mapping: a matrix of 256 x 256 weights is written once, and its errors are
 * held against closed forms and against what CrossSim 3.2 gave for a matrix of its own (E w^2 = 0.497, mean size 0.678), over
 * the largest weight.
 */

export const SIZE = 256;
export const N = SIZE * SIZE;

/** Relative spread of cells: 2 % of gMax, or of the conductance. */
export const M = 0.02;

/** cos of angles spread evenly, from -1 to 1: E w^2 = 1/2. */
export const WEIGHTS = Float32Array.from({ length: N }, (_, i) =>
  Math.cos(2 * Math.PI * ((i * (Math.sqrt(5) - 1)) / 2)),
);

/** One layer of these weights on one tile of cells up to 1 uS. */
export async function mappedProgram(
  how: MappingOptions,
  gMin: number,
  noise: 'independent' | 'proportional',
  std = M,
): Promise<Program> {
  const builder = buildGraph('layer');
  builder.input('x', 'float32', ['B', SIZE]);
  builder.constant('w', float32([SIZE, SIZE], WEIGHTS));
  builder.node('MatMul', ['x', 'w'], { name: 'layer', outputs: ['y'] });
  builder.output('y', 'float32', ['B', SIZE]);
  const coefficients = noise === 'independent' ? [std] : [0, std];
  const profile = await toyProfile({
    cell: { gMin: `${gMin} uS`, gMax: '1 uS' },
    writing: { std: { form: 'polynomial', coefficients, unit: 'uS' } },
    array: { rows: SIZE, columns: 16 * (SIZE + 1) },
  });
  return compileProgram(
    builder.finish(),
    ['layer'],
    profile,
    { ...defaultOptions(profile), mapping: how },
    null,
  );
}

/** W' - W of a fresh chip. */
export function mappedErrors({ layers, ...rest }: Program): Float64Array {
  const writer = createChipWriter({ layers, ...rest });
  const state = { chip: 3, seconds: 0, noise: 1, read: 0, source: 'all', compensate: 'none' } as const;
  const names = sliceInputs('layer', 0, rest.options.mapping.slices);
  const sum = (feeds: ReturnType<typeof writer.targets>) => {
    const total = new Float64Array(N);
    for (const name of names) {
      const slice = feeds[name]!.data as Float32Array;
      for (let i = 0; i < N; i++) total[i]! += slice[i]!;
    }
    return total;
  };
  const targets = sum(writer.targets());
  return sum(writer.weights(state)).map((w, i) => w - targets[i]!);
}

export function spread(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

/** Five standard errors of the std of n draws, relative: sqrt((k - 1)/(4 n)), k the kurtosis, at most 6 for these mixtures. */
export const FIVE = 5 * Math.sqrt(5 / (4 * N));

export const ratio = 0.1;
export const D = 1 - ratio;
const meanSize = 2 / Math.PI;

/** One mapping and one kind of spread. */
export interface MappingCase {
  readonly name: string;
  readonly how: Partial<MappingOptions>;
  /** Of gMax. */
  readonly gMin: number;
  /** A spread of gMax, or of the present conductance. */
  readonly noise: 'independent' | 'proportional';
  /** Relative spread; 2 %. */
  readonly std?: number;
  readonly closedForm: number;
  /** How far beyond a sample's error the closed form may be off, relative, for what it leaves out; 0. */
  readonly leftOut?: number;
  /** Null where CrossSim has no such mapping. */
  readonly crossSim: number | null;
}

/** CrossSim's uniform errors are of a width, within half of it to either side: its std is by sqrt(12) less. */
const UNIFORM = M / Math.sqrt(12);

const oneSided = { name: 'one-sided pairs', how: {} } as const;
const twoSided = { name: 'two-sided pairs', how: { kind: 'pair-two-sided' } } as const;
const offset = { name: 'an offset', how: { kind: 'offset' } } as const;
const RATIO = { gMin: ratio } as const;
const INFINITE = { gMin: 0 } as const;
const independent = { noise: 'independent' } as const;
const proportional = { noise: 'proportional' } as const;

function slicedCase(
  name: string,
  kind: MappingOptions['kind'],
  slices: number,
  k: number,
  crossSim: number | null,
) {
  const how = { kind, weightBits: 8, slices };
  return {
    name: `${name} in ${slices} slices`,
    how,
    ...RATIO,
    ...independent,
    closedForm: sliced(k, slices),
    crossSim,
  };
}

/**
 * Of a cell at 0 whose noise is cut off there half the variance is left: 1.5 cells' worth for one-sided pairs. Of the others
 * without a gMin the cells within reach of 0 lose some of it: the closed form leaves that out.
 */
export const MAPPING_CASES: readonly MappingCase[] = [
  { ...oneSided, ...RATIO, ...independent, closedForm: (Math.SQRT2 * M) / D, crossSim: 0.03144 },
  {
    ...oneSided,
    ...INFINITE,
    ...independent,
    closedForm: Math.sqrt(1.5) * M,
    leftOut: 0.01,
    crossSim: 0.02439,
  },
  {
    ...oneSided,
    ...RATIO,
    ...proportional,
    closedForm: (M / D) * Math.sqrt(2 * ratio ** 2 + 2 * ratio * D * meanSize + D ** 2 / 2),
    crossSim: 0.0164,
  },
  { ...oneSided, ...INFINITE, ...proportional, closedForm: M * Math.sqrt(1 / 2), crossSim: 0.0141 },
  {
    ...oneSided,
    ...RATIO,
    ...independent,
    std: UNIFORM,
    closedForm: (Math.SQRT2 * UNIFORM) / D,
    crossSim: 0.00908,
  },
  { ...twoSided, ...RATIO, ...independent, closedForm: (Math.SQRT2 * M) / D, crossSim: 0.03142 },
  { ...twoSided, ...INFINITE, ...independent, closedForm: Math.SQRT2 * M, leftOut: 0.03, crossSim: 0.02774 },
  {
    ...twoSided,
    ...RATIO,
    ...proportional,
    closedForm: (M / D) * Math.sqrt(2 * (0.55 ** 2 + 0.45 ** 2 / 2)),
    crossSim: 0.01994,
  },
  {
    ...twoSided,
    ...INFINITE,
    ...proportional,
    closedForm: M * Math.sqrt(2 * (0.25 + 0.25 / 2)),
    crossSim: 0.01731,
  },
  {
    ...twoSided,
    ...RATIO,
    ...independent,
    std: UNIFORM,
    closedForm: (Math.SQRT2 * UNIFORM) / D,
    crossSim: 0.00908,
  },
  { ...offset, ...RATIO, ...independent, closedForm: (2 * M) / D, crossSim: 0.04449 },
  { ...offset, ...INFINITE, ...independent, closedForm: 2 * M, leftOut: 0.03, crossSim: 0.03912 },
  {
    ...offset,
    ...RATIO,
    ...proportional,
    closedForm: ((2 * M) / D) * Math.sqrt(0.55 ** 2 + 0.45 ** 2 / 2),
    crossSim: 0.02821,
  },
  {
    ...offset,
    ...INFINITE,
    ...proportional,
    closedForm: 2 * M * Math.sqrt(0.25 + 0.25 / 2),
    crossSim: 0.02444,
  },
  { ...offset, ...RATIO, ...independent, std: UNIFORM, closedForm: (2 * UNIFORM) / D, crossSim: 0.01282 },
  {
    name: 'a unit column',
    how: { kind: 'offset-unit-column' },
    ...RATIO,
    ...independent,
    closedForm: (Math.SQRT2 * 2 * M) / D,
    crossSim: null,
  },
  {
    name: 'single devices',
    how: { kind: 'single-device' },
    ...RATIO,
    ...independent,
    closedForm: (2 * M) / D,
    crossSim: null,
  },
  slicedCase('pairs', 'pair-one-sided', 2, Math.SQRT2, 0.0596),
  slicedCase('pairs', 'pair-one-sided', 4, Math.SQRT2, 0.0491),
  slicedCase('an offset', 'offset', 2, 1, 0.0422),
  slicedCase('an offset', 'offset', 4, 1, 0.0348),
  slicedCase('a unit column', 'offset-unit-column', 4, Math.SQRT2, null),
];

/** The std of the errors of a case's weights. */
export async function mappedStd({ how, gMin, noise, std }: MappingCase): Promise<number> {
  return spread(mappedErrors(await mappedProgram(mapping(how), gMin, noise, std)));
}

/** k (m/D) (2^b - 1) sqrt(sum over s of 4^(b s)) / (2^(B-1) - 1), B = 8. */
function sliced(k: number, slices: number): number {
  const b = 8 / slices;
  let sum = 0;
  for (let s = 0; s < slices; s++) sum += 4 ** (b * s);
  return (k * (M / D) * (2 ** b - 1) * Math.sqrt(sum)) / 127;
}
