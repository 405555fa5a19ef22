import { log } from '../core/math.ts';
import { interpolate, type Law } from './law.ts';

/**
 * A law that is known at several ages, of which each has its law of x:
 *
 *   law(x, t) = (1 - a) law_i(x) + a law_(i+1)(x),  a = (s(t) - s(t_i)) / (s(t_(i+1)) - s(t_i)),
 *
 * s(t) = ln((t + t_c)/t_c) or, without t_c, s(t) = t. Held at the first and last age beyond them; `ageSeconds` says where
 * they are, so that a profile can be kept from being asked for others.
 *
 * @param seconds Ascending ages, one for each law; at least one.
 * @param referenceSeconds t_c; null to interpolate in t.
 */
export function lawByAges(
  seconds: readonly number[],
  laws: readonly Law[],
  referenceSeconds: number | null,
): Law {
  const place = (t: number) =>
    referenceSeconds === null ? t : log((t + referenceSeconds) / referenceSeconds);
  const places = seconds.map(place);
  const { dimension } = laws[0]!;
  return {
    form: 'ages',
    dimension,
    dependsOnAge: laws.length > 1,
    ageSeconds: seconds,
    knots: laws.every(({ knots }) => knots === null) ? null : laws.flatMap(({ knots }) => knots ?? []),
    text: `${laws.length} laws by age`,
    at: (x, t) => {
      const values = laws.map((law) => law.at(x, t));
      return interpolate(places, values, place(t));
    },
  };
}
