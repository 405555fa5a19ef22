import { lookup } from '../core/table.ts';
import type { Tensor } from '../graph/graph.ts';
import { float32 } from '../graph/graph.ts';
import { cellLaws, firstAge } from '../profile/cell-laws.ts';
import { type Program, type ProgramLayer, perWeight } from './program.ts';

/** Standard deviations that a chip in spec stays within on every column: 2 in 10^9 a column are missed. */
export const TOLERANCE_DEVIATIONS = 6;

/**
 * A product for each strip, to accept or reject a chip by: `<layer>.<strip>.input` `[1, R]`, `.output` and `.tolerance`
 * `[1, out]`, in weight units, read at the first age that the profile's source supports (the reference read as a rule),
 * before the ADC; slices and the digital zero point are in it.
 *
 * The input is fixed: x_i = 2 frac((i + 1) phi) - 1 with phi the golden ratio, well spread and the same everywhere.
 * The output is computed in float64 in row order from the model's own weights as the targets give them. The tolerance
 * is 6 standard deviations of writing and one read, plus the shift that the clipping of low cells at 0 can cause.
 */
export function validationVectors(program: Program): Map<string, Tensor> {
  const vectors = new Map<string, Tensor>();
  for (const layer of program.layers) {
    layer.strips.forEach((_, strip) => {
      const { input, output, tolerance } = stripVector(program, layer, strip);
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

function stripVector(program: Program, layer: ProgramLayer, strip: number) {
  const laws = cellLaws(program.profile, firstAge(program.profile));
  const { gMaxMicrosiemens: gMax } = laws;
  const [from, to] = layer.strips[strip]!;
  const input = validationInput(to - from);
  const output = new Float64Array(layer.out);
  const variance = new Float64Array(layer.out);
  const shift = new Float64Array(layer.out);
  const cells = layer.cells.map((cell) => ({
    share: cell.share,
    targets: perWeight(layer, cell, cell.targets, [from, to]),
  }));
  for (let row = from; row < to; row++) {
    const x = input[row - from]!;
    for (let column = 0; column < layer.out; column++) {
      const at = (row - from) * layer.out + column;
      const unit = layer.scale[strip * layer.out + column]!;
      const zero = layer.zero === null ? 0 : layer.zero[strip * layer.out + column]!;
      let weight = 0;
      for (const { share, targets } of cells) {
        const g = targets[at]!;
        const size = Math.abs(x * unit * share);
        weight += share * g;
        const level = g / gMax;
        const write = laws.writeStd === null ? 0 : lookup(laws.writeStd, level);
        const read = laws.readStd === null ? 0 : lookup(laws.readStd, level) * g;
        variance[column] = variance[column]! + size ** 2 * (write * write + read * read);
        // A Gaussian cut off at 0 moves its mean by at most std / sqrt(2 pi), where the target is 0.
        if (write > 0 && g < 3 * write) shift[column] = shift[column]! + size * write * 0.4;
        if (laws.writeMeanShift !== null) {
          shift[column] = shift[column]! + size * Math.abs(lookup(laws.writeMeanShift, level));
        }
      }
      output[column] = output[column]! + x * weight * unit + x * zero;
    }
  }
  const tolerance = Float32Array.from(output, (value, column) => {
    const rounding = 2 ** -20 * (Math.abs(value) + 1);
    return TOLERANCE_DEVIATIONS * Math.sqrt(variance[column]!) + shift[column]! + rounding;
  });
  return { input, output, tolerance };
}
