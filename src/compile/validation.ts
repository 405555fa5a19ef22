import { exp } from '../core/math.ts';
import { lookup, type Table } from '../core/table.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { type CellLaws, cellLaws, firstAge } from '../profile/cell-laws.ts';
import { type Program, type ProgramLayer, perWeight, targetsOf } from './program.ts';

/** Standard deviations that a chip in spec stays within on every column: 2 in 10^9 a column are missed. */
export const TOLERANCE_DEVIATIONS = 6;

/**
 * A product for each strip, to accept or reject a chip by: `<layer>.<strip>.input` `[1, R]`, `.output` and `.tolerance`
 * `[1, out]`, in weight units, read at the first age that the profile's source supports (the reference read as a rule),
 * before the ADC; slices and the digital zero point are in it.
 *
 * The input is fixed: x_i = 2 frac((i + 1) phi) - 1 with phi the golden ratio, well spread and the same everywhere.
 * The output is computed in float64 in row order from the model's own weights as the targets give them, through the wires where
 * there are some. The tolerance is 6 standard deviations of writing, variation and one read, plus what shifts a mean: the
 * clipping of low cells at 0, writing, drift until that age, telegraph noise, the place on the wafer. Stuck cells are not in it:
 * a chip that shows them is out of spec.
 *
 * @param seen The conductances of each kind of a layer's cells as its terminals see them, microsiemens; default: the targets.
 */
export function validationVectors(
  program: Program,
  seen: (layer: ProgramLayer) => readonly Float32Array[] = targetsOf,
): Map<string, Tensor> {
  const vectors = new Map<string, Tensor>();
  for (const layer of program.layers) {
    const conductances = seen(layer);
    layer.strips.forEach((_, strip) => {
      const { input, output, tolerance } = stripVector(program, layer, strip, conductances);
      vectors.set(`${layer.name}.${strip}.input`, float32([1, input.length], input));
      vectors.set(`${layer.name}.${strip}.output`, { dtype: 'float64', shape: [1, layer.out], data: output });
      vectors.set(`${layer.name}.${strip}.tolerance`, float32([1, layer.out], tolerance));
    });
  }
  return vectors;
}

/** The fixed input of a strip: values in (-1, 1). */
export function validationInput(rows: number): Float32Array {
  const phi = (Math.sqrt(5) - 1) / 2;
  return Float32Array.from({ length: rows }, (_, row) => {
    const turn = (row + 1) * phi;
    return 2 * (turn - Math.floor(turn)) - 1;
  });
}

function stripVector(program: Program, layer: ProgramLayer, strip: number, seen: readonly Float32Array[]) {
  const laws = cellLaws(program.profile, firstAge(program.profile));
  const [from, to] = layer.strips[strip]!;
  const input = validationInput(to - from);
  const { out } = layer;
  const output = new Float64Array(out);
  const variance = new Float64Array(out);
  const shift = new Float64Array(out);
  /** What all cells of a column together add to its output. */
  const ofCells = new Float64Array(out);
  const { wafer = 0, chip = 0, column: ofColumn = 0 } = program.profile.variation ?? {};
  layer.cells.forEach((cell, kind) => {
    const targets = perWeight(layer, cell, cell.targets, [from, to]);
    const conductances = perWeight(layer, cell, seen[kind]!, [from, to]);
    const ofKind = new Float64Array(out);
    for (let row = from; row < to; row++) {
      for (let column = 0; column < out; column++) {
        const at = (row - from) * out + column;
        const unit = input[row - from]! * layer.scale[strip * out + column]! * cell.share;
        const spread = cellSpread(laws, targets[at]!);
        ofKind[column] = ofKind[column]! + unit * conductances[at]!;
        variance[column] = variance[column]! + unit ** 2 * spread.variance;
        shift[column] = shift[column]! + Math.abs(unit) * spread.shift;
      }
    }
    ofKind.forEach((sum, column) => {
      ofCells[column] = ofCells[column]! + sum;
      variance[column] = variance[column]! + (ofColumn * sum) ** 2;
    });
  });
  for (let row = from; row < to && layer.zero !== null; row++) {
    for (let column = 0; column < out; column++)
      output[column] = output[column]! + input[row - from]! * layer.zero[strip * out + column]!;
  }
  const tolerance = Float32Array.from(ofCells, (sum, column) => {
    output[column] = output[column]! + sum;
    const rounding = 2 ** -20 * (Math.abs(output[column]!) + 1);
    const deviation = Math.sqrt(variance[column]! + (chip * sum) ** 2);
    return TOLERANCE_DEVIATIONS * deviation + shift[column]! + 0.5 * Math.abs(wafer * sum) + rounding;
  });
  return { input, output, tolerance };
}

/** Variance and largest shift of the mean of one cell at its target, one read drawn: microsiemens squared, microsiemens. */
function cellSpread(laws: CellLaws, target: number): { readonly variance: number; readonly shift: number } {
  const level = target / laws.gMaxMicrosiemens;
  const of = (table: Table | null) => (table === null ? 0 : lookup(table, level));
  const write = of(laws.writeStd);
  const [probability, amplitude] = [of(laws.telegraphProbability), of(laws.telegraphAmplitude)];
  const telegraph = probability * (1 - probability) * amplitude ** 2;
  // A Gaussian cut off at 0 moves its mean by at most std / sqrt(2 pi), where the target is 0.
  const clipped = write > 0 && target < 3 * write ? 0.4 * write : 0;
  const drifted =
    1 - exp(-laws.driftLog * (Math.abs(of(laws.driftExponentMean)) + 3 * of(laws.driftExponentStd)));
  return {
    variance: write ** 2 + target ** 2 * (of(laws.readStd) ** 2 + laws.cellVariation ** 2 + telegraph),
    shift: clipped + Math.abs(of(laws.writeMeanShift)) + target * (drifted + probability * amplitude),
  };
}
