import type { Dimension } from '../core/units.ts';
import { buildCyclesLaw, type CyclesLaw, type CyclesLawContext } from './cycles-law.ts';
import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { Endurance, FaultRates, Faults } from './profile.ts';
import type { Endurance as EnduranceJson } from './schema.generated.ts';

const KINDS = ['stuckLow', 'stuckHigh', 'stuckRandom'] as const;

/** How many numbers of cycles, evenly over their logarithm, the laws are tried at. */
const TRIED = 200;

/** The least part of the cell's range that worn cells must still reach. */
const LEAST_WINDOW = 1e-3;

/**
 * Reads the section of endurance, and what so many write cycles have done. Findings go into the list.
 * @param cycles The write cycles that are asked for; undefined: fresh cells.
 * @returns Null where it is absent or has a fault of its own.
 */
export async function buildEndurance(
  root: unknown,
  sound: (pointer: string) => boolean,
  range: { readonly gMin: number; readonly gMax: number },
  findings: Finding[],
  cycles: number | undefined,
): Promise<Endurance | null> {
  const source = sound('/endurance') ? (valueAt(root, '/endurance') as EnduranceJson | undefined) : undefined;
  if (source === undefined) return null;
  const error = (pointer: string, message: string, cure: string) =>
    findings.push({ severity: 'error', pointer, message, cure });
  const to = source.to ?? source.ratedCycles;
  const context = (dimension: Dimension): CyclesLawContext => ({ dimension, toCycles: to });
  const law = async (field: keyof EnduranceJson, dimension: Dimension): Promise<CyclesLaw | null> => {
    if (source[field] === undefined) return null;
    const built = await buildCyclesLaw(source[field], `/endurance/${field}`, context(dimension));
    findings.push(...built.findings);
    return built.law;
  };
  const laws = {
    gMin: await law('gMin', 'conductance'),
    gMax: await law('gMax', 'conductance'),
    stuckLow: await law('stuckLow', 'dimensionless'),
    stuckHigh: await law('stuckHigh', 'dimensionless'),
    stuckRandom: await law('stuckRandom', 'dimensionless'),
  };
  const { gMin, gMax } = range;
  /** What is wrong at so many cycles; said once a field. */
  const told = new Set<string>();
  const tell = (field: string, at: number, message: string, cure: string) => {
    if (told.has(field)) return;
    told.add(field);
    error(`/endurance/${field}`, `${message}, at ${digits(at)} cycles`, cure);
  };
  let most = 0;
  for (let i = 0; i <= TRIED; i++) {
    const n = to ** (i / TRIED);
    const low = laws.gMin?.at(n) ?? gMin;
    const high = laws.gMax?.at(n) ?? gMax;
    const within = "a worn cell reaches a part of a fresh one's range: mend the law or the cell";
    if (!(low >= gMin * (1 - 1e-9)))
      tell('gMin', n, `must be at least the cell's gMin (${gMin} uS), got ${digits(low)} uS`, within);
    if (!(high <= gMax * (1 + 1e-9)))
      tell('gMax', n, `must be at most the cell's gMax (${gMax} uS), got ${digits(high)} uS`, within);
    if (!(high - low >= LEAST_WINDOW * (gMax - gMin)) && gMax > gMin)
      tell(
        laws.gMax === null ? 'gMin' : 'gMax',
        n,
        `must leave at least a thousandth of the cell's range, got ${digits(low)} to ${digits(high)} uS`,
        'end the section with "to" before',
      );
    let sum = 0;
    for (const kind of KINDS) {
      const share = laws[kind]?.at(n) ?? 0;
      sum += share;
      if (!(share >= 0 && share <= 1))
        tell(kind, n, `must be a share from 0 to 1 (100 %), got ${digits(share)}`, 'mend the law');
    }
    most = Math.max(most, Math.min(sum, 1));
    if (sum > 1 && told.size === 0)
      tell(
        'stuckLow',
        n,
        `must sum to at most 1 with the other failures, got ${digits(sum)}`,
        'mend the laws',
      );
  }
  if (Object.values(laws).every((one) => one === null) && told.size === 0) {
    const message = `should say what cycles do (gMin, gMax, stuckLow, stuckHigh or stuckRandom), got the rating alone`;
    const cure = 'give one, or leave it: --cycles then changes nothing';
    findings.push({ severity: 'warning', pointer: '/endurance', message, cure, atKey: true });
  }
  if (to > source.ratedCycles) {
    const message = `should be at most the rated ${shown(source.ratedCycles)} cycles, got ${shown(to)}`;
    const cure = 'check it: beyond its rating a cell is not said to work';
    findings.push({ severity: 'warning', pointer: '/endurance/to', message, cure });
  }
  const n = cycles ?? null;
  const share = (kind: keyof FaultRates) => (n === null ? 0 : (laws[kind]?.at(n) ?? 0));
  return {
    ratedCycles: source.ratedCycles,
    toCycles: to,
    presentCycles: n,
    window:
      n === null || (laws.gMin === null && laws.gMax === null)
        ? null
        : { gMinMicrosiemens: laws.gMin?.at(n) ?? gMin, gMaxMicrosiemens: laws.gMax?.at(n) ?? gMax },
    failures: {
      stuckLow: share('stuckLow'),
      stuckHigh: share('stuckHigh'),
      stuckRandom: share('stuckRandom'),
      most,
    },
    texts: Object.entries(laws).flatMap(([name, one]) => (one === null ? [] : [`${name} by ${one.text}`])),
    source: source.source,
  };
}

/** Stuck cells with those that failed in use. */
export function withFailures(faults: Faults | null, endurance: Endurance | null): Faults | null {
  const failures = endurance?.failures;
  if (failures === undefined || failures.stuckLow + failures.stuckHigh + failures.stuckRandom === 0)
    return faults;
  const clusters = { ...NONE, rows: 1, columns: 1 };
  return { ...(faults ?? { cells: NONE, clusters, columns: NONE, rows: NONE }), failures };
}

/** Six digits. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}

const NONE: FaultRates = { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 };

/** Endurance in words. */
export function enduranceText({ ratedCycles, toCycles, presentCycles, texts, source }: Endurance): string {
  const cycles = (n: number) => (n >= 1e4 ? n.toExponential().replace('e+', 'e') : String(n));
  const known = toCycles === ratedCycles ? '' : `, known to ${cycles(toCycles)}`;
  const worn = presentCycles === null ? '' : `, here after ${cycles(presentCycles)}`;
  const what = texts.length === 0 ? '' : `; ${texts.join(', ')}`;
  return `rated ${cycles(ratedCycles)} write cycles${known}${worn}${what} (${source})`;
}
