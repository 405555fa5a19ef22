import { BadFileError } from '../core/errors.ts';
import { HEAD_ACTIVATIONS } from '../graph/activate.ts';
import { type AdapterOptions, type Head, METHODS, type MethodName } from './adapter.ts';
import type { Must } from './method.ts';
import { methodNamed } from './methods.ts';

export const SCHEMA_VERSION = 1;

/** What an adapter keeps of its model. */
export interface ModelMark {
  readonly name: string;
  readonly sha256: string;
  /** Tells how the classes of transformers name its layers. Absent in files of models that are none of theirs. */
  readonly family?: string;
}

/** `adapter.json`: what an adapter is and what it was made for. */
export interface AdapterFile {
  readonly schemaVersion: number;
  readonly method: MethodName;
  readonly options: AdapterOptions;
  /** Null: the adapter has none. */
  readonly head: Head | null;
  readonly model: ModelMark;
  readonly tensorsSha256: string;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly versions: Readonly<Record<string, string>>;
  /** How it was trained: task, loop and loss settings, target source. Free form, for the reader. */
  readonly training?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads the text of an `adapter.json`. @throws BadFileError, naming the field, if anything is not as it must be */
export function parseAdapterJson(text: string, where: string): AdapterFile {
  const json = parse(text, where);
  if (json.schemaVersion !== SCHEMA_VERSION) {
    throw new BadFileError(
      where,
      `"schemaVersion" must be ${SCHEMA_VERSION}, got ${shown(json.schemaVersion)}; train again with this version`,
    );
  }
  const must = (name: string, value: unknown, holds: boolean, what: string): void => {
    if (!holds) throw new BadFileError(where, `"${name}" must be ${what}, got ${shown(value)}; train again`);
  };
  const { method, options, head, model } = json;
  must(
    'method',
    method,
    METHODS.some((known) => known === method),
    `one of ${METHODS.join(', ')}`,
  );
  for (const key of ['options', 'model']) must(key, json[key], isRecord(json[key]), 'an object');
  const name = (value: unknown) => typeof value === 'string';
  must('tensorsSha256', json.tensorsSha256, name(json.tensorsSha256), 'a text');
  for (const key of ['name', 'sha256']) {
    must(`model.${key}`, (model as Json)[key], name((model as Json)[key]), 'a text');
  }
  const { family } = model as Json;
  must('model.family', family, family === undefined || name(family), 'a text');
  checkOptions(options as Json, must);
  methodNamed(method as MethodName).checkOptions(options as Json, must);
  must('head', head, head === null || isRecord(head), 'an object, or null');
  if (head !== null) checkHead(head as Json, must);
  return json as unknown as AdapterFile;
}

/** What the options of all methods have. */
function checkOptions({ layers, seed, targetStd }: Json, must: Must): void {
  must('options.layers', layers, isNames(layers), 'a list of different names');
  must('options.seed', seed, isWhole(seed, 0), 'a whole number of at least 0');
  if (targetStd === undefined) return;
  must('options.targetStd', targetStd, isRecord(targetStd), 'an object');
  for (const [layer, std] of Object.entries(targetStd as Json)) {
    must(`options.targetStd.${layer}`, std, typeof std === 'number' && std > 0, 'a number above 0');
  }
}

function checkHead({ width, outputs, scale, labels, layers }: Json, must: Must): void {
  must('head.width', width, isWhole(width, 1), 'a whole number of at least 1');
  must('head.outputs', outputs, isWhole(outputs, 1), 'a whole number of at least 1');
  must('head.scale', scale, typeof scale === 'number', 'a number');
  const fits = isNames(labels) && (labels.length === 0 || labels.length === outputs);
  must('head.labels', labels, fits, 'a list of different names, one for each output or none');
  if (layers !== undefined) checkHeadLayers(layers, must);
}

function checkHeadLayers(layers: unknown, must: Must): void {
  must('head.layers', layers, isRecord(layers), 'an object');
  const { input, dense, last, isBare } = layers as Json;
  const places = ['pooled', 'firstToken'];
  must('head.layers.input', input, places.includes(input as string), `one of ${places.join(', ')}`);
  must('head.layers.last', last, typeof last === 'string', 'a text');
  must('head.layers.isBare', isBare, isBare === undefined || isBare === true, 'true or absent');
  if (dense === undefined) return;
  must('head.layers.dense', dense, isRecord(dense), 'an object');
  const { name, activation } = dense as Json;
  must('head.layers.dense.name', name, typeof name === 'string' && name !== last, 'a name of its own');
  const isKnown = HEAD_ACTIVATIONS.some((known) => known === activation);
  must('head.layers.dense.activation', activation, isKnown, HEAD_ACTIVATIONS.join(' or '));
}

function parse(text: string, where: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadFileError(
      where,
      `must be JSON, got ${(error as Error).message}; write it again with "holdfast train"`,
      error,
    );
  }
  if (isRecord(json)) return json;
  throw new BadFileError(
    where,
    `must be a JSON object, got ${shown(json)}; write it again with "holdfast train"`,
  );
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string') &&
    new Set(value).size === value.length
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
