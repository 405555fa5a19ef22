/**
 * What an engine is. An engine turns a graph into a session, and a session turns feeds into outputs; that is all that
 * holdfast asks of a numeric library. There are two: ONNX Runtime runs the graph natively, and the tfjs engine
 * interprets the same graph operator by operator with tfjs operations, on whichever tfjs backend it was given.
 *
 * An engine holds no randomness and no state between runs: equal feeds on one machine, with one build of the engine and
 * equal options, give equal bytes. Across engines, and across CPUs, sums are taken in another order, so outputs agree
 * within rounding only. A product with a single row, and a weight that is an initializer instead of a feed, also differ
 * in their last bits: use two rows or more, and one form throughout a run.
 *
 * Weights may be feeds. A feed is read while `run` is under way and never kept or written to, so the caller may change
 * its array between runs; ONNX Runtime reads it in place, also from a view on a WebAssembly.Memory.
 */
import type { Graph, Tensor } from '../graph/graph.ts';

export type EngineName = 'onnxruntime' | 'tfjs-node' | 'tfjs-wasm' | 'tfjs-cpu';

export type Feeds = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
  /** Threads within one operator. Default: the engine's own choice, the physical cores. tfjs has no such setting. */
  readonly threads?: number;
  /** Plan memory ahead for repeated equal shapes. Default false: where lengths vary, it more than doubles memory. */
  readonly memoryPattern?: boolean;
  /** How far ONNX Runtime may rewrite the graph. Default `all`. tfjs runs the graph as it stands. */
  readonly optimize?: 'all' | 'extended' | 'basic' | 'none';
  /**
   * Constants of more bytes than this together are fed to each run in place, instead of being copied into the session:
   * half the memory, products some 8 % slower, and no limit of 2 GB. Default 1 GB. tfjs copies them always.
   */
  readonly embeddedBytes?: number;
  /** Sizes for symbolic dimensions, by name: feeds must then have them. */
  readonly freeDimensions?: Readonly<Record<string, number>>;
}

/** A loaded graph, ready to run any number of times. */
export interface Session {
  /**
   * Runs the graph once. `run` computes on the calling thread: it blocks the event loop until it is done.
   *
   * @param feeds a tensor for each graph input; their arrays are read in place.
   * @param outputs names of the outputs wanted; default all of the graph's.
   * @returns the outputs by name, in arrays of their own.
   * @throws EngineError if a feed is missing, unknown, or of the wrong type or shape, or if the engine fails.
   */
  run(feeds: Feeds, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees what the session holds. A later `run` is refused; a second `release` does nothing. */
  release(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** The library's own version, for `run.json`. */
  readonly version: string;
  /**
   * Makes a session of a graph, or of the bytes of an ONNX model.
   *
   * @throws EngineError if the engine cannot run it; BadFileError if the bytes are not an ONNX model.
   */
  load(graph: Graph | Uint8Array, options?: SessionOptions): Promise<Session>;
}
