import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { EngineError } from '../core/errors.ts';
import type { DataType, Graph, Tensor, TensorData, ValueInfo } from '../graph/graph.ts';
import { encodeModelApart, type ModelApart } from '../graph/write.ts';
import type { Engine, Feeds, Session, SessionOptions } from './engine.ts';
import { checkFeeds, wantedOutputs } from './feeds.ts';
import { liftConstants } from './lift-constants.ts';

type Ort = typeof import('onnxruntime-node');

const OPTIMIZE = { all: 'all', extended: 'extended', basic: 'basic', none: 'disabled' } as const;

/** Only what makes the process end is logged: every lesser fault comes back as an error. */
const FATAL = 4;

/** Where the package or its binary for this machine is absent. */
const CURE =
  'run "npm install onnxruntime-node@1.30.0" in the folder that holds holdfast, on one of its platforms';

/**
 * Opens ONNX Runtime (its CPU provider). This is the one file that imports onnxruntime-node.
 *
 * @throws EngineError if the package is absent or has no binary for this machine, with the cure.
 */
export async function openOnnxRuntime(): Promise<Engine> {
  const ort = await importOnnxRuntime();
  return {
    name: 'onnxruntime',
    version: ort.env.versions.node ?? ort.env.versions.common,
    load: (graph, options = {}) => load(ort, graph, options),
  };
}

async function importOnnxRuntime(): Promise<Ort> {
  try {
    const module = await import('onnxruntime-node');
    // Read once, when the first session is made; otherwise the probe for graphics cards writes warnings to stderr.
    module.env.logLevel = 'fatal';
    return module;
  } catch (error) {
    throw new EngineError(
      'onnxruntime',
      `the package onnxruntime-node must load, got "${firstLine(error)}" from importing it; ${CURE}`,
      error,
    );
  }
}

async function load(ort: Ort, graph: Graph | Uint8Array, options: SessionOptions): Promise<Session> {
  const where = graph instanceof Uint8Array ? 'onnxruntime' : `onnxruntime: graph "${graph.name}"`;
  let session: InferenceSession;
  const { inner, lifted } = liftConstants(graph, options.embeddedBytes);
  const { model, weights } = inner instanceof Uint8Array ? whole(inner) : encodeModelApart(inner);
  try {
    session = await ort.InferenceSession.create(model, {
      ...(weights.size === 0
        ? {}
        : { externalData: Array.from(weights, ([path, data]) => ({ path, data })) }),
      executionProviders: ['cpu'],
      logSeverityLevel: FATAL,
      enableMemPattern: options.memoryPattern ?? false,
      graphOptimizationLevel: OPTIMIZE[options.optimize ?? 'all'],
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads, interOpNumThreads: 1 }),
      ...(options.freeDimensions === undefined ? {} : { freeDimensionOverrides: options.freeDimensions }),
    });
  } catch (error) {
    throw new EngineError(
      where,
      `the model must be one that ONNX Runtime can load, got "${firstLine(error)}"; check the graph`,
      error,
    );
  }
  const inputs = session.inputMetadata.map(valueInfo).filter(({ name }) => !lifted.has(name));
  const constants = toOrt(ort, Object.fromEntries(lifted));
  let open = true;
  return {
    async run(feeds, outputs) {
      if (!open)
        throw new EngineError(where, 'the session must be open, got a released one; load the graph again');
      checkFeeds(where, inputs, feeds, options.freeDimensions);
      const wanted = wantedOutputs(where, session.outputNames, outputs);
      try {
        return fromOrt(await session.run({ ...toOrt(ort, feeds), ...constants }, [...wanted]));
      } catch (error) {
        throw new EngineError(
          where,
          `the graph must run, got "${firstLine(error)}"; check the feeds' sizes`,
          error,
        );
      }
    },
    async release() {
      if (!open) return;
      open = false;
      await session.release();
    },
  };
}

function whole(model: Uint8Array): ModelApart {
  return { model, weights: new Map() };
}

function valueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor) {
    throw new EngineError(
      'onnxruntime',
      `input "${metadata.name}" must be a tensor, got another kind of value; change the model`,
    );
  }
  return { name: metadata.name, dtype: metadata.type as DataType, shape: metadata.shape };
}

/** Wraps feeds without copying their arrays. */
function toOrt(ort: Ort, feeds: Feeds): Record<string, OrtTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [
      name,
      new ort.Tensor(feed.dtype, feed.data as Float32Array, feed.shape) as OrtTensor,
    ]),
  );
}

function fromOrt(values: InferenceSession.OnnxValueMapType): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const { type, dims, data } = value as OrtTensor;
      return [name, { dtype: type as DataType, shape: [...dims], data: data as TensorData }];
    }),
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
