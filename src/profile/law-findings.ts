import { shownNumber } from './fault.ts';
import type { Finding } from './finding.ts';
import type { Law } from './law.ts';
import { unresolved } from './law-resolution.ts';

/** Cell limits in µS and validity in seconds, as far as they are known (NaN where they have a fault of their own). */
export interface Limits {
  readonly gMin: number;
  readonly gMax: number;
  readonly from: number;
  readonly to: number;
}

/** States of targets: the points of the table up to x = 1. */
const TARGETS: readonly number[] = Array.from({ length: 1025 }, (_, i) => (i / 1024) ** 2);
/** States that a read may meet, up to x = 4, which the table covers. */
const STATES: readonly number[] = Array.from({ length: 2049 }, (_, i) => (i / 1024) ** 2);
/** Relative read noise beyond this is a slip of units; that of nearly empty cells passes 1 within years. */
const MOST_READ_NOISE = 2;
/** Laws without an end of validity are tried up to this age, 100 years. */
const LONG_SECONDS = 3_153_600_000;

/** What physics holds against the laws of writing. */
export function writing(std: Law | null, meanShift: Law | null, limits: Limits): Finding[] {
  const times = agesOf(std, limits);
  const findings = [
    ...spread(std, '/writing/std', TARGETS, times, ' uS'),
    ...finite(meanShift, '/writing/meanShift', agesOf(meanShift, limits)),
  ];
  if (meanShift?.dependsOnAge === true && findings.length === 0) {
    const [fresh, old] = [limits.from, endOf(limits)].map((t) => meanShift.at(1, t)) as [number, number];
    if (old > fresh) {
      const [from, to] = [shownNumber(fresh), shownNumber(old)];
      const message = `should not raise the highest state with age, got ${from} uS at t = ${shownNumber(limits.from)} s and ${to} uS at t = ${shownNumber(endOf(limits))} s`;
      const cure = 'check the sign';
      findings.push({ severity: 'warning', pointer: '/writing/meanShift', message, cure });
    }
  }
  const range = limits.gMax - limits.gMin;
  if (std !== null && findings.every(({ severity }) => severity !== 'error') && range > 0) {
    const most = extreme(std, TARGETS, times, (a, b) => a > b);
    if (most.value > range) {
      const message = `should be less than the cell's range (${shownNumber(range)} uS), got ${shownNumber(most.value)} uS at ${most.place}`;
      findings.push({ severity: 'warning', pointer: '/writing/std', message, cure: 'check the unit' });
    }
  }
  return findings.some(({ severity }) => severity === 'error')
    ? findings
    : [
        ...findings,
        ...unresolved(std, '/writing/std', TARGETS, givenAges(std, limits)),
        ...unresolved(meanShift, '/writing/meanShift', TARGETS, givenAges(meanShift, limits)),
      ];
}

/** What physics holds against the laws of drift. */
export function drifting(mean: Law | null, std: Law | null): Finding[] {
  const findings = [
    ...finite(mean, '/drift/exponentMean', [0]),
    ...spread(std, '/drift/exponentStd', TARGETS, [0], ''),
  ];
  if (mean === null || findings.length > 0) return findings;
  const least = extreme(mean, TARGETS, [0], (a, b) => a < b);
  const most = extreme(mean, TARGETS, [0], (a, b) => a > b);
  const warn = (message: string, cure: string) =>
    findings.push({ severity: 'warning', pointer: '/drift/exponentMean', message, cure });
  if (least.value < 0) {
    const message = `should be at least 0, got ${shownNumber(least.value)} at ${least.place}`;
    warn(message, 'check the sign: a cell drifts by the magnitude, and never upwards');
  }
  if (most.value > 1) {
    const message = `should be at most 1, got ${shownNumber(most.value)} at ${most.place}`;
    warn(
      message,
      'check it: such a cell loses nine tenths of its conductance with each factor of ten in time',
    );
  }
  return [
    ...findings,
    ...unresolved(mean, '/drift/exponentMean', TARGETS, [0]),
    ...unresolved(std, '/drift/exponentStd', TARGETS, [0]),
  ];
}

/** What physics holds against the law of read noise, over the ages of validity. */
export function reading(std: Law | null, limits: Limits): Finding[] {
  const times = timesOf(std, limits);
  const findings = spread(std, '/readNoise/std', STATES, times, '');
  if (std === null || findings.length > 0) return findings;
  const most = extreme(std, STATES, agesOf(std, limits), (a, b) => a > b);
  if (most.value > MOST_READ_NOISE) {
    const message = `should be at most ${MOST_READ_NOISE} (${100 * MOST_READ_NOISE} %), got ${shownNumber(most.value)} at ${most.place}`;
    findings.push({ severity: 'warning', pointer: '/readNoise/std', message, cure: 'check the unit' });
  }
  return [...findings, ...unresolved(std, '/readNoise/std', STATES, givenAges(std, limits))];
}

/** What holds against the law of a share, over the ages of validity. */
export function sharing(share: Law | null, pointer: string, limits: Limits): Finding[] {
  if (share === null) return [];
  const findings = firstFault(share, pointer, STATES, timesOf(share, limits), '', 'share');
  return findings.length > 0 ? findings : unresolved(share, pointer, STATES, givenAges(share, limits));
}

