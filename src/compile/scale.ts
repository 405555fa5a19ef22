/** The conductances that a cell can be written to. */
export interface CellRange {
  readonly gMinMicrosiemens: number;
  readonly gMaxMicrosiemens: number;
  /** So many, equally spaced; null: any. */
  readonly levels: number | null;
}

/** Of the weights that share a scale. */
export interface Extremes {
  readonly least: number;
  readonly greatest: number;
  /** The largest size. */
  readonly largest: number;
}

/** How the weights that share a scale become targets. */
export interface Placement {
  /** Weight units a microsiemens, float32. */
  readonly scale: number;
  /** The digital zero point in weight units; 0 where there is none. */
  readonly zero: number;
  /** Writes the targets of the weight w into element `at` of each of its own cells (not the shared ones). */
  readonly place: (cells: readonly Float32Array[], at: number, w: number) => void;
}

/** The smallest float32 with all its digits. Smaller weights take a part of the range only. */
const SMALLEST_SCALE = 2 ** -126;

/** The scale of weights of this size on so many microsiemens, float32. */
export function scaleOf(weights: number, microsiemens: number): number {
  return Math.fround(Math.max(weights / microsiemens, SMALLEST_SCALE));
}
