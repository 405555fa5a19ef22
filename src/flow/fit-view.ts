import type { DeviceFit } from '../profile/fit/fit.ts';
import { shortNumber } from '../profile/fit/fitted-profile.ts';
import { lawCurve } from '../profile/fit/law-json.ts';
import type { ParameterName } from '../profile/fit/parameter.ts';
import type { FitView } from '../report/fit-page.ts';

const TITLES: Readonly<Record<ParameterName, string>> = {
  'writing.std': 'writing, std',
  'writing.meanShift': 'writing, shift of the mean',
  'drift.exponentMean': 'drift exponent, mean',
  'drift.exponentStd': 'drift exponent, std',
  'readNoise.std': 'read noise, relative std',
};
const BINS = 33;
/** The histogram reaches so many standard deviations to each side; what lies beyond counts in the outermost bins. */
const REACH = 4;
const MOST_STATES = 16;

/** What the page of a fit shows. */
export function fitView(
  fit: DeviceFit,
  facts: Pick<FitView, 'name' | 'source' | 'taken' | 'warnings'>,
  gMax: number,
  confidence: number,
): FitView {
  return {
    ...facts,
    laws: fit.laws.map((law) => ({
      title: TITLES[law.name],
      unit: law.name.startsWith('writing') ? '\u00b5S' : '1',
      points: lawCurve(law, confidence).map(({ x, value, low, high }) => ({ g: x * gMax, value, low, high })),
    })),
    residuals: {
      byState: byState(fit.writing.residuals, gMax),
      bins: bins(fit.writing.residuals.map(({ z }) => z)),
    },
    facts: [
      ...fit.goodness.map(({ of, value, degrees, p }) => ({
        name: of,
        value: `chi-square ${shortNumber(value)} of ${degrees} degrees, p = ${shortNumber(p)}`,
      })),
      ...fit.refusals.map(({ parameter, why, measure }) => ({
        name: `${parameter}: not fitted`,
        value: `${why}; ${measure}`,
      })),
    ],
  };
}

function bins(zs: readonly number[]) {
  const width = (2 * REACH) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const z of zs) counts[Math.min(BINS - 1, Math.max(0, Math.floor((z + REACH) / width)))]! += 1;
  return counts.map((count, i) => {
    const z = -REACH + (i + 0.5) * width;
    return { z, density: count / zs.length / width, normal: Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) };
  });
}

/** Mean and std by target, or by equal parts of the states where there are many. */
function byState(residuals: DeviceFit['writing']['residuals'], gMax: number) {
  const order = [...residuals].sort((a, b) => a.x - b.x);
  const states = [...new Set(order.map(({ x }) => x))];
  const parts =
    states.length <= MOST_STATES
      ? states.map((x) => order.filter((each) => each.x === x))
      : Array.from({ length: MOST_STATES }, (_, i) =>
          order.slice(
            Math.floor((i * order.length) / MOST_STATES),
            Math.floor(((i + 1) * order.length) / MOST_STATES),
          ),
        );
  return parts
    .filter((part) => part.length > 1)
    .map((part) => {
      const mean = part.reduce((sum, { z }) => sum + z, 0) / part.length;
      const square = part.reduce((sum, { z }) => sum + (z - mean) ** 2, 0) / (part.length - 1);
      const x = part.reduce((sum, each) => sum + each.x, 0) / part.length;
      return { g: x * gMax, cells: part.length, mean, std: Math.sqrt(square) };
    });
}
