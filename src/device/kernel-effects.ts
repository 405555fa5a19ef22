import type { WasmMemory } from '../core/wasm.ts';
import type { ArrayEffects } from './array-effects.ts';
import { lowerBound } from './faults.ts';

/** The kernels work on layers of at most so many columns. */
export const MOST_COLUMNS = 2 ** 17;

/** Stuck cells held at a time, of each kind of cell. */
const HELD = 2 ** 14;

/** Room for the factors and the stuck cells of two kinds. */
export const EFFECTS_BYTES = 2 * (4 * MOST_COLUMNS + 8 * HELD);

interface EffectsExports {
  setFactors(kind: number, factors: number, columns: number): void;
  setStuck(kind: number, positions: number, values: number, count: number): void;
}

/** Carries what an array does to its cells into the kernels' memory. `kind` is 0 for plus, 1 for minus. */
export interface EffectsRoom {
  setFactors(kind: number, effects: ArrayEffects | undefined): void;
  /**
   * The stuck ones among cells `from` to `to` of the layer.
   * @returns Up to which cell there was room for them: at most `to`, more than `from`.
   */
  setStuck(kind: number, effects: ArrayEffects | undefined, from: number, to: number): number;
}

/** @param start First of `EFFECTS_BYTES` bytes of the kernels' memory. @throws RangeError beyond `MOST_COLUMNS` factors */
export function effectsRoom(memory: WasmMemory, start: number, wasm: EffectsExports): EffectsRoom {
  const kindBytes = EFFECTS_BYTES / 2;
  return {
    setFactors(kind, effects) {
      const factors = effects?.factors ?? null;
      if (factors === null) return wasm.setFactors(kind, 0, 0);
      if (factors.length > MOST_COLUMNS) {
        const cure = 'split the layer';
        throw new RangeError(
          `setFactors: there must be at most ${MOST_COLUMNS} columns, got ${factors.length}; ${cure}`,
        );
      }
      const at = start + kind * kindBytes;
      new Float32Array(memory.buffer, at, factors.length).set(factors);
      wasm.setFactors(kind, at, factors.length);
    },

    setStuck(kind, effects, from, to) {
      const stuck = effects?.stuck ?? null;
      if (stuck === null) {
        wasm.setStuck(kind, 0, 0, 0);
        return to;
      }
      const low = lowerBound(stuck.positions, from);
      const all = lowerBound(stuck.positions, to) - low;
      const count = Math.min(all, HELD);
      const positionsAt = start + kind * kindBytes + 4 * MOST_COLUMNS;
      const valuesAt = positionsAt + 4 * HELD;
      const positions = new Uint32Array(memory.buffer, positionsAt, count);
      for (let i = 0; i < count; i++) positions[i] = stuck.positions[low + i]! - from;
      new Float32Array(memory.buffer, valuesAt, count).set(stuck.conductances.subarray(low, low + count));
      wasm.setStuck(kind, positionsAt, valuesAt, count);
      return all > count ? stuck.positions[low + count]! : to;
    },
  };
}
