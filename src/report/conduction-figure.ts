import { figure, shown } from './curves-figure.ts';
import type { Figure } from './figure.ts';
import type { ProfileView } from './profile-view.ts';
import { numbers } from './table.ts';

/** A cell's current by voltage beside that of a conductance. */
export function conductionFigure({ conduction }: ProfileView): Figure | null {
  if (conduction === null) return null;
  const { readVolts, points } = conduction;
  return figure(
    {
      id: 'conduction',
      title: 'Current by voltage',
      description: `The current of a cell, as a share of its current at ${shown(readVolts)} V, against the voltage.`,
      caption: `The same law for all states. A conductance is given at the read voltage, ${shown(readVolts)} V, where both meet.`,
      table: {
        caption: "Voltage, and the current over that at the read voltage, %: the cell's and a conductance's.",
        columns: ['voltage, V', 'cell', 'conductance'].map(numbers),
        rows: points
          .filter((_, i) => i % 10 === 0)
          .map(([volts, share]) => [shown(volts), shown(100 * share), shown((100 * volts) / readVolts)]),
      },
      size: 'half',
    },
    {
      valueTitle: 'current, % of that at the read voltage',
      baseTitle: 'voltage, V',
      values: [-100, 100],
      base: [-readVolts, readVolts],
      panels: [
        {
          label: '',
          curves: [
            { ink: 0, points: points.map(([volts, share]) => [volts, 100 * share] as const) },
            {
              ink: 1,
              points: [
                [-readVolts, -100],
                [readVolts, 100],
              ],
            },
          ],
        },
      ],
      names: ['cell', 'conductance'],
    },
  );
}
