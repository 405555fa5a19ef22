/**
 * The public API of holdfast: what the command line is made of. Each job of the command line is a function here
 * (`train`, `compile`, `evaluate`, …); beneath them stand the parts that a program of one's own may want.
 */

export type { Adapter, AdapterOptions, Head, MethodName } from './adapter/adapter.ts';
export { METHODS, trainableCounts } from './adapter/adapter.ts';
export { attachAdapter } from './adapter/attach.ts';
export { loadAdapter, saveAdapter } from './adapter/file.ts';
export { foldAdapter } from './adapter/fold.ts';
export { presentConductances } from './chip/conductances.ts';
export { layerWeightErrors } from './chip/weight-error.ts';
export { type WriteTileJob, type WrittenTile, writeTile } from './chip/write-tile.ts';
export { type ChipState, type ChipWriter, createChipWriter } from './chip/writer.ts';
export { type Bundle, readBundle } from './compile/bundle.ts';
export type { Manifest } from './compile/manifest.ts';
export { compileProgram, defaultOptions, type Program, type ProgramLayer } from './compile/program.ts';
export { HoldfastError } from './core/errors.ts';
export { type Progress, silentProgress } from './core/progress.ts';
export { type Stream, stream } from './core/stream.ts';
export type { Example, Task } from './data/task.ts';
export { type AdcArchitecture, type DrawnAdc, drawAdc } from './device/adc-architectures.ts';
export { type AihwkitTileJob, aihwkitTile } from './device/aihwkit-semantics.ts';
export type { SimulatedCells, SimulatedRow } from './device/simulate.ts';
export { type ProfileCells, simulateProfile as simulateCells } from './device/simulate-profile.ts';
export type { WiredArray, WireJob, WireResistances, WireSolver } from './device/wires/circuit.ts';
export {
  type ArrayReducer,
  createArrayReducer,
  type EffectiveConductances,
} from './device/wires/effective.ts';
export { type WiredProducts, wiredProducts } from './device/wires/products.ts';
export { createWireSolver } from './device/wires/solver.ts';
export type { RunRecord } from './evaluate/run-record.ts';
export { parseSamples, type Sample } from './evaluate/sample.ts';
export { check } from './flow/check.ts';
export { type CompareJob, type CompareRow, compare } from './flow/compare.ts';
export { type CompileJob, compile } from './flow/compile.ts';
export { demo } from './flow/demo.ts';
export { type EvaluateJob, evaluate } from './flow/evaluate.ts';
export { predict } from './flow/predict.ts';
export { writeReport } from './flow/report.ts';
export { type TrainJob, type TrainResult, train } from './flow/train.ts';
export { type SeedsResult, trainSeeds } from './flow/train-seeds.ts';
export { verify } from './flow/verify.ts';
export { buildGraph, type GraphBuilder } from './graph/build.ts';
export { addGradients } from './graph/gradient.ts';
export type { Graph, Node, Tensor } from './graph/graph.ts';
export { type LinearLayer, linearLayers } from './graph/linear-layers.ts';
export { printGraph } from './graph/print.ts';
export { encodeModel } from './graph/write.ts';
export { loadModel } from './model/load.ts';
export type { Model } from './model/model.ts';
export { listProfiles, loadProfile } from './profile/load.ts';
export type { DeviceProfile } from './profile/profile.ts';
export { openEngine } from './runtime/open.ts';
