import { presentConductances } from '../chip/conductances.ts';
import { refuseLiveReads } from '../chip/wired-cells.ts';
import { type ChipState, createChipWriter } from '../chip/writer.ts';
import { drawnProducts, readProduct, withLiveReads } from '../compile/live-reads.ts';
import { stripProduct } from '../compile/lower.ts';
import {
  type CompileOptions,
  compileProgram,
  defaultOptions,
  type LayerRanges,
  type Program,
  targetWeights,
  tileCount,
} from '../compile/program.ts';
import { BadFileError } from '../core/errors.ts';
import { refuseExisting, writeFileAtomic } from '../core/files.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';
import { createLiveDraws } from '../evaluate/live-draws.ts';
import { buildGraph } from '../graph/build.ts';
import { float32, type Graph, type Tensor } from '../graph/graph.ts';
import { loadProfile } from '../profile/load.ts';
import type { Engine, Feeds } from '../runtime/engine.ts';
import { openEngine } from '../runtime/open.ts';
import { type Matrix, productError, readMatrix } from './tile-matrix.ts';
import { adcRanges, clippedShare, inputRanges, saturatedShare } from './tile-ranges.ts';
import { productsApart, seenThroughWires, type WireCost, weightsWithoutWires } from './tile-wires.ts';

export interface TileJob {
  /** Safetensors with `weight` `[in, out]`. */
  readonly weight: string;
  /** Safetensors with `input` `[B, in]`. */
  readonly input: string;
  readonly profile: string;
  readonly out: string;
  readonly at: number;
  readonly tile?: { readonly rows: number; readonly columns: number };
  /** What the DAC and the ADC carry, in units of the input and of the output; `auto`: the largest that occurs. */
  readonly inputRange: number | 'auto';
  readonly adcRange: number | 'auto';
  readonly noiseScale: number;
  /** frozen: one read of the cells for all inputs; live: a new one for each product. */
  readonly read: 'frozen' | 'live';
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
 * so nothing saturates. Matrices of zeros give exact zeros. Where the profile has wires, the output and the effective weights
 * are those that the terminals see.
 *
 * @throws BadFileError if a matrix is missing, of another shape, or not finite; UsageError for an age without support.
 */
export async function tile(job: TileJob): Promise<TileResult> {
  refuseExisting(job.out, job.force);
  const weight = await readMatrix(job.weight, 'weight', '[in, out]');
  const input = await readMatrix(job.input, 'input', '[B, in]');
  if (input.columns !== weight.rows) {
    throw new BadFileError(
      job.input,
      `"input" must have the ${weight.rows} columns that "weight" has rows, got ${input.columns}; transpose one of them`,
    );
  }
  const profile = await loadProfile(job.profile);
  if (job.read === 'live') refuseLiveReads(profile);
  const base = defaultOptions(profile);
  const options: CompileOptions = { ...base, tile: job.tile ?? base.tile };
  const graph = productGraph(weight);
  const withRanges = (range: LayerRanges, how: CompileOptions) =>
    compileProgram(graph, [LAYER], profile, how, new Map([[LAYER, range]]));

  const exact = compileProgram(graph, [LAYER], profile, options, null);
  const layer = exact.layers[0]!;
  const state = { chip: job.seed, seconds: job.at, noise: job.noiseScale };
  const asRead: ChipState = { ...state, read: 0, source: 'all', compensate: 'none' };
  const read = chipFeeds(exact, asRead, job.read, input.rows);
  const cells = presentConductances(exact, state, () => undefined);

  const engine = await openEngine('onnxruntime');
  const inputRange = inputRanges(job.inputRange, layer, input);
  const unconverted = { ...options, adc: { ...options.adc, bits: null } };
  const noAdc = withRanges({ input: inputRange, adc: new Float32Array() }, unconverted);
  const products = await stripProducts(engine, noAdc, input, read);
  const adc = adcRanges(job.adcRange, layer, products, job.weight);
  const program = withRanges({ input: inputRange, adc }, options);
  const whole = read.isLive ? withLiveReads(program.graph, program.layers) : program.graph;
  const [output] = await run(engine, whole, input, read.feeds, ['output']);

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
    shares: layer.cells.map(({ share }) => share).join(', '),
    unit: 'microsiemens',
  };
  await writeFileAtomic(job.out, encodeSafetensors(saved, metadata));

