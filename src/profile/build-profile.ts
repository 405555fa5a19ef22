import { sha256, stableJson } from '../core/files.ts';
import { type Dimension, readQuantity } from '../core/units.ts';
import { buildFaults, buildVariation } from './build-array-effects.ts';
import { buildConduction } from './build-conduction.ts';
import { buildConverters } from './build-converters.ts';
import { costFindings } from './build-costs.ts';
import { buildEndurance, withFailures } from './build-endurance.ts';
import { buildLaw, wrongUnit } from './build-law.ts';
import { mappingOf, unmappable } from './build-mapping.ts';
import { buildTemperature } from './build-temperature.ts';
import { buildVerify } from './build-verify.ts';
import { buildWires } from './build-wires.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { Law } from './law.ts';
import { covering, drifting, reading, sharing, writing } from './law-findings.ts';
import { isPair } from './mapping.ts';
import type { DeviceProfile, ProfileJson } from './profile.ts';
import { unfilled } from './unfilled.ts';

/** Rows and columns of the largest tile where the profile gives none. */
const DEFAULT_SIZE = 256;

/** A profile, or null where some finding is an error. */
export interface BuiltProfile {
  readonly profile: DeviceProfile | null;
  readonly findings: readonly Finding[];
}

/**
 * Makes a profile of a JSON value and checks what a schema cannot: units, order of limits, formulas, signs of spreads. Parts in
 * which the schema found faults are left alone; all others are checked, so that one run names everything.
 * @param kelvin The temperature of its laws. Default: its reference.
 * @param cycles The write cycles that its cells have been through. Default: they are fresh.
 */
