import { figure, shown } from './curves-figure.ts';
import type { Figure } from './figure.ts';
import type { Transfer } from './profile-view.ts';
import { numbers } from './table.ts';

/** The figures of a converter: its steps near zero and, where it errs, its errors over the range. */
export function converterFigures(converter: Transfer): Figure[] {
  return [transfer(converter), ...transferErrors(converter)];
}

function transfer({ name, bits, levels, points, isDrawn }: Transfer): Figure {
  const inputs = points.map(([input]) => 100 * input);
  const outputs = points.map(([, output]) => 100 * output);
  return figure(
    {
      id: `transfer-${name.toLowerCase().replaceAll(' ', '-')}`,
      title: `${name}: ${bits} bits, ${levels} levels`,
      description: `${name}: output against input near zero, in percent of the range.`,
      caption: `The steps near zero, of ${levels} over the whole range. Beyond the range the last level is given.${isDrawn ? ' Those of one ADC of a chip, whose parts err.' : ''}`,
      table: {
        caption: `${name}: its input and output, % of the range.`,
        columns: ['input', 'output'].map(numbers),
        rows: inputs.flatMap((input, i) => (i % 10 === 0 ? [[shown(input), shown(outputs[i]!)]] : [])),
      },
      size: 'half',
    },
    {
      valueTitle: 'output, % of range',
      baseTitle: 'input, % of range',
      values: [Math.min(...inputs, ...outputs), Math.max(...inputs, ...outputs)],
      base: [inputs[0]!, inputs.at(-1)!],
      panels: [
        {
          label: '',
          curves: [
            { ink: 0, points: inputs.map((input, i) => [input, outputs[i]!] as const) },
            {
              ink: 1,
              points: [
                [inputs[0]!, inputs[0]!],
                [inputs.at(-1)!, inputs.at(-1)!],
              ],
            },
          ],
        },
      ],
      names: [name, 'exact'],
    },
  );
}

function transferErrors({ name, errors }: Transfer): Figure[] {
  if (errors === null) return [];
  const { names, rows, noiseStdLsb } = errors;
  const values = rows.flatMap(({ errorsLsb }) => errorsLsb);
  const noise =
    noiseStdLsb > 0
      ? ` Thermal noise of ${shown(noiseStdLsb)} LSB, new at each conversion, is added to it.`
      : '';
  return [
    figure(
      {
        id: `transfer-errors-${name.toLowerCase().replaceAll(' ', '-')}`,
        title: `${name}: errors over the range`,
        description: `${name}: what is added to a value besides rounding, in steps of the converter, over the range.`,
        caption: `What is added besides rounding, in steps (LSB), of ${names.length - 1} converters of one chip.${noise}`,
        table: {
          caption: `${name}: input, % of the range, and error, LSB.`,
          columns: ['input', ...names].map(numbers),
          rows: rows
            .filter((_, i) => i % 10 === 0)
            .map(({ input, errorsLsb }) => [shown(100 * input), ...errorsLsb.map(shown)]),
        },
        size: 'half',
      },
      {
        valueTitle: 'error, LSB',
        baseTitle: 'input, % of range',
        values: [Math.min(0, ...values), Math.max(0, ...values)],
        base: [-100, 100],
        panels: [
          {
            label: '',
            curves: names.map((_, ink) => ({
              ink,
              points: rows.map(({ input, errorsLsb }) => [100 * input, errorsLsb[ink]!] as const),
            })),
          },
        ],
        names,
      },
    ),
  ];
}
