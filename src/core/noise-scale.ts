/**
 * The greatest noise scale that is taken: spreads a thousand times those of a profile leave nothing of a cell, and far beyond it
 * float32 overflows.
 */
export const MOST_NOISE_SCALE = 1000;