export async function buildProfile(
  root: unknown,
  schemaFindings: readonly Finding[],
  kelvin?: number,
  cycles?: number,
): Promise<BuiltProfile> {
  const findings: Finding[] = [];
  const sound = (pointer: string) =>
    valueAt(root, pointer) !== undefined &&
    !schemaFindings.some((f) => f.pointer === pointer || f.pointer.startsWith(`${pointer}/`));

  const number = (pointer: string, dimension: Dimension, otherwise: number): number => {
    if (!sound(pointer)) return otherwise;
    const quantity = readQuantity(valueAt(root, pointer));
    if (quantity?.dimension === dimension) return quantity.value;
    findings.push(wrongUnit(pointer, dimension, valueAt(root, pointer)));
    return Number.NaN;
  };
  const law = async (
    pointer: string,
    dimension: Dimension,
    variables: readonly string[],
  ): Promise<Law | null> => {
    if (!sound(pointer)) return null;
    const kelvin = temperature?.presentKelvin ?? null;
    const context = { dimension, variables, referenceSeconds: reference, kelvin };
    const built = await buildLaw(valueAt(root, pointer), pointer, context);
    findings.push(...built.findings);
    return built.law;
  };

  const temperature = buildTemperature(root, number, findings, kelvin);
  const gMin = number('/cell/gMin', 'conductance', Number.NaN);
  const gMax = number('/cell/gMax', 'conductance', Number.NaN);
  const reference = number('/referenceTime', 'time', Number.NaN);
  const from = number('/validity/from', 'time', 0);
  const to = number('/validity/to', 'time', Number.POSITIVE_INFINITY);
  const must = (holds: boolean, pointer: string, message: string, cure: string) => {
    if (!holds)
      findings.push({
        severity: 'error',
        pointer,
        message: `${message}, got ${shown(valueAt(root, pointer))}`,
        cure,
      });
  };
  // Comparisons with NaN are false: a value that has a fault of its own raises no second one.
  must(
    !(gMin < 0),
    '/cell/gMin',
    'must be a conductance of at least 0 uS',
    'give the lowest conductance that a cell is written to',
  );
  must(
    !(gMax <= 0),
    '/cell/gMax',
    'must be a conductance of more than 0 uS',
    'give the highest conductance that a cell is written to',
  );
  must(
    !(gMin >= 0 && gMax > 0 && gMax <= gMin),
    '/cell/gMax',
    `must be more than gMin (${gMin} uS)`,
    'exchange or mend them',
  );
  // Beyond these float32, in which cells are computed, would overflow or lose the range.
  must(
    !(gMax > 0 && gMax < LEAST_CONDUCTANCE) && !(gMax > MOST_CONDUCTANCE),
    '/cell/gMax',
    `must be from ${LEAST_CONDUCTANCE} to ${MOST_CONDUCTANCE} uS`,
    'check the unit',
  );
  must(
    !(gMin >= 0 && gMax > gMin && gMax - gMin < LEAST_RANGE * gMax),
    '/cell/gMin',
    `must leave at least a thousandth of gMax (${gMax} uS) as range`,
    'mend one of them',
  );
  must(
    !(reference <= 0),
    '/referenceTime',
    'must be a time of more than 0 s',
    'give the time from writing to the reference read',
  );
  must(
    !(reference > 0 && reference < LEAST_SECONDS) && !(reference > MOST_SECONDS),
    '/referenceTime',
    `must be from ${LEAST_SECONDS} to ${MOST_SECONDS} s`,
    'check the unit',
  );
  must(!(from > MOST_SECONDS), '/validity/from', `must be at most ${MOST_SECONDS} s`, 'check the unit');
  must(!(from < 0), '/validity/from', 'must be an age of at least 0 s', 'ages count from the reference read');
  must(!(to < from), '/validity/to', `must be at least "from" (${from} s)`, 'exchange or mend them');

  const limits = { gMin, gMax, from: from >= 0 ? from : 0, to };
  const writeStd = await law('/writing/std', 'conductance', ['x', 't']);
  const writeMeanShift = await law('/writing/meanShift', 'conductance', ['x', 't']);
  const exponentMean = await law('/drift/exponentMean', 'dimensionless', ['x']);
  const exponentStd = await law('/drift/exponentStd', 'dimensionless', ['x']);
  const readStd = await law('/readNoise/std', 'dimensionless', ['x', 't']);
  const amplitude = await law('/telegraph/amplitude', 'dimensionless', ['x', 't']);
  const probability = await law('/telegraph/probability', 'dimensionless', ['x', 't']);
  findings.push(
    ...sharing(amplitude, '/telegraph/amplitude', limits),
    ...sharing(probability, '/telegraph/probability', limits),
    ...writing(writeStd, writeMeanShift, limits),
    ...drifting(exponentMean, exponentStd),
    ...reading(readStd, limits),
    ...covering(
      {
        '/writing/std': writeStd,
        '/writing/meanShift': writeMeanShift,
        '/readNoise/std': readStd,
        '/telegraph/amplitude': amplitude,
        '/telegraph/probability': probability,
      },
      limits,
    ),
    ...unclamped(root),
  );
  const laws = { std: writeStd, meanShift: writeMeanShift, firstSeconds: limits.from };
  const verified = buildVerify(root, number, sound, laws, findings);
  const variation = buildVariation(root, number, findings);
  const endurance = await buildEndurance(root, sound, limits, findings, cycles);
  const faults = withFailures(buildFaults(root, number, findings), endurance);
  findings.push(
    ...costFindings(root, sound),
    ...odd(root, limits),
    ...unfilled(valueAt(root, '/description'), '/description'),
  );
  for (const pointer of ['/provenance', '/validity'])
    findings.push(...unfilled(valueAt(root, pointer), pointer));
  const size = (name: 'rows' | 'columns'): number =>
    sound(`/array/${name}`) ? Number(valueAt(root, `/array/${name}`)) : DEFAULT_SIZE;
  const ohm = (pointer: string): number => number(pointer, 'resistance', 0);
  const isPaired = isPair(mappingOf(sound('/mapping') ? (root as ProfileJson).mapping : undefined));
  const tile = { gMin, gMax, rows: size('rows'), columns: size('columns'), isPaired };
  const wires = buildWires(root, ohm, sound('/wires'), tile);
  const { dac, adc, findings: ofConverters } = buildConverters(root, number, sound, tile);
  if ((valueAt(root, '/mapping') === undefined || sound('/mapping')) && sound('/cell'))
    findings.push(...unmappable(root as ProfileJson, { dac, adc }, tile.columns));
  findings.push(...wires.findings, ...ofConverters);
  const conduction = buildConduction(root, number, sound, { dac, wires: wires.wires }, findings);

  if ([...schemaFindings, ...findings].some((f) => f.severity === 'error'))
    return { profile: null, findings };
  const source = root as ProfileJson;
  const { $schema: _, ...content } = source;
  const { name, description, provenance, validity, array, mapping } = source;
  const profile: DeviceProfile = {
    name,
    description,
    provenance: {
      ...provenance,
      checkedBy: provenance.checkedBy ?? null,
      notModelled: provenance.notModelled ?? [],
    },
    validity: { fromSeconds: from, toSeconds: to, source: validity?.source ?? null },
    gMinMicrosiemens: gMin,
    gMaxMicrosiemens: gMax,
    levels: source.cell.levels ?? null,
    clamp: source.cell.clamp ?? 'zero',
    referenceSeconds: reference,
    writing:
      verified ?? (writeStd === null ? null : { std: writeStd, meanShift: writeMeanShift, verify: null }),
    drift: exponentMean === null ? null : { exponentMean, exponentStd },
    readNoise: readStd === null ? null : { std: readStd },
    array: { rows: array?.rows ?? DEFAULT_SIZE, columns: array?.columns ?? DEFAULT_SIZE },
    conduction,
    wires: wires.wires,
    telegraph: amplitude === null || probability === null ? null : { amplitude, probability },
    variation,
    faults,
    endurance,
    temperature,
    costs: { energy: [], latency: [], area: [], ...source.costs },
    mapping: mappingOf(mapping),
    converters: { dac, adc },
    source,
    bases: [],
    sha256: sha256(stableJson(content)),
  };
  return { profile, findings };
}

