import type { Bundle } from '../compile/bundle.ts';
import type { MappingOptions } from '../compile/cells.ts';
import type { Bits, Program, ProgramLayer } from '../compile/program.ts';
import { packageVersion } from '../core/paths.ts';
import type { SplitName, Task } from '../data/task.ts';
import { conditions } from '../evaluate/plan.ts';
import type { ArmRecord, IdealCheck, LayerRecord, RunRecord } from '../evaluate/run-record.ts';
import { conductionText } from '../profile/build-conduction.ts';
import { profileFacts } from '../profile/facts.ts';
import type { ConverterErrors, Variation } from '../profile/profile.ts';
import type { Engine } from '../runtime/engine.ts';
import type { Machine } from '../runtime/machine.ts';
import type { EvaluateJob } from './evaluate.ts';
import { learnedSpread } from './learned-spread.ts';

export interface NamedBundle {
  readonly arm: string;
  readonly folder: string;
  readonly bundle: Bundle;
}

/** What `run.json` says of a run: everything that its rows depend on, and nothing that changes from one start to the next. */
export function planRecord(
  job: EvaluateJob,
  arms: readonly NamedBundle[],
  known: {
    task: Task;
    split: SplitName;
    examples: number;
    /** SHA-256 of the examples as the model takes them, with their labels. */
    data: string;
    engine: Engine;
    ideal: IdealCheck;
    machine: Machine;
  },
): RunRecord {
  const { task, engine } = known;
  const { node, platform, arch, cpu, features } = known.machine;
  return {
    schemaVersion: 1,
    tool: { name: 'holdfast', version: packageVersion() },
    seed: job.seed,
    task: {
      name: task.name,
      split: known.split,
      examples: known.examples,
      sha256: known.data,
      origin: task.origin,
      licence: task.licence,
      kind: task.kind,
      labels: task.labels,
      mainMetric: task.metrics[0]!,
      metrics: task.metrics,
    },
    arms: arms.map(armRecord),
    chips: Array.from({ length: job.chips }, (_, chip) => job.seed + chip),
    times: job.at,
    noises: job.noise,
    conditions: conditions(job.at, job.noise, job.cross),
    reads: job.reads,
    readMode: job.read,
    ...(job.temperature === undefined ? {} : { kelvin: job.temperature }),
    ...(job.cycles === undefined ? {} : { cycles: job.cycles }),
    compensate: job.compensate,
    sources: job.ablate === undefined || job.ablate.length === 0 ? ['all'] : job.ablate,
    engine: { name: engine.name, version: engine.version, threads: 1 },
    machine: { node, platform, arch, cpu, features },
    idealCheck: known.ideal,
    notes: limitNotes(known.examples, task[known.split].length, known.split),
    simulated: ofAllArms(arms, ({ bundle }) => simulated(bundle, job)),
    notSimulated: ofAllArms(arms, ({ bundle }) => notSimulated(bundle.program, job.read)),
    ...job.remarks,
  };
}

/** The items of all arms, each once; with the names of its arms where it is not one of all. */
function ofAllArms(
  arms: readonly NamedBundle[],
  itemsOf: (named: NamedBundle) => readonly string[],
): string[] {
  const armsOf = new Map<string, string[]>();
  for (const named of arms) {
    for (const item of itemsOf(named)) armsOf.set(item, [...(armsOf.get(item) ?? []), named.arm]);
  }
  return [...armsOf].map(([item, names]) =>
    names.length === arms.length ? item : `${item} (${names.join(', ')} only)`,
  );
}

/** `--limit` must not pass for the whole split. */
function limitNotes(examples: number, all: number, split: SplitName): string[] {
  return examples === all ? [] : [`Only the first ${examples} of ${all} ${split} examples were run.`];
}

function armRecord({ arm, bundle }: NamedBundle): ArmRecord {
  const { manifest, program, sha256 } = bundle;
  const source = manifest.sources.adapters[0];
  const { profile } = program;
  return {
    arm,
    bundle: { name: manifest.name, sha256 },
    model: manifest.sources.model,
    adapter: source === undefined ? null : source,
    profile: {
      name: profile.name,
      sha256: profile.sha256,
      description: profile.description,
      source: profile.provenance.source,
      facts: profileFacts(profile).facts,
      referenceSeconds: profile.referenceSeconds,
    },
    deployment: manifest.options.deployment,
    layers: program.layers.map((layer) => layerRecord(layer, bundle)),
  };
}

function layerRecord(layer: ProgramLayer, { manifest, digital, program }: Bundle): LayerRecord {
  const { rows, columns } = program.options.tile;
  const tiles = layer.strips.length * layer.columns.length;
  return {
    name: layer.name,
    in: layer.in,
    out: layer.out,
    tiles,
    rows: Math.max(...layer.strips.map(([from, to]) => to - from)),
    columns: Math.max(...layer.columns.map(([from, to]) => to - from)),
    utilisation: (layer.in * layer.out) / (tiles * rows * columns),
    weightError: learnedSpread(layer.name, manifest.sources.adapters[0], digital) ?? null,
  };
}

const CELLS_OF_A_WEIGHT = {
  'pair-one-sided': 'conductance pairs',
  'pair-two-sided': 'conductance pairs around the middle of the range',
  offset: 'single cells around a digital zero point',
  'offset-unit-column': 'single cells beside a column of zero-point cells',
  'single-device': 'single cells from the least to the greatest weight',
} as const;

