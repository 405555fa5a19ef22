import { formatDuration } from '../core/duration.ts';
import { conductionAt } from '../device/conduction.ts';
import { simulateCells } from '../device/simulate.ts';
import { cellLaws } from '../profile/cell-laws.ts';
import { profileFacts } from '../profile/facts.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import type { AgedCells, Fan, LawsByAge, ProfileView } from '../report/profile-view.ts';
import { type MappingErrors, mappingErrors } from './mapping-errors.ts';
import { transfers } from './transfer-view.ts';

const CELLS = 40_000;
const SEED = 0;
const BINS = 32;
const YEAR = 31_536_000;
/** Ages that are shown where the profile's source supports them. */
const AGES = [0, 3600, 86_400, YEAR];
const FAN_AGES = [0, 1, 60, 3600, 86_400, 432_000, 2_592_000, YEAR, 10 * YEAR];

/**
 * Gathers what a profile's page shows: its laws as authored, and cells simulated from seed 0. The same profile, the same numbers.
 * @param known Its mappings' weight errors, where they are at hand.
 */
export function profileView(profile: DeviceProfile, known?: MappingErrors): ProfileView {
  const ages = within(profile, AGES);
  const facts = profileFacts(profile);
  const errors = known ?? mappingErrors(profile, facts.readSeconds);
  return {
    name: profile.name,
    description: profile.description,
    source: profile.provenance.source,
    facts: facts.facts,
    writing: writing(profile, ages),
    readNoise: readNoise(profile, ages),
    distributions: distributions(profile, ages),
    fans: fans(profile),
    referenceSeconds: profile.referenceSeconds,
    converters: transfers(profile.converters),
    conduction: conduction(profile),
    weightErrors: {
      layer: errors.layer,
      ages: errors.seconds.map((seconds) => ({ seconds, age: formatDuration(seconds) })),
      mappings: errors.mappings.map(({ kind, errors: each }) => ({ name: kind, errors: each })),
    },
  };
}

/** The ages that the source supports, and its last one where they stop short of it. */
function within({ validity }: DeviceProfile, ages: readonly number[]): readonly number[] {
  const { fromSeconds: from, toSeconds: to } = validity;
  const kept = ages.filter((t) => t >= from && t <= to);
  const last = kept.at(-1) ?? from;
  const more = Number.isFinite(to) && to > last && to < ages.at(-1)! ? [to] : [];
  return [...(kept.length === 0 ? [from] : kept), ...more];
}

/** States from gMin to gMax, 65 of them. */
function states({ gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax }: DeviceProfile): readonly number[] {
  return Array.from({ length: 65 }, (_, i) => gMin + ((gMax - gMin) * i) / 64);
}

function writing(profile: DeviceProfile, ages: readonly number[]): LawsByAge | null {
  const laws = profile.writing;
  if (laws === null) return null;
  const relaxes = laws.std.dependsOnAge || laws.meanShift?.dependsOnAge === true;
  const seen = relaxes ? ages : ages.slice(0, 1);
  return {
    ages: relaxes ? seen.map(formatDuration) : [''],
    rows: states(profile).map((g) => {
      const x = g / profile.gMaxMicrosiemens;
      const shift = laws.meanShift;
      return {
        g,
        stds: seen.map((t) => laws.std.at(x, t)),
        shifts: shift === null ? null : seen.map((t) => shift.at(x, t)),
      };
    }),
  };
}

function readNoise(profile: DeviceProfile, ages: readonly number[]): LawsByAge | null {
  const law = profile.readNoise?.std;
  if (law === undefined) return null;
  const seen = law.dependsOnAge ? ages : ages.slice(0, 1);
  return {
    ages: law.dependsOnAge ? seen.map(formatDuration) : [''],
    rows: states(profile).map((g) => {
      const x = g / profile.gMaxMicrosiemens;
      return { g, stds: seen.map((t) => law.at(x, t)), shifts: null };
    }),
  };
}

function distributions(profile: DeviceProfile, ages: readonly number[]): readonly AgedCells[] {
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = profile;
  const targets = [0, 0.25, 0.5, 0.75, 1].map((share) => gMin + share * (gMax - gMin));
  const { rows, readCells } = drawn(profile, targets, ages);
  return ages.map((seconds, at) => ({
    age: formatDuration(seconds),
    targets: targets.map((target, i) => {
      const row = rows.find(
        (r) => r.targetMicrosiemens === target && r.seconds === seconds && r.stage === 'read',
      )!;
      const from = (i * ages.length + at) * CELLS;
      const { mean, std, q05, q50, q95 } = row;
      return { target, mean, std, q05, q50, q95, bins: bins(readCells.slice(from, from + CELLS).sort()) };
    }),
  }));
}

/** A histogram of sorted values without their outermost thousandths; a spike where all are one value. */
function bins(sorted: Float32Array): readonly (readonly [number, number])[] {
  const low = sorted[Math.floor(sorted.length * 0.001)]!;
  const high = sorted[Math.ceil(sorted.length * 0.999) - 1]!;
  if (!(high > low))
    return [
      [low, 0],
      [low, 1],
      [low, 0],
    ];
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) {
    const bin = Math.floor(((value - low) / (high - low)) * BINS);
    if (value >= low && value <= high) counts[Math.min(bin, BINS - 1)]! += 1;
  }
  return counts.map((count, i) => [low + ((i + 0.5) * (high - low)) / BINS, count] as const);
}

function conduction({ conduction: section }: DeviceProfile): ProfileView['conduction'] {
  if (section === null) return null;
  const { law, readVolts } = section;
  const points = Array.from({ length: 101 }, (_, i) => {
    const u = i / 50 - 1;
    return [u * readVolts, conductionAt(law, u)] as const;
  });
  return { readVolts, points };
}

function fans(profile: DeviceProfile): readonly Fan[] {
  const ages = within(profile, FAN_AGES);
  const moves =
    profile.drift !== null ||
    profile.writing?.std.dependsOnAge === true ||
    profile.writing?.meanShift?.dependsOnAge === true;
  if (ages.length < 2 || !moves) return [];
  const { gMinMicrosiemens: gMin, gMaxMicrosiemens: gMax } = profile;
  // A cell is not written below gMin.
  const targets = [...new Set([0.25, 0.5, 1].map((share) => Math.max(share * gMax, gMin)))];
  const { rows } = drawn(profile, targets, ages);
  return targets.map((target) => ({
    target,
    rows: rows
      .filter(({ targetMicrosiemens, stage }) => targetMicrosiemens === target && stage === 'aged')
      .map(({ seconds, q05, q50, q95 }) => ({ seconds, age: formatDuration(seconds), q05, q50, q95 })),
  }));
}

function drawn(profile: DeviceProfile, targetsMicrosiemens: readonly number[], ages: readonly number[]) {
  const times = ages.map((seconds) => ({ seconds, laws: cellLaws(profile, seconds) }));
  const { faults, variation } = profile;
  return simulateCells({
    targetsMicrosiemens,
    times,
    cells: CELLS,
    seed: SEED,
    noiseScale: 1,
    faults,
    variation,
  });
}
