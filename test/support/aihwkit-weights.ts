import { uniforms } from '../../src/core/philox.ts';
import { mean, std } from '../../src/core/statistics.ts';
import { stream } from '../../src/core/stream.ts';
import { aihwkitTile } from '../../src/device/aihwkit-semantics.ts';
import { cellStreams } from '../../src/device/cell-streams.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';

/*
 * What aihwkit 1.1's PCMLikeNoiseModel makes of weights from end to end, and our twin of it: a tile of 512 x 512 uniform weights is
 * written, aged and read; the read-out's gain brings the sum of the sizes of weights back to that of the written ones; what is
 * left is the rms of the error over the largest weight.
 */
const SIDE = 512;
const N = SIDE * SIDE;
const PROFILE = 'pcm-nandakumar-2019';
/** Tiles of ours. Theirs was one. */
export const END_TO_END_TILES = 4;

export interface EndToEndRow {
  /** Null: written, and not read. */
  readonly seconds: number | null;
  readonly what: 'rms' | 'gain';
  readonly theirs: number;
  /** Half a unit of the last digit. */
  readonly rounding: number;
}

const rms = { what: 'rms', rounding: 0.00005 } as const;
const gain = { what: 'gain', rounding: 0.0005 } as const;

const END_TO_END: readonly EndToEndRow[] = [
  { ...rms, seconds: null, theirs: 0.0364 },
  { ...rms, seconds: 0, theirs: 0.0477 },
  { ...rms, seconds: 3600, theirs: 0.0561 },
  { ...gain, seconds: 3600, theirs: 1.291 },
  { ...rms, seconds: 86_400, theirs: 0.0655 },
  { ...gain, seconds: 86_400, theirs: 1.506 },
  { ...rms, seconds: 31_536_000, theirs: 0.0874 },
  { ...gain, seconds: 31_536_000, theirs: 2.004 },
];

/** Each row with the mean over our tiles, and how far it is from theirs in standard errors: tiles differ, for each is stretched by its largest cell. */
export async function endToEndByUs(): Promise<
  (EndToEndRow & { readonly mean: number; readonly off: number })[]
> {
  const profile = await loadProfile(PROFILE);
  const weights = Float32Array.from(uniforms(stream(1, 'end to end'), N), (u) => 2 * u - 1);
  const { gMaxMicrosiemens: gMax } = profile;
  const targets = {
    targetPlus: weights.map((w) => gMax * Math.max(w, 0)),
    targetMinus: weights.map((w) => gMax * Math.max(-w, 0)),
    elements: Uint32Array.from(weights.keys()),
  };
  const chips = Array.from({ length: END_TO_END_TILES }, (_, chip) => {
    const tile = (seconds: number, read: number | null) =>
      aihwkitTile({
        ...targets,
        laws: { ...cellLaws(profile, seconds), ...(read === null ? { readStd: null } : {}) },
        noiseScale: 1,
        plus: cellStreams(chip, 'tile', 'plus', read),
        minus: cellStreams(chip, 'tile', 'minus', read),
      }).map((difference) => difference / gMax);
    const written = tile(0, null);
    const at = (seconds: number | null) => {
      const present = seconds === null ? written : tile(seconds, seconds);
      const factor = sizes(written) / sizes(present);
      const square = present.reduce((sum, w, i) => sum + (factor * w - weights[i]!) ** 2, 0);
      return { gain: factor, rms: Math.sqrt(square / N) };
    };
    return new Map([...new Set(END_TO_END.map(({ seconds }) => seconds))].map((age) => [age, at(age)]));
  });
  return END_TO_END.map((row) => {
    const values = chips.map((chip) => chip.get(row.seconds)![row.what]);
    const error = Math.hypot(std(values)! * Math.sqrt(1 + 1 / END_TO_END_TILES), row.rounding);
    return { ...row, mean: mean(values), off: Math.abs(mean(values) - row.theirs) / error };
  });
}

function sizes(weights: Float32Array): number {
  return weights.reduce((sum, w) => sum + Math.abs(w), 0);
}
