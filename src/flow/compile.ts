import { type Adapter, headNames } from '../adapter/adapter.ts';
import { attachAdapter } from '../adapter/attach.ts';
import { checkAdapterModel, loadAdapter, type StoredAdapter } from '../adapter/file.ts';
import { foldAdapter } from '../adapter/fold.ts';
import { goesByCurrents } from '../calibrate/current-range.ts';
import { calibrateRanges, type Observed, programWeights } from '../calibrate/ranges.ts';
import { createWiredCells } from '../chip/wired-cells.ts';
import { writeBundle } from '../compile/bundle.ts';
import { withConduction } from '../compile/conduction.ts';
import type { AdapterSource, Manifest } from '../compile/manifest.ts';
import { mappingError, roundsWeights, withMappedWeights } from '../compile/mapped-graph.ts';
import {
  type CompileOptions,
  compileProgram,
  converterOf,
  defaultOptions,
  type Program,
  type ProgramLayer,
  type Ranges,
  targetsOf,
} from '../compile/program.ts';
import { validationVectors } from '../compile/validation.ts';
import { checkOutputFolder, writeFolderAtomic } from '../core/outputs.ts';
import { packageVersion } from '../core/paths.ts';
import { permutation } from '../core/philox.ts';
import type { Progress } from '../core/progress.ts';
import { stream } from '../core/stream.ts';
import { batches } from '../data/batches.ts';
import type { Columns } from '../data/custom-rows.ts';
import { splitOf } from '../data/task.ts';
import { modelFeeds } from '../evaluate/model-feeds.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import { prune } from '../graph/prune.ts';
import { loadModel, modelPath } from '../model/load.ts';
import type { Model } from '../model/model.ts';
import { loadProfile } from '../profile/load.ts';
import type { MappingKind } from '../profile/mapping.ts';
import type { Engine } from '../runtime/engine.ts';
import { openEngine } from '../runtime/open.ts';
import { chosenMapping } from './chosen-mapping.ts';
import { encodeSplit, openTask } from './encode-task.ts';
import { idealCheck } from './ideal-check.ts';

/** What `compile` puts onto tiles, and how. */
export interface CompileJob {
  readonly model: string;
  /** Of an ONNX model: a tokenizer.json, or a folder with one; default: the one beside it. */
  readonly tokenizer?: string;
  readonly adapter?: string;
  readonly profile: string;
  readonly out: string;
  readonly name?: string;
  readonly tile?: { readonly rows: number; readonly columns: number };
  readonly mapping?: MappingKind;
  readonly slices?: number;
  readonly weightBits?: number;
  readonly inputSliceBits?: number;
  readonly dacBits?: number;
  readonly adcBits?: number;
  readonly deploy: 'digital' | 'folded';
  /** Task whose training examples set the converter ranges; `data` is its folder. */
  readonly calibrateOn: string;
  readonly data?: string;
  /** Names of the columns of task `custom`. */
  readonly columns?: Columns;
  readonly seed: number;
  readonly force: boolean;
  readonly progress: Progress;
}

export interface CompileResult {
  readonly out: string;
  readonly name: string;
  readonly counts: Manifest['counts'];
  readonly idealCheck: Manifest['idealCheck'];
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
}

/** Training examples that the converter ranges are read off. */
const CALIBRATION_EXAMPLES = 256;
const CALIBRATION_BATCH = 16;

