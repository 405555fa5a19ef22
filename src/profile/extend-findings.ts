import type { Override } from './extend.ts';
import { type Finding, valueAt } from './finding.ts';

/** Sections whose numbers a source measured, of those that have no `source` of their own or may leave it out. */
const PHYSICS = /^\/(cell|writing|drift|readNoise|telegraph|variation|referenceTime|validity)(\/|$)/u;

/** Laws of the state x = g/gMax. */
const LAWS = [
  '/writing/std',
  '/writing/meanShift',
  '/drift/exponentMean',
  '/drift/exponentStd',
  '/readNoise/std',
  '/telegraph/amplitude',
  '/telegraph/probability',
] as const;

/** What is legal but odd about the fields that an extending profile puts over its base. */
export function extendFindings(
  own: unknown,
  whole: unknown,
  overrides: readonly Override[],
): readonly Finding[] {
  return [...unsourced(own, overrides), ...stretched(whole, overrides)];
}

/** Numbers of a base are changed and their source is not. */
function unsourced(own: unknown, overrides: readonly Override[]): Finding[] {
  if (valueAt(own, '/provenance') !== undefined) return [];
  const isSourced = ({ pointer }: Override) => valueAt(own, `${pointer}/source`) !== undefined;
  const changed = overrides.filter((each) => PHYSICS.test(each.pointer) && !isSourced(each));
  if (changed.length === 0) return [];
  const what = changed.map(({ pointer }) => pointer).join(', ');
  const message = `should come with a "provenance" that says where the changed ${what} comes from, got none`;
  const cure = 'add its "source" and what was "taken" from it';
  return [{ severity: 'warning', pointer: '/extends', message, cure }];
}

/** gMax is changed and laws of x = g/gMax are not: they say the same of other conductances now. */
function stretched(whole: unknown, overrides: readonly Override[]): Finding[] {
  const isOver = (pointer: string, law: string) => law === pointer || law.startsWith(`${pointer}/`);
  const range = overrides.find(({ pointer }) => isOver(pointer, '/cell/gMax'));
  if (range === undefined) return [];
  const kept = LAWS.filter(
    (law) =>
      goesByState(valueAt(whole, law)) &&
      !overrides.some(({ pointer }) => isOver(pointer, law) || isOver(law, pointer)),
  );
  if (kept.length === 0) return [];
  const message = `should come with laws for its range, got those of the base for ${kept.join(', ')}, which go by x = g/gMax and so stretch with gMax`;
  const cure = 'give them by the new x, or leave them if cells of this range have them';
  return [{ severity: 'warning', pointer: '/cell/gMax', message, cure }];
}

function goesByState(law: unknown): boolean {
  const form = valueAt(law, '/form');
  const laws = valueAt(law, '/laws');
  if (form === 'ages') return Array.isArray(laws) && laws.some(goesByState);
  const expression = valueAt(law, '/expression');
  if (form === 'expression') return typeof expression === 'string' && /\bx\b/u.test(expression);
  return form !== undefined && form !== 'constant';
}
