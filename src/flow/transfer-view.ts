import { converterDraws } from '../chip/converter-draws.ts';
import {
  type AdcTables,
  adcsOfColumns,
  TABLE_STEPS,
  tableInput,
  tableLength,
} from '../compile/adc-tables.ts';
import { gainInput, offsetInput } from '../compile/converter-errors.ts';
import { stableJson } from '../core/files.ts';
import { fillAdcTable } from '../device/adc-tables.ts';
import { inlAt } from '../device/converter-errors.ts';
import { convertInPlace } from '../device/converters.ts';
import type { Converter, ConverterErrors, DeviceProfile } from '../profile/profile.ts';
import type { Transfer } from '../report/profile-view.ts';

const SEED = 0;
const DRAWN_CONVERTERS = 4;

/** What converters do, of both, or of one where they are alike. */
export function transfers({ dac, adc }: DeviceProfile['converters']): readonly Transfer[] {
  const alike = stableJson(dac) === stableJson(adc);
  const each = alike ? [transfer('DAC and ADC', dac)] : [transfer('DAC', dac), transfer('ADC', adc)];
  return each.flatMap((one) => one ?? []);
}

/**
 * Five steps to each side of zero, or the whole range where there are fewer. Without errors, which are shown apart, but for
 * those of an ADC's parts: these are the steps of the first ADC of the chip of seed 0.
 */
function transfer(name: string, converter: Converter): Transfer | null {
  const { bits, rule, errors } = converter;
  if (bits === null) return null;
  const levels = rule === 'symmetric' ? 2 ** bits - 1 : 2 ** bits;
  const top = (levels - 1) / 2;
  const reach = Math.min(1.2, 5.3 / top);
  const inputs = Array.from({ length: 401 }, (_, i) => reach * (i / 200 - 1));
  const drawn = errors === null ? null : drawnConverters(name, bits, errors);
  const first = drawn?.[1]?.codes ?? null;
  const outputs = Float32Array.from(inputs);
  if (first === null) convertInPlace(outputs, converter, 1);
  else
    outputs.forEach((input, i) => {
      outputs[i] = codeAt(first, bits, input * top) / top;
    });
  const points = inputs.map((input, i) => [input, outputs[i]!] as const);
  const shown = drawn === null || errors === null ? null : transferErrors(drawn, bits, top, errors);
  return { name, bits, levels, points, isDrawn: first !== null, errors: shown };
}

/** A converter as drawn: its gain, its offset and, of an ADC of a design, its codes. */
interface DrawnConverter {
  readonly gain: number;
  readonly offset: number;
  readonly codes: Float32Array | null;
}

/** A converter without draws, and four of the chip of seed 0 where anything of it is drawn. */
function drawnConverters(name: string, bits: number, errors: ConverterErrors): DrawnConverter[] {
  const { design } = errors;
  const adcs = adcsOfColumns([[0, DRAWN_CONVERTERS]], 1);
  const tables: AdcTables | null =
    design === null ? null : { bits, adcs, isByColumn: design.kind === 'ramp' };
  const erring = { name, device: name, kind: 'adc' as const, width: DRAWN_CONVERTERS, errors, tables };
  const draws = converterDraws([erring], { chip: SEED, noise: 1 });
  const at = (input: string, i: number, otherwise: number) => Number(draws[input]?.data[i] ?? otherwise);
  const length = tables === null ? 0 : tableLength(tables);
  const drawnCodes = draws[tableInput(name)]?.data as Float32Array | undefined;
  const still = new Float32Array(length);
  if (design !== null) fillAdcTable(still, design, bits, 0, [SEED, name]);
  const isDrawn =
    errors.gainStd > 0 ||
    errors.offsetStdLsb > 0 ||
    (design !== null && design.capacitorStd + design.comparatorStd > 0);
  return [
    { gain: 1, offset: 0, codes: design === null ? null : still },
    ...Array.from({ length: isDrawn ? DRAWN_CONVERTERS : 0 }, (_, i) => ({
      gain: at(gainInput(name), i, 1),
      offset: at(offsetInput(name), i, 0),
      codes: drawnCodes?.subarray(i * length, (i + 1) * length) ?? null,
    })),
  ];
}

/** What is added to a value over the range, without draws and of each drawn converter. */
function transferErrors(
  converters: readonly DrawnConverter[],
  bits: number,
  top: number,
  { inl, noiseStdLsb }: ConverterErrors,
): Transfer['errors'] {
  const rows = Array.from({ length: 101 }, (_, i) => {
    const input = i / 50 - 1;
    const errorsLsb = converters.map(({ gain, offset, codes }) => {
      const value = gain * input + offset / top;
      const bent = (value - input) * top + (inl === null ? 0 : inlAt(inl, value));
      return codes === null ? bent : bent + codeError(codes, bits, input * top + bent);
    });
    return { input, errorsLsb };
  });
  const names = ['without draws', ...converters.slice(1).map((_, i) => `converter ${i + 1}`)];
  return { names, rows, noiseStdLsb };
}

/** The code of a value in steps, by a table; beyond the range the last one. */
function codeAt(codes: Float32Array, bits: number, value: number): number {
  const top = 2 ** (bits - 1) - 0.5;
  const held = Math.min(top, Math.max(-top, value));
  return codes[Math.floor((held + 2 ** (bits - 1)) * TABLE_STEPS)]!;
}

/** Code less value, averaged over a step about the value, so that rounding leaves no trace. */
function codeError(codes: Float32Array, bits: number, value: number): number {
  const top = 2 ** (bits - 1) - 0.5;
  const centre = Math.min(top - 0.5, Math.max(0.5 - top, value));
  let sum = 0;
  for (let k = 0; k < TABLE_STEPS; k++) {
    const near = centre + (k + 0.5) / TABLE_STEPS - 0.5;
    sum += codeAt(codes, bits, near) - near;
  }
  return sum / TABLE_STEPS;
}
