import { layerWeightErrors } from '../chip/weight-error.ts';
import type { Program } from '../compile/program.ts';

/**
 * The target std of each layer of a program, by its name: its relative weight error at an age in seconds and a noise
 * scale, with global compensation of drift, as a deployed chip has it. What `train --profile` pulls StochGRASP's std
 * toward, and what `profile show` tells of a profile's mappings.
 */
export function targetSpreads(program: Program, seconds: number, noise: number): Record<string, number> {
  return layerWeightErrors(program, { seconds, noise, compensate: 'global' });
}
