import { sliceCount } from '../compile/cells.ts';
import { sliceInputs } from '../compile/lower.ts';
import { type Program, targetWeights } from '../compile/program.ts';
import type { Compensation } from './compensation.ts';
import { createChipWriter } from './writer.ts';

/** Chips that the error is averaged over; their seeds lie far from those that anyone evaluates. */
const CHIPS = [0, 1, 2, 3].map((chip) => 2 ** 40 + chip);

/**
 * The relative weight error of each layer at a time and noise scale: rms(W' - W) / rms(W), W' being the effective
 * weights of a simulated chip, drift compensated, one read drawn; averaged over four chips. It matches the variance at
 * the layer's output, and is the target std that StochGRASP's loss pulls toward.
 *
 * @returns By layer name; 0 for a layer without any weight.
 */
export function layerWeightErrors(
  program: Program,
  at: { readonly seconds: number; readonly noise: number; readonly compensate: Compensation },
): Record<string, number> {
  const writer = createChipWriter(program);
  const errors: Record<string, number> = Object.fromEntries(program.layers.map((layer) => [layer.name, 0]));
  for (const chip of CHIPS) {
    const weights = writer.weights({ ...at, chip, read: 0, source: 'all' });
    for (const layer of program.layers) {
      let off = 0;
      let size = 0;
      layer.strips.forEach((_, strip) => {
        const target = targetWeights(layer, strip);
        const slices = sliceInputs(layer.name, strip, sliceCount(layer.cells));
        const written = slices.map((name) => weights[name]!.data as Float32Array);
        const zero = layer.zero?.subarray(strip * layer.out, (strip + 1) * layer.out);
        for (let i = 0; i < target.length; i++) {
          let weight = zero === undefined ? 0 : zero[i % layer.out]!;
          for (const slice of written) weight += slice[i]!;
          off += (weight - target[i]!) ** 2;
          size += target[i]! ** 2;
        }
      });
      if (size > 0) errors[layer.name] = errors[layer.name]! + Math.sqrt(off / size) / CHIPS.length;
    }
  }
  return errors;
}