/** Cells without a bound may be negative: neither a power law nor a relative spread has a meaning for them. */
function unclamped(root: unknown): Finding[] {
  if (valueAt(root, '/cell/clamp') !== 'none') return [];
  const section = ['drift', 'readNoise', 'telegraph'].find((name) => valueAt(root, `/${name}`) !== undefined);
  if (section === undefined) return [];
  const message = `must not be "none" beside "${section}", got "none"`;
  const cure = 'a negative cell neither drifts nor is read; leave one of them out';
  return [{ severity: 'error', pointer: '/cell/clamp', message, cure }];
}

/** Sections, and how `notModelled` names what they model. */
const MODELLED = [
  ['faults', /^stuck cells$/u],
  ['telegraph', /^telegraph noise$/u],
  ['temperature', /^temperature$/u],
  ['endurance', /^endurance$/u],
  ['conduction', /^(non-linear current-voltage curve|current-voltage non-linearity)$/u],
] as const;

export const LEAST_CONDUCTANCE = 1e-9;
export const MOST_CONDUCTANCE = 1e9;
const LEAST_RANGE = 1e-3;
export const LEAST_SECONDS = 1e-12;
export const MOST_SECONDS = 1e15;

/** Legal but odd values. */
function odd(root: unknown, limits: { readonly gMin: number; readonly gMax: number }): Finding[] {
  const findings: Finding[] = [];
  const warn = (pointer: string, message: string, cure: string) =>
    findings.push({ severity: 'warning', pointer, message, cure });
  if (limits.gMin > limits.gMax / 2 && limits.gMin < limits.gMax) {
    const message = `should be far below gMax (${limits.gMax} uS), got ${limits.gMin} uS`;
    warn('/cell/gMin', message, 'check it: pairs lose more than half of their range');
  }
  if (limits.gMax > 10_000)
    warn('/cell/gMax', `should be at most 10 mS, got ${limits.gMax} uS`, 'check the unit');
  const named = valueAt(root, '/provenance/notModelled');
  const notModelled: readonly unknown[] = Array.isArray(named) ? named : [];
  for (const [section, effect] of MODELLED) {
    const at = notModelled.findIndex((text) => effect.test(String(text)));
    if (at < 0 || valueAt(root, `/${section}`) === undefined) continue;
    const message = `should not name what "${section}" models, got ${shown(notModelled[at])}`;
    warn(`/provenance/notModelled/${at}`, message, 'leave it out');
  }
  for (const which of ['dac', 'adc']) {
    const bits = valueAt(root, `/converters/${which}/bits`);
    if (typeof bits === 'number' && bits > 1 && bits < 4) {
      warn(
        `/converters/${which}/bits`,
        `should be at least 4 bits, got ${bits}`,
        'check it: few models keep their accuracy',
      );
    }
  }
  return findings;
}