/** Compiles a model with its adapter for a device: twice, for the converter ranges come from running the first. */
export async function compile(job: CompileJob): Promise<CompileResult> {
  const { progress, out } = job;
  await checkOutputFolder(out, {
    force: job.force,
    inputs: {
      '--model': modelPath(job.model),
      '--tokenizer': job.tokenizer,
      '--adapter': job.adapter,
      // A name may be that of the folder too.
      '--profile': job.profile.endsWith('.json') ? job.profile : undefined,
      '--data': job.data,
    },
  });
  progress.stage('load');
  const [model, profile, engine, stored] = await Promise.all([
    loadModel(job.model, job.tokenizer),
    loadProfile(job.profile),
    openEngine('onnxruntime'),
    job.adapter === undefined ? null : loadAdapter(job.adapter),
  ]);
  if (stored !== null) checkAdapterModel(stored, model, job.adapter!);
  const options = compileOptions(job, defaultOptions(profile));
  const digital = attached(model, stored?.adapter ?? null, 'digital');
  const used = new Set(digital.nodes.map(({ name }) => name));
  const names = linearLayers(model.graph)
    .map(({ name }) => name)
    .filter((name) => used.has(name));
  const graph = job.deploy === 'digital' ? digital : attached(model, stored?.adapter ?? null, job.deploy);

  const exact = compileProgram(graph, names, profile, options, null);
  const feeds = await calibrationFeeds(job, model);
  const isRounded = roundsWeights(options.mapping, profile.levels);
  // Weights that the mapping rounds or clips make another digital model: it is that one that the ideal chip must equal.
  const reference = isRounded ? withMappedWeights(graph, exact) : digital;
  const check = await idealCheck(engine, reference, exact.graph, programWeights(exact), feeds[0]!);
  if (!check.passed) {
    progress.warn(
      `the ideal chip differs from the digital model by ${check.maxAbsoluteError}, more than ${check.bound}`,
    );
  }
  const program = await calibrated(job, engine, graph, names, isRounded ? reference : graph, exact, feeds);

  progress.stage('write');
  const wired = createWiredCells(program);
  const seen =
    wired === null ? undefined : (layer: ProgramLayer) => wired.seen(layer, targetsOf(layer)).cells;
  const name = job.name ?? [model.name, stored?.adapter.method ?? 'bare', profile.name].join('-');
  const manifest = await writeFolderAtomic(out, job.force, (folder) =>
    writeBundle(
      folder,
      program,
      digitalConstants(program, stored),
      new Map([...validationVectors(program, seen), ...check.vectors]),
      {
        name,
        sources: {
          model: { name: model.name, sha256: model.sha256 },
          adapters: stored === null ? [] : [adapterSource(stored)],
          profile: { name: profile.name, sha256: profile.sha256 },
        },
        options: { ...options, deployment: job.deploy },
        idealCheck: { maxAbsoluteError: check.maxAbsoluteError, bound: check.bound },
        labels: stored?.adapter.head?.labels ?? model.classifier?.labels ?? [],
        warnings: check.passed ? [] : ['the ideal chip is not the identity'],
        versions: { holdfast: packageVersion(), [engine.name]: engine.version },
      },
    ),
  );
  const { counts, warnings } = manifest;
  const rounded = isRounded ? [mappingLine(graph, exact)] : [];
  return {
    out,
    name,
    counts,
    idealCheck: manifest.idealCheck,
    warnings,
    lines: [
      `${name}: ${counts.layers} layers, ${counts.weights} weights in ${counts.cells} cells on ${counts.tiles} tiles`,
      ...rounded,
      `ideal chip against the digital model: largest difference ${check.maxAbsoluteError.toExponential(1)} (bound ${check.bound.toExponential(1)})`,
      `bundle in ${out}`,
    ],
  };
}

function compileOptions(job: CompileJob, base: CompileOptions): CompileOptions {
  return {
    ...base,
    tile: job.tile ?? base.tile,
    mapping: chosenMapping(base.mapping, job),
    dac: job.dacBits === undefined ? base.dac : { ...base.dac, bits: job.dacBits },
    adc: job.adcBits === undefined ? base.adc : { ...base.adc, bits: job.adcBits },
  };
}

/** The graph with the adapter in the digital periphery, or folded into the weights; a bare model gives `pooled`, or the logits of its own head. */
function attached(model: Model, adapter: Adapter | null, deploy: 'digital' | 'folded'): Graph {
  const own = withOwnHead(model);
  if (adapter === null) return own;
  const how = { parameters: 'constant', draws: 'none' } as const;
  const base = adapter.head === null ? own : model.graph;
  if (deploy === 'digital') return attachAdapter(base, adapter, how);
  const headOnly: Adapter = { ...adapter, method: 'head', options: { ...adapter.options, layers: [] } };
  return attachAdapter(foldAdapter(base, adapter), headOnly, how);
}

function withOwnHead({ graph, classifier }: Model): Graph {
  if (classifier === undefined) return graph;
  const outputs = classifier.graph.outputs.filter(({ name }) => name === 'logits');
  return prune({ ...classifier.graph, outputs });
}

