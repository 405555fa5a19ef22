import { tableCount, tableInput, tableLength } from '../compile/adc-tables.ts';
import { type ErringConverter, gainInput, noiseInput, offsetInput } from '../compile/converter-errors.ts';
import { fillNormals } from '../core/normals.ts';
import { stream } from '../core/stream.ts';
import { fillAdcTable } from '../device/adc-tables.ts';
import { float32, type Tensor } from '../graph/graph.ts';

/**
 * The errors of a chip's converters as graph inputs, drawn once a chip: gain 1 + s gainStd z, offset s offsetStd z, each
 * converter (a row, or a column of a strip and slice of its weights) with draws of its own, whatever input slice it
 * converts, s the noise scale; and the std of the thermal noise, s noiseStd. Of ADCs of a design, the tables of their codes. They stay as the
 * chip ages.
 */
export function converterDraws(
  erring: readonly ErringConverter[],
  { chip, noise }: { readonly chip: number; readonly noise: number },
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const converter of erring) {
    const { name, width, errors } = converter;
    const drawn = (what: 'gain' | 'offset', std: number, mean: number): Tensor => {
      const values = new Float32Array(width);
      fillNormals(stream(chip, 'converter', what, name), values);
      return float32(
        [width],
        values.map((z) => mean + noise * std * z),
      );
    };
    if (errors.gainStd > 0) feeds[gainInput(name)] = drawn('gain', errors.gainStd, 1);
    if (errors.offsetStdLsb > 0) feeds[offsetInput(name)] = drawn('offset', errors.offsetStdLsb, 0);
    if (errors.noiseStdLsb > 0) {
      feeds[noiseInput(name)] = float32([width], new Float32Array(width).fill(noise * errors.noiseStdLsb));
    }
    if (converter.tables !== null) feeds[tableInput(name)] = drawnTables(converter, chip, noise);
  }
  return feeds;
}

/** One table an ADC, or a column where each has a comparator of its own. */
function drawnTables({ name, errors, tables }: ErringConverter, chip: number, noise: number): Tensor {
  const { bits, adcs, isByColumn } = tables!;
  const length = tableLength(tables!);
  const codes = new Float32Array(tableCount(tables!) * length);
  const filled = new Set<number>();
  adcs.forEach((adc, column) => {
    const number = isByColumn ? column : adc;
    if (filled.has(number)) return;
    filled.add(number);
    const table = codes.subarray(number * length, (number + 1) * length);
    const place = [chip, 'converter', name, adc] as const;
    fillAdcTable(table, errors.design!, bits, noise, place, isByColumn ? [...place, column] : place);
  });
  return float32([codes.length], codes);
}