/** Whether laws by ages have data for all ages of validity: nothing is carried on beyond its source in silence. */
export function covering(laws: Readonly<Record<string, Law | null>>, limits: Limits): Finding[] {
  return Object.entries(laws).flatMap(([pointer, law]): Finding[] => {
    if (law === null || law.ageSeconds === null) return [];
    const [from, to] = [law.ageSeconds[0]!, law.ageSeconds.at(-1)!];
    if (!(limits.from < from || limits.to > to)) return [];
    const ages = Number.isFinite(limits.to) ? `to ${shownNumber(limits.to)} s` : 'on without end';
    const message = `must cover the ages of "validity" (from ${shownNumber(limits.from)} s ${ages}), got ${shownNumber(from)} to ${shownNumber(to)} s`;
    const cure = 'narrow "validity" to the ages that are given';
    return [{ severity: 'error', pointer: `${pointer}/at`, message, cure }];
  });
}

function finite(law: Law | null, pointer: string, times: readonly number[]): Finding[] {
  return law === null ? [] : firstFault(law, pointer, TARGETS, times, '', 'number');
}

/** The ages at which a law is tried: one, if it is the same at all. */
function agesOf(law: Law | null, limits: Limits): readonly number[] {
  return law?.dependsOnAge === true ? timesOf(law, limits) : [limits.from];
}

/** Ages within validity, and those among them that a law is given at: between these it is straight. */
function timesOf(law: Law | null, limits: Limits): readonly number[] {
  return timesWithin(limits.from, endOf(limits), law?.ageSeconds ?? []);
}

/** The ages that a law is given at, or the first. */
function givenAges(law: Law | null, { from }: Limits): readonly number[] {
  return law?.ageSeconds ?? [from];
}

function endOf({ to }: Limits): number {
  return Number.isFinite(to) ? to : LONG_SECONDS;
}

function spread(
  law: Law | null,
  pointer: string,
  xs: readonly number[],
  times: readonly number[],
  unit: string,
): Finding[] {
  return law === null ? [] : firstFault(law, pointer, xs, times, unit, 'spread');
}

/** The field that holds a law's values. */
const PLACES: Readonly<Record<Law['form'], string>> = {
  constant: 'value',
  polynomial: 'coefficients',
  table: 'y',
  expression: 'expression',
  ages: 'laws',
};

const MUST_BE = {
  number: 'a finite number',
  spread: 'a standard deviation, finite and at least 0,',
  share: 'a share, from 0 to 1 (100 %),',
} as const;

/** Beyond this, in uS or relative, no cell lies, and float32 would overflow where laws meet. */
const MOST = 1e9;

/** The first state (and age) at which a law is not finite, larger than MOST or, being a spread or a share, out of bounds. */
function firstFault(
  law: Law,
  pointer: string,
  xs: readonly number[],
  times: readonly number[],
  unit: string,
  kind: keyof typeof MUST_BE,
): Finding[] {
  const at = `${pointer}/${PLACES[law.form]}`;
  for (const t of times) {
    for (const x of xs) {
      const value = law.at(x, t);
      const good =
        Math.abs(value) <= MOST && !(kind !== 'number' && value < 0) && !(kind === 'share' && value > 1);
      if (good) continue;
      const range = `for x from 0 to ${shownNumber(xs.at(-1)!)}`;
      const when = times.length > 1 ? ` and t = ${shownNumber(t)} s` : '';
      const must =
        Number.isFinite(value) && value > MOST && kind !== 'share'
          ? `a number of at most ${MOST}`
          : MUST_BE[kind];
      const message = `must be ${must} ${range}, got ${shownNumber(value)}${Number.isFinite(value) ? unit : ''} at x = ${shownNumber(x)}${when}`;
      return [
        {
          severity: 'error',
          pointer: at,
          message,
          cure: 'mend the law there, with max() or clamp() if need be',
        },
      ];
    }
  }
  return [];
}

/** The best value, and where it is. */
function extreme(
  law: Law,
  xs: readonly number[],
  times: readonly number[],
  better: (a: number, b: number) => boolean,
): { readonly value: number; readonly place: string } {
  let best = { x: xs[0]!, t: times[0]!, value: law.at(xs[0]!, times[0]!) };
  for (const t of times) {
    for (const x of xs) {
      const value = law.at(x, t);
      if (better(value, best.value)) best = { x, t, value };
    }
  }
  const when = times.length > 1 ? ` and t = ${shownNumber(best.t)} s` : '';
  return { value: best.value, place: `x = ${shownNumber(best.x)}${when}` };
}

/** Ages that people ask for: a law that breaks at one of them is found out here, not in use. */
const USUAL_SECONDS: readonly number[] = [
  0, 1, 20, 60, 3600, 86_400, 604_800, 2_592_000, 31_536_000, 315_360_000,
];

/** Both ends, eight ages between them, even in log(1 + t), the usual ones and more. */
function timesWithin(from: number, to: number, more: readonly number[]): number[] {
  if (!(to > from)) return [from];
  const ratio = (1 + to) / (1 + from);
  const between = Array.from({ length: 8 }, (_, i) => (1 + from) * ratio ** ((i + 1) / 9) - 1);
  const usual = [...USUAL_SECONDS, ...more].filter((t) => t > from && t < to);
  return [from, ...[...between, ...usual].sort((a, b) => a - b), to];
}