/** What a mapping that rounds or clips has done to the weights. */
function mappingLine(graph: Graph, program: Program): string {
  const { mapping } = program.options;
  const clipped = program.layers.reduce((sum, layer) => sum + layer.clippedWeights, 0);
  const change = (100 * mappingError(graph, program)).toPrecision(3);
  return `weights mapped as ${mapping.kind}: changed by ${change} % (rms, relative), ${clipped} clipped`;
}

/** Seeded training examples in batches without padding. */
async function calibrationFeeds(job: CompileJob, model: Model): Promise<Record<string, Tensor>[]> {
  const task = await openTask(job.calibrateOn, job.data, job.columns);
  const train = splitOf(task, 'train');
  const chosen = permutation(train.length, stream(job.seed, 'calibrate')).subarray(0, CALIBRATION_EXAMPLES);
  const { examples } = encodeSplit(
    model,
    Array.from(chosen, (index) => train[index]!),
  );
  return batches(examples, {
    size: CALIBRATION_BATCH,
    order: 'length',
    padId: model.tokenizer.padId,
    equalLength: true,
  }).map(modelFeeds);
}

async function calibrated(
  job: CompileJob,
  engine: Engine,
  graph: Graph,
  names: readonly string[],
  mapped: Graph,
  exact: Program,
  feeds: readonly Record<string, Tensor>[],
): Promise<Program> {
  const { options, profile } = exact;
  if (converterOf(options.dac) === null && converterOf(options.adc) === null) return exact;
  // ADCs whose ranges go by what occurs meet one slice of the inputs at a time, or currents that are no multiple of the
  // input: both are there once the DAC has its range.
  const isOther = options.mapping.inputSliceBits !== null || profile.conduction?.inputs === 'amplitude';
  const again = isOther && converterOf(options.adc) !== null && !goesByCurrents(options.adc);
  job.progress.stage('calibrate', feeds.length * (again ? 2 : 1));
  const calibrate = (program: Program, observe: Observed, digital: Graph | null = null) =>
    calibrateRanges(engine, program, feeds, job.seed, () => job.progress.advance(), observe, digital);
  const compiled = (how: CompileOptions, ranges: Ranges) =>
    compileProgram(graph, names, profile, how, ranges, exact);
  // Where no product need be seen, whole weights give the layers the same inputs for less.
  const needsProducts = !again && !goesByCurrents(options.adc);
  const ranges = needsProducts
    ? await calibrate(exact, 'both')
    : await calibrate(exact, 'inputs', profile.wires === null ? mapped : null);
  if (!again) return compiled(options, ranges);
  const withoutAdcs = { ...options, adc: { ...options.adc, bits: null } };
  const driven = compiled(withoutAdcs, ranges);
  const sliced = await calibrate({ ...driven, graph: withConduction(driven.graph, driven) }, 'products');
  const both = new Map([...ranges].map(([name, { input }]) => [name, { input, adc: sliced.get(name)!.adc }]));
  return compiled(options, both);
}

/** What stays digital, for the reader: the layers' biases and the adapter's constants. */
function digitalConstants(program: Program, stored: StoredAdapter | null): Map<string, Tensor> {
  const constants = new Map<string, Tensor>();
  const onTiles = new Set(program.layers.map((layer) => layer.name));
  for (const node of program.graph.nodes) {
    if (node.op !== 'Add') continue;
    const layer = [...onTiles].find((name) => node.inputs[0] === name || node.inputs[0] === `${name}.sum`);
    const bias = program.graph.initializers.get(node.inputs[1] ?? '');
    if (layer !== undefined && bias?.shape.length === 1) constants.set(`${layer}.bias`, bias);
  }
  // Parameters that were trained whole are on the tiles and in the program itself.
  const whole = stored?.adapter.method === 'full';
  for (const [name, tensor] of stored?.adapter.tensors ?? []) {
    if (whole && !headNames(stored!.adapter).has(name)) continue;
    constants.set(`${stored!.adapter.method}/${name}`, tensor);
  }
  return constants;
}

function adapterSource({ adapter, file, sha256 }: StoredAdapter): AdapterSource {
  return {
    name: adapter.method,
    sha256,
    method: adapter.method,
    trainableParameters: file.trainableParameters,
    trainableParametersWithHead: file.trainableParametersWithHead,
    options: { ...adapter.options },
  };
}
