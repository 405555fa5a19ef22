import { currentRanges } from '../calibrate/current-range.ts';
import { matrixGraph } from '../chip/matrix-graph.ts';
import { countSaturation } from '../compile/count-saturation.ts';
import { readProduct } from '../compile/live-reads.ts';
import { sliceProducts } from '../compile/lower.ts';
import {
  type CompileOptions,
  compileProgram,
  defaultOptions,
  type LayerRanges,
  type Program,
  productCounts,
  targetWeights,
  tileCount,
} from '../compile/program.ts';
import { BadFileError } from '../core/errors.ts';
import { writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import { buildGraph } from '../graph/build.ts';
import { float32, type Graph, type Tensor } from '../graph/graph.ts';
import { loadProfile } from '../profile/load.ts';
import type { MappingKind } from '../profile/mapping.ts';
import { profileAt } from '../profile/temperature.ts';
import type { Engine, Feeds } from '../runtime/engine.ts';
import { openEngine } from '../runtime/open.ts';
import { chosenMapping } from './chosen-mapping.ts';
import { noisyTile } from './noisy-tile.ts';
import { type CellChoice, checkCellChoice, tileCells } from './tile-cells.ts';
import { type Matrix, productError, readMatrix } from './tile-matrix.ts';
import { adcRanges, type Conversions, clippedShare, inputRanges, saturatedShare } from './tile-ranges.ts';
import { productsApart, seenThroughWires, type WireCost, weightsWithoutWires } from './tile-wires.ts';

export interface TileJob extends CellChoice {
  /** Safetensors with `weight` `[in, out]`. */
  readonly weight: string;
  /** Safetensors with `input` `[B, in]`. */
  readonly input: string;
  readonly profile: string;
  readonly out: string;
  readonly at: number;
  readonly tile?: { readonly rows: number; readonly columns: number };
  readonly mapping?: MappingKind;
  readonly slices?: number;
  readonly weightBits?: number;
  readonly inputSliceBits?: number;
  /** What the DAC and the ADC carry, in units of the input and of the output; `auto`: the largest that occurs. */
  readonly inputRange: number | 'auto';
  readonly adcRange: number | 'auto';
  readonly noiseScale: number;
  /** Kelvin; default: the profile's reference. */
  readonly temperature?: number;
  /** Write cycles that each cell has been through; default: fresh cells. */
  readonly cycles?: number;
  readonly seed: number;
  readonly force: boolean;
}

export interface TileResult {
  readonly out: string;
  readonly shape: { readonly in: number; readonly out: number; readonly batch: number };
  readonly tiles: number;
  /** rms(output - exact) / rms(exact), exact in float64; null where only the exact product is all zero. */
  readonly relativeRmsError: number | null;
  /** Shares of values beyond the range; null without that converter. */
  readonly clippedInputs: number | null;
  readonly saturatedConversions: number | null;
  /** What the resistance of the wires did; null without. */
  readonly wires: WireCost | null;
  readonly lines: readonly string[];
}

/** The layer's name: its chips are drawn from streams of this name. */
const LAYER = 'tile';

/**
 * Puts one weight matrix onto crossbars, writes and ages one chip, multiplies the input by one read of it, and saves
 * what went in and came out. An automatic range is that of this very product, a number a strip (input) or tile (ADC),
 * so nothing saturates; or the ADC's of full scale or of a fixed current, where the profile says so. Matrices of zeros give exact zeros. Where the profile has wires, the output and the effective weights
 * are those that the terminals see.
 *
 * @throws BadFileError if a matrix is missing, of another shape, or not finite; UsageError for an age without support.
 */
export async function tile(job: TileJob): Promise<TileResult> {
  await checkOutputFile(job.out, {
    force: job.force,
    inputs: { '--weight': job.weight, '--input': job.input, '--profile': job.profile },
  });
  const weight = await readMatrix(job.weight, 'weight', '[in, out]');
  const input = await readMatrix(job.input, 'input', '[B, in]');
  if (input.columns !== weight.rows) {
    throw new BadFileError(
      job.input,
      `"input" must have the ${weight.rows} columns that "weight" has rows, got ${input.columns}; transpose one of them`,
    );
  }
  const profile = await profileAt(
    await loadProfile(job.profile),
    job.temperature ?? null,
    job.cycles ?? null,
  );
  const base = defaultOptions(profile);
  const options: CompileOptions = {
    ...base,
    tile: job.tile ?? base.tile,
    mapping: chosenMapping(base.mapping, job),
  };
  checkCellChoice(profile, options.mapping, job);
  const graph = matrixGraph(LAYER, weight.data, weight.rows, weight.columns);
  const withRanges = (range: LayerRanges, how: CompileOptions) =>
    compileProgram(graph, [LAYER], profile, how, new Map([[LAYER, range]]));

  const exact = compileProgram(graph, [LAYER], profile, options, null);
  const layer = exact.layers[0]!;
  const state = {
    chip: job.seed,
    seconds: job.at,
    noise: job.noiseScale,
    read: 0,
    source: 'all',
    compensate: 'none',
  } as const;
  const { read, present: cells } = tileCells(exact, state, job);

  const engine = await openEngine('onnxruntime');
  const inputRange = inputRanges(job.inputRange, layer, input);
  const unconverted = { ...options, adc: { ...options.adc, bits: null } };
  const noAdc = withRanges({ input: inputRange, adc: new Float32Array() }, unconverted);
  const products = await conversions(engine, noAdc, noisyTile(noAdc, read, state, input.rows), input);
  const seen = adcRanges(job.adcRange, layer, products, job.weight);
  const adc = (job.adcRange === 'auto' ? currentRanges(exact, layer, inputRange) : null) ?? seen;
  const program = withRanges({ input: inputRange, adc }, options);
  const whole = noisyTile(program, read, state, input.rows);
  const { graph: counting, counters } = countSaturation(whole.graph);
  const hasErrors = profile.converters.adc.errors !== null;
  const shares = hasErrors ? counters.filter(({ kind }) => kind === 'adc').map(({ output }) => output) : [];
  const [output, ...saturated] = await run(engine, hasErrors ? counting : whole.graph, input, whole.feeds, [
    'output',
    ...shares,
  ]);

  const wired = seenThroughWires(exact, cells);
  const held = {
    ...layer,
    cells: layer.cells.map((cell) => ({
      ...cell,
      targets: (wired?.cells ?? cells).get(`${LAYER}.${cell.name}`)!.data as Float32Array,
    })),
  };
  const effective = new Float32Array(weight.data.length);
  layer.strips.forEach(([from], strip) => {
    effective.set(targetWeights(held, strip), from * weight.columns);
  });
  const saved = new Map<string, Tensor>([
    ['output', float32([input.rows, weight.columns], output!)],
    ['weightEffective', float32([weight.rows, weight.columns], effective)],
  ]);
  for (const { name, targets } of layer.cells) {
    const cell = cells.get(`${LAYER}.${name}`)!;
    saved.set(`target${capitalised(name)}`, float32(cell.shape, targets));
    saved.set(`cell${capitalised(name)}`, cell);
  }
  const metadata = {
    cells: layer.cells.map(({ name }) => name).join(', '),
    mapping: options.mapping.kind,
    noise: `${job.noiseScale}`,
    profile: profile.name,
    read: job.read,
    seconds: `${job.at}`,
    seed: `${job.seed}`,
    semantics: job.semantics ?? 'physical',
    ...(job.temperature === undefined ? {} : { kelvin: `${job.temperature}` }),
    ...(job.cycles === undefined ? {} : { cycles: `${job.cycles}` }),
    shares: layer.cells.map(({ share }) => share).join(', '),
    unit: 'microsiemens',
  };
  await writeFileAtomic(job.out, encodeSafetensors(saved, metadata));

  let wires: WireCost | null = null;
  if (wired !== null) {
    const before = ({ graph, feeds }: ReturnType<typeof noisyTile>) =>
      run(engine, graph, input, feeds, ['output']);
    const without = { weights: weightsWithoutWires(exact, state), variances: null };
    const seen = await before(noisyTile(noAdc, read, state, input.rows));
    const others = await before(noisyTile(noAdc, without, state, input.rows));
    const { arrays, flops } = wired;
    wires = { relativeRmsError: productsApart(seen, others), arrays, flops };
  }
  // With errors of its own an ADC meets other values than the products.
  const saturatedConversions =
    options.adc.bits === null
      ? null
      : hasErrors
        ? saturated.reduce((sum, share) => sum + share[0]!, 0) / saturated.length
        : saturatedShare(layer, products, adc);
  const result = {
    out: job.out,
    shape: { in: weight.rows, out: weight.columns, batch: input.rows },
    tiles: tileCount(layer),
    relativeRmsError: productError(output!, input, weight),
    clippedInputs: options.dac.bits === null ? null : clippedShare(layer, input, inputRange),
    saturatedConversions,
    wires,
  };
  return { ...result, lines: linesOf(result) };
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What the ADCs meet, in output units: the products of each strip and slice. */
async function conversions(
  engine: Engine,
  program: Program,
  { graph, feeds }: ReturnType<typeof noisyTile>,
  input: Matrix,
): Promise<Conversions[]> {
  const builder = buildGraph(graph.name, graph, false);
  const layer = program.layers[0]!;
  const made = new Set(graph.nodes.map(({ name }) => name));
  const counts = productCounts(program, layer);
  const names = layer.strips
    .flatMap((_, strip) => sliceProducts(LAYER, strip, counts))
    .map((product) => (made.has(readProduct(product)) ? readProduct(product) : product));
  const stack = counts.inputSlices === 1 ? [] : [counts.inputSlices];
  for (const name of names) builder.output(name, 'float32', [...stack, 'B', layer.out]);
  const products = await run(engine, builder.finish(), input, feeds, names);
  const size = input.rows * layer.out;
  return products.map((values) =>
    Array.from({ length: counts.inputSlices }, (_, part) => values.subarray(part * size, (part + 1) * size)),
  );
}

/** Runs a graph of the input and the strips' weights. A single row is sent twice: alone it differs in its last bits. */
async function run(
  engine: Engine,
  graph: Graph,
  { rows, columns, data }: Matrix,
  weights: Feeds,
  outputs: readonly string[],
): Promise<Float32Array[]> {
  const sent = new Float32Array(Math.max(2, rows) * columns);
  sent.set(data);
  if (rows === 1) sent.set(data, columns);
  const session = await engine.load(graph, { threads: 1 });
  try {
    const feeds = { input: float32([Math.max(2, rows), columns], sent), ...weights };
    const results = await session.run(feeds, outputs);
    return outputs.map((output) => {
      const { data: values, shape } = results[output]!;
      return wantedRows(values as Float32Array, shape, rows);
    });
  } finally {
    await session.release();
  }
}

/** The first rows of each matrix of a value, `[..., rows sent, columns]`; a number is left alone. */
function wantedRows(values: Float32Array, shape: readonly number[], rows: number): Float32Array {
  const [sent, columns] = shape.slice(-2);
  if (sent === undefined || columns === undefined) return values.slice();
  const wanted = new Float32Array((values.length / sent) * rows);
  for (let from = 0, to = 0; from < values.length; from += sent * columns, to += rows * columns) {
    wanted.set(values.subarray(from, from + rows * columns), to);
  }
  return wanted;
}

function linesOf(result: Omit<TileResult, 'lines'>): string[] {
  const { shape, tiles, relativeRmsError, clippedInputs, saturatedConversions, wires } = result;
  const percent = (share: number | null, none: string) =>
    share === null ? none : `${(100 * share).toPrecision(3)} %`;
  return [
    `${shape.in} x ${shape.out} weights on ${tiles} tile${tiles === 1 ? '' : 's'}, ${shape.batch} input${shape.batch === 1 ? '' : 's'}`,
    `error of the output: ${percent(relativeRmsError, 'undefined')} (rms, relative to the exact product)`,
    `clipped inputs: ${percent(clippedInputs, 'no DAC')}, saturated conversions: ${percent(saturatedConversions, 'no ADC')}`,
    ...(wires === null
      ? []
      : [
          `of which the wires: ${percent(wires.relativeRmsError, 'undefined')} (rms of what they change, relative to the product without them, before the ADC; ${wires.arrays} array${wires.arrays === 1 ? '' : 's'} solved by ${wires.flops.toExponential(1)} operations)`,
        ]),
    `written to ${result.out}`,
  ];
}
