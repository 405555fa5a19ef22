import type { Dimension } from '../core/units.ts';
import { shown, shownNumber } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { Law } from './law.ts';
import type { Verify as VerifyJson } from './schema.generated.ts';
import { type Verify, verifiedLaws, verifiedState } from './verified-writing.ts';

const AT = '/writing/verify';
/** States at which the share of missed cells is looked at. */
const STATES: readonly number[] = Array.from({ length: 65 }, (_, i) => i / 64);
/** Above this share of cells beyond the tolerance, a warning. */
const MOST_MISSED = 0.1;

/** The laws of writing as they are after write-verify, and write-verify itself; null where a profile has none. Findings go into the list. */
export function buildVerify(
  root: unknown,
  number: (pointer: string, dimension: Dimension, otherwise: number) => number,
  sound: (pointer: string) => boolean,
  laws: { readonly std: Law | null; readonly meanShift: Law | null; readonly firstSeconds: number },
  findings: Finding[],
): { readonly verify: Verify; readonly std: Law; readonly meanShift: Law | null } | null {
  const source = sound(AT) ? (valueAt(root, AT) as VerifyJson | undefined) : undefined;
  if (source === undefined) return null;
  const tolerance = number(`${AT}/tolerance`, 'conductance', Number.NaN);
  if (tolerance <= 0) {
    const message = `must be more than 0 uS, got ${shown(source.tolerance)}`;
    const cure = 'give how far from its target a cell may be read';
    findings.push({ severity: 'error', pointer: `${AT}/tolerance`, message, cure });
  }
  const { std, meanShift, firstSeconds } = laws;
  if (!(tolerance > 0) || std === null) return null;
  const verify: Verify = {
    toleranceMicrosiemens: tolerance,
    maxPulses: source.maxPulses,
    source: source.source ?? null,
    at: (x) => {
      const mean = meanShift?.at(x, firstSeconds) ?? 0;
      return verifiedState(mean, std.at(x, firstSeconds), tolerance, source.maxPulses);
    },
  };
  const states = STATES.map(verify.at);
  const worst = states.reduce((most, { missed }, i) => (missed > states[most]!.missed ? i : most), 0);
  if (states[worst]!.missed > MOST_MISSED) {
    const message = `should bring at least ${100 * (1 - MOST_MISSED)} % of the cells within the tolerance, got ${Number((100 * (1 - states[worst]!.missed)).toPrecision(3))} % at x = ${shownNumber(STATES[worst]!)}`;
    const cure = 'allow more pulses or a wider tolerance; "std" is the spread of one pulse';
    findings.push({ severity: 'warning', pointer: AT, message, cure, atKey: true });
  }
  return { verify, ...verifiedLaws(std, meanShift, verify, firstSeconds) };
}

/** Write-verify in words. */
export function verifyText({ toleranceMicrosiemens, maxPulses, source, at }: Verify): string {
  const states = STATES.map(at);
  const pulses = states.map((state) => state.pulses);
  const [least, most] = [Math.min(...pulses), Math.max(...pulses)].map((n) => n.toPrecision(3));
  const missed = Math.max(...states.map((state) => state.missed));
  const range = least === most ? `${least} pulses` : `${least} to ${most} pulses`;
  return [
    `within ${shownNumber(toleranceMicrosiemens)} uS by at most ${maxPulses} pulses`,
    `${range} a cell, by its state`,
    `at most ${Number((100 * missed).toPrecision(3))} % of cells not brought within${source === null ? '' : ` (${source})`}`,
  ].join('; ');
}