  let wires: WireCost | null = null;
  if (wired !== null) {
    const others = await stripProducts(engine, noAdc, input, {
      feeds: weightsWithoutWires(exact, asRead),
      isLive: false,
    });
    const { solves, iterations } = wired.effort;
    const relativeRmsError = productsApart(products, others);
    wires = { relativeRmsError, solves, iterationsPerSolve: iterations / Math.max(1, solves) };
  }
  const result = {
    out: job.out,
    shape: { in: weight.rows, out: weight.columns, batch: input.rows },
    tiles: tileCount(layer),
    relativeRmsError: productError(output!, input, weight),
    clippedInputs: options.dac.bits === null ? null : clippedShare(layer, input, inputRange),
    saturatedConversions: options.adc.bits === null ? null : saturatedShare(layer, products, adc),
    wires,
  };
  return { ...result, lines: linesOf(result) };
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What the graphs are fed of the chip; `isLive` where it has reads that are new at each product. */
interface ChipFeeds {
  readonly feeds: Feeds;
  readonly isLive: boolean;
}

/** The chip's weights or, for live reads, their means, variances and draws: those of an input are keyed by its row. */
function chipFeeds(program: Program, state: ChipState, read: TileJob['read'], rows: number): ChipFeeds {
  const writer = createChipWriter(program);
  if (read === 'frozen') return { feeds: writer.weights(state), isLive: false };
  const { weights, variances } = writer.live(state);
  if (variances === null) return { feeds: weights, isLive: false };
  const graph = withLiveReads(program.graph, program.layers);
  const draws = createLiveDraws(drawnProducts(graph, program.layers), () => 1);
  const indices = Array.from({ length: rows }, (_, row) => row);
  const shape = [Math.max(2, rows), 1] as const;
  return { feeds: { ...weights, ...variances, ...draws.fill({ indices, shape }, state) }, isLive: true };
}

/** The graph of one product, which the compiler takes as a model of one layer. */
function productGraph(weight: Matrix): Graph {
  const builder = buildGraph('tile');
  builder.input('input', 'float32', ['B', weight.rows]);
  builder.constant('weight', float32([weight.rows, weight.columns], weight.data));
  builder.node('MatMul', ['input', 'weight'], { name: LAYER, outputs: ['output'] });
  builder.output('output', 'float32', ['B', weight.columns]);
  return builder.finish();
}

/** The product of each strip in output units, `[B, out]`: what its ADCs meet. */
function stripProducts(
  engine: Engine,
  program: Program,
  input: Matrix,
  chip: ChipFeeds,
): Promise<Float32Array[]> {
  const graph = chip.isLive ? withLiveReads(program.graph, program.layers) : program.graph;
  const builder = buildGraph(graph.name, graph, false);
  const { out, strips } = program.layers[0]!;
  const names = strips.map((_, strip) => {
    const product = stripProduct(LAYER, strip);
    return chip.isLive ? readProduct(product) : product;
  });
  for (const name of names) builder.output(name, 'float32', ['B', out]);
  return run(engine, builder.finish(), input, chip.feeds, names);
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
      return (values as Float32Array).slice(0, rows * shape[1]!);
    });
  } finally {
    await session.release();
  }
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
          `of which the wires: ${percent(wires.relativeRmsError, 'undefined')} (rms of what they change, relative to the product without them, before the ADC; ${wires.solves} solves of ${wires.iterationsPerSolve.toPrecision(3)} iterations)`,
        ]),
    `written to ${result.out}`,
  ];
}
