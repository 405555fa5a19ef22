import { drawLevels, levelsHeight } from './charts/levels.ts';
import { shown } from './curves-figure.ts';
import type { Figure } from './figure.ts';
import type { ProfileView } from './profile-view.ts';
import { numbers, words } from './table.ts';

/** What StochGRASP trains toward, by mapping and age. */
export function weightErrorFigure({ weightErrors, referenceSeconds }: ProfileView): Figure {
  const { mappings, ages, layer } = weightErrors;
  const place = (seconds: number) => Math.log10(1 + seconds / referenceSeconds);
  const all = mappings.flatMap(({ errors }) => errors.map((error) => 100 * error));
  const data = {
    valueTitle: 'relative weight error, %',
    baseTitle: 'age',
    // A profile without any error has no scale of its own.
    values: [0, Math.max(1e-4, ...all)] as const,
    ticks: ages.map(({ seconds, age }) => ({ at: place(seconds), text: age })),
    series: mappings.map(({ name, errors }, ink) => ({
      name,
      ink,
      points: errors.map((error, i) => ({
        at: place(ages[i]!.seconds),
        mean: 100 * error,
        low: null,
        high: null,
      })),
    })),
    references: [],
  };
  return {
    id: 'weight-error',
    title: 'Relative weight error by mapping',
    description: `Root mean square error of the weights over their root mean square, for ${mappings.length} mappings at ${ages.length} ages.`,
    caption: `What StochGRASP trains toward with --target-noise 1: of a layer of ${layer.rows} x ${layer.columns} normal weights, drift compensated by one gain a chip, one read drawn, mean of four chips. The first mapping is the profile's own.`,
    table: {
      caption: 'Relative weight error, %.',
      columns: [words('mapping'), ...ages.map(({ age }) => numbers(age))],
      rows: mappings.map(({ name, errors }) => [name, ...errors.map((error) => shown(100 * error))]),
    },
    size: 'half',
    height: () => levelsHeight(),
    draw: (pen, theme) => drawLevels(pen, data, theme),
  };
}