function mappingText({ kind, weightBits, slices, inputSliceBits }: MappingOptions): string {
  const parts: string[] = [CELLS_OF_A_WEIGHT[kind]];
  if (weightBits !== null)
    parts.push(`weights of ${weightBits} bits in ${slices} slice${slices === 1 ? '' : 's'}`);
  if (inputSliceBits !== null)
    parts.push(`inputs ${inputSliceBits} bit${inputSliceBits === 1 ? '' : 's'} at a time`);
  return parts.join(', ');
}

function simulated(bundle: Bundle, job: EvaluateJob): string[] {
  const { profile, options } = bundle.program;
  const said = [
    `${mappingText(options.mapping)} on arrays of ${options.tile.rows} x ${options.tile.columns}, scaled by ${options.mapping.scale}`,
  ];
  if (profile.writing !== null) said.push('writing (programming) noise of each cell, once a chip');
  if (profile.variation !== null) said.push(`variation of conductance ${variationLevels(profile.variation)}`);
  if (profile.faults !== null)
    said.push('stuck cells, drawn once a chip: neither written nor drifting, but read');
  if (profile.drift !== null) said.push('conductance drift with an exponent of its own for each cell');
  if (job.temperature !== undefined) said.push(`chips at ${job.temperature} K`);
  if (job.cycles !== undefined)
    said.push(
      `cells after ${job.cycles} write cycles: what writing still reaches, and cells that have failed among the stuck ones`,
    );
  if (profile.readNoise !== null) {
    said.push(
      job.read === 'live'
        ? 'read noise, new at each product: drawn at its outputs, with the variance that its cells and inputs give'
        : 'read noise, one draw for a whole evaluation',
    );
  }
  if (profile.wires !== null)
    said.push(
      `resistance of the wires, each tile solved exactly as a circuit (cells of a weight ${profile.wires.layout}, driven at ${profile.wires.driver === 'one-end' ? 'one end' : 'both ends'})`,
    );
  if (profile.conduction !== null) said.push(conductionText(profile.conduction));
  if (profile.telegraph !== null) {
    said.push(
      job.read === 'live'
        ? 'telegraph noise, new at each product, by its mean and variance'
        : 'telegraph noise, one state of each cell for a whole evaluation',
    );
  }
  const { dac, adc } = profile.converters;
  said.push(
    ...converterTexts('input converters (DAC)', options.dac, dac.errors),
    ...converterTexts(
      'output converters (ADC), one conversion a column and row block,',
      options.adc,
      adc.errors,
    ),
  );
  if (job.compensate !== 'none')
    said.push(
      `drift compensated by one gain for each ${job.compensate === 'global' ? 'chip' : job.compensate} from a reference read`,
    );
  return said;
}

/** `by place on the wafer, chip, column and cell`. */
function variationLevels(variation: Variation): string {
  const levels = (['wafer', 'chip', 'column', 'cell'] as const)
    .filter((level) => variation[level] !== 0)
    .map((level) => (level === 'wafer' ? 'place on the wafer' : level));
  return `by ${levels.length > 1 ? `${levels.slice(0, -1).join(', ')} and ${levels.at(-1)}` : levels[0]}`;
}

function converterTexts(name: string, { bits, range }: Bits, errors: ConverterErrors | null): string[] {
  if (bits === null) return [];
  const rule = range?.rule ?? 'calibrated';
  const kind = rule === 'percentile' ? 'calibrated' : rule;
  const said = [`${name} of ${bits} bits with a static, ${kind} range`];
  if (errors === null) return said;
  const { gainStd, offsetStdLsb, noiseStdLsb, inl, design } = errors;
  const what = [
    ...(gainStd > 0 ? ['gain'] : []),
    ...(offsetStdLsb > 0 ? ['offset'] : []),
    ...(inl === null ? [] : ['integral non-linearity']),
    ...(design === null ? [] : [`the parts of a ${design.kind}`]),
  ];
  if (what.length > 0)
    said.push(`errors of the ${name.slice(0, name.indexOf(')') + 1)}: ${what.join(', ')}, once a chip`);
  if (noiseStdLsb > 0)
    said.push(
      `thermal noise of the ${name.slice(0, name.indexOf(')') + 1)}, new at each conversion, whatever the read noise is`,
    );
  return said;
}

function notSimulated({ profile, options }: Program, read: EvaluateJob['read']): string[] {
  const isErring = (['dac', 'adc'] as const).some(
    (kind) => options[kind].bits !== null && profile.converters[kind].errors !== null,
  );
  const { notModelled } = profile.provenance;
  // A profile that extends another one may model what its base does not.
  const sections = [
    { names: /\bwires?\b/iu, isModelled: profile.wires !== null, text: 'resistance of the wires' },
    { names: /\btemperature\b/iu, isModelled: profile.temperature !== null, text: 'temperature' },
    ...(profile.endurance === null
      ? []
      : [{ names: /\bendurance\b/iu, isModelled: true, text: 'endurance' }]),
    ...(profile.conduction === null
      ? []
      : [{ names: /current-voltage/iu, isModelled: true, text: 'non-linear current-voltage curve' }]),
    { names: /\bstuck\b/iu, isModelled: profile.faults !== null, text: 'stuck cells' },
  ];
  return [
    ...notModelled.filter(
      (effect) => !sections.some(({ names, isModelled }) => isModelled && names.test(effect)),
    ),
    ...sections.flatMap(({ names, isModelled, text }) =>
      isModelled || notModelled.some((effect) => names.test(effect)) ? [] : [text],
    ),
    ...(read === 'frozen' ? ['read noise that is new at each product'] : []),
    isErring
      ? 'errors of the converters that the profile does not give'
      : 'noise, offset and gain errors of the converters',
    'energy, latency and area',
    'embeddings, attention products, norms, softmax, adapter, head and partial sums: they are digital and exact to float32',
  ];
}
