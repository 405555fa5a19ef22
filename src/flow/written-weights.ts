import type { Adapter } from '../adapter/adapter.ts';
import { methodNamed } from '../adapter/methods.ts';
import type { Compensation } from '../chip/compensation.ts';
import { createLayerWriter } from '../chip/layer-weights.ts';
import type { ChipState } from '../chip/writer.ts';
import { bundleAt, readBundle } from '../compile/bundle.ts';
import { compileProgram, defaultOptions } from '../compile/program.ts';
import { BadFileError, UsageError } from '../core/errors.ts';
import { words } from '../core/philox.ts';
import { stream } from '../core/stream.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { linearLayers } from '../graph/linear-layers.ts';
import type { Model } from '../model/model.ts';
import { checkAge } from '../profile/cell-laws.ts';
import { loadProfile } from '../profile/load.ts';
import { profileAt } from '../profile/temperature.ts';
import type { StepWeights } from '../tune/step-weights.ts';
import { optionName } from './option-name.ts';

/** A chip that is trained on: a new one at each step, or one of a bundle. */
export interface WrittenJob {
  /** Profile of the chips, of which each step sees a freshly written one. */
  readonly writeNoise?: string;
  /** The die to adapt to: a bundle and the chip's seed. */
  readonly chip?: { readonly bundle: string; readonly seed: number };
  /** Age in seconds (0 if absent), noise scale (1) and compensation of drift (none) of the chips. */
  readonly writeNoiseAt?: number;
  readonly writeNoiseScale?: number;
  readonly compensate?: Compensation;
  /** Write cycles that each cell of the chips has been through; default: fresh cells. */
  readonly cycles?: number;
}

/** The weights that training sees, and what says which they are. */
export interface Written {
  readonly weights: StepWeights;
  /** Of one die: its weights as an evaluation of it reads them. Null where each step has a chip of its own. */
  readonly die: (() => Readonly<Record<string, Tensor>>) | null;
  /** Which chips these are: for the run's fingerprint and for `adapter.json`. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** Chips that training writes, and reads that it makes of a die, lie far from those that anyone evaluates. */
const FIRST_CHIP = 2 ** 52;
const FIRST_READ = 2 ** 12;

/**
 * The written weights that a job asks to be trained on; null where it asks for none.
 *
 * `writeNoise`: at each step the weights of a chip that no other step sees, its seed drawn from (seed, step). `chip`: at
 * each step a new read of the one die. Both without converters.
 *
 * @throws UsageError if both are asked for, or an age, noise scale or cycles without either, or an age or cycles that the
 *   profile does not support; BadFileError if the bundle is of
 *   another model or has its adapter folded into the cells
 */
export async function writtenWeights(job: WrittenJob, model: Model, seed: number): Promise<Written | null> {
  const {
    writeNoise,
    chip,
    writeNoiseAt: seconds = 0,
    writeNoiseScale: noise = 1,
    compensate = 'none',
    cycles = null,
  } = job;
  if (writeNoise !== undefined && chip !== undefined) {
    throw new UsageError('--chip', 'must stand without --write-noise, got both; leave one out');
  }
  const state = { seconds, noise, compensate, source: 'all' } as const;
  if (chip !== undefined) return ofDie(chip, state, cycles, model);
  if (writeNoise !== undefined) return ofNewChips(writeNoise, state, cycles, model, seed);
  const stray = (['writeNoiseAt', 'writeNoiseScale', 'compensate', 'cycles'] as const).find(
    (name) => job[name] !== undefined,
  );
  if (stray === undefined) return null;
  throw new UsageError(
    optionName(stray),
    'must go with --write-noise or --chip, got neither; say which chips are trained on',
  );
}

/**
 * A chip's weights stay as they were written, so a method that trains them cannot be trained on a chip.
 * @throws UsageError for such a method
 */
export function checkWrittenMethod(adapter: Adapter, graph: Graph): void {
  const weights = new Set(linearLayers(graph).map((layer) => layer.weight));
  const replaced = methodNamed(adapter.method).replaced(graph, adapter);
  if (![...replaced.keys()].some((name) => weights.has(name))) return;
  throw new UsageError(
    '--method',
    `must leave the weights of linear layers as they are with --write-noise and --chip, got ${adapter.method}, which trains them; choose another method`,
  );
}

type State = Omit<ChipState, 'chip' | 'read'>;

async function ofNewChips(
  name: string,
  state: State,
  cycles: number | null,
  model: Model,
  seed: number,
): Promise<Written> {
  const profile = await profileAt(await loadProfile(name), null, cycles);
  checkAge(profile, state.seconds);
  const layers = linearLayers(model.graph).map((layer) => layer.name);
  const writer = createLayerWriter(
    compileProgram(model.graph, layers, profile, defaultOptions(profile), null),
  );
  return {
    weights: {
      layers,
      at: (step) => writer.weights({ ...state, chip: chipOf(seed, step), read: 0 }),
    },
    die: null,
    record: { writeNoise: profile.name, profileSha256: profile.sha256, ...state, ...worn(cycles) },
  };
}

/** The seed of the chip that a step sees: 52 bits of a stream of its own. */
function chipOf(seed: number, step: number): number {
  const [high, low] = words(stream(seed, 'train-chip', step), 2);
  return FIRST_CHIP + high! * 2 ** 20 + (low! >>> 12);
}

async function ofDie(
  die: { bundle: string; seed: number },
  state: State,
  cycles: number | null,
  model: Model,
): Promise<Written> {
  const { manifest, program } = await bundleAt(await readBundle(die.bundle), null, cycles);
  const { sources, options, files } = manifest;
  if (sources.model.sha256 !== model.sha256) {
    throw new BadFileError(
      die.bundle,
      `must be compiled from model "${model.name}" (sha-256 ${model.sha256.slice(0, 12)}), got "${sources.model.name}" (${sources.model.sha256.slice(0, 12)}); pass the model of the bundle`,
    );
  }
  if (options.deployment !== 'digital') {
    throw new BadFileError(
      die.bundle,
      "must hold the model's own weights in its cells, got an adapter folded into them; compile it with --deploy digital",
    );
  }
  checkAge(program.profile, state.seconds);
  const writer = createLayerWriter(program);
  const read = (event: number) => writer.weights({ ...state, chip: die.seed, read: event });
  const { readNoise, telegraph } = program.profile;
  const isStill = readNoise === null && telegraph === null;
  let first: Readonly<Record<string, Tensor>> | null = null;
  return {
    weights: {
      layers: program.layers.map((layer) => layer.name),
      at: (step) => {
        // Without noise of reads each is the same: the writer's arrays keep it, unless an evaluation came between.
        if (!isStill || first === null) first = read(FIRST_READ + step);
        return first;
      },
    },
    die: () => {
      first = null;
      return read(0);
    },
    record: {
      chip: die.seed,
      tilesSha256: files['tiles.safetensors'],
      profile: program.profile.name,
      profileSha256: program.profile.sha256,
      ...state,
      ...worn(cycles),
    },
  };
}

/** What a record says of the chips' write cycles: nothing of fresh cells. */
function worn(cycles: number | null): { readonly cycles?: number } {
  return cycles === null ? {} : { cycles };
}
