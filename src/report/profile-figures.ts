import type { CurvesData } from './charts/curves.ts';
import { conductionFigure } from './conduction-figure.ts';
import { converterFigures } from './converter-figures.ts';
import { figure, shown } from './curves-figure.ts';
import type { Figure } from './figure.ts';
import type { LawsByAge, ProfileView } from './profile-view.ts';
import { numbers, type Table } from './table.ts';
import { weightErrorFigure } from './weight-error-figure.ts';

/** The figures of a profile, of the effects that it has. */
export function profileFigures(view: ProfileView): readonly Figure[] {
  return [
    writing(view),
    readNoise(view),
    distributions(view),
    fan(view),
    weightErrorFigure(view),
    conductionFigure(view),
    ...view.converters.flatMap(converterFigures),
  ].flatMap((figure) => (figure === null ? [] : [figure]));
}

function writing({ writing: laws }: ProfileView): Figure | null {
  if (laws === null) return null;
  const shifted = laws.rows.some(({ shifts }) => shifts !== null);
  const kinds = shifted ? ['std', 'shift of the mean'] : ['std'];
  const names = kinds.flatMap((kind) => laws.ages.map((age) => (age === '' ? kind : `${kind}, ${age}`)));
  const columns = laws.rows.map(({ stds, shifts }) => [
    ...stds,
    ...(shifted ? (shifts ?? stds.map(() => 0)) : []),
  ]);
  return figure(
    {
      id: 'writing',
      title: 'Writing error by state',
      description: `Standard deviation${shifted ? ' and mean shift' : ''} of a cell about its target, against the target conductance.`,
      caption: 'Of single cells; a weight is a pair of them, whose errors add in square.',
      table: lawTable('Error about the target, uS', names, laws, columns),
      size: 'half',
    },
    lawChart('error, \u00b5S', names, laws, columns),
  );
}

function readNoise({ readNoise: laws }: ProfileView): Figure | null {
  if (laws === null) return null;
  const names = laws.ages.map((age) => (age === '' ? 'one read' : `one read, ${age}`));
  const columns = laws.rows.map(({ stds }) => stds.map((std) => 100 * std));
  return figure(
    {
      id: 'read-noise',
      title: 'Read noise by state',
      description:
        'Standard deviation of one read, relative to the present conductance, against that conductance.',
      caption: 'Relative to the conductance that is read.',
      table: lawTable('Relative std of one read, %', names, laws, columns),
      size: 'half',
    },
    lawChart('relative std, %', names, laws, columns),
  );
}

function lawChart(
  valueTitle: string,
  names: readonly string[],
  { rows }: LawsByAge,
  columns: readonly (readonly number[])[],
): CurvesData {
  const all = columns.flat();
  const curves = names.map((_, ink) => ({
    ink,
    points: rows.map(({ g }, i) => [g, columns[i]![ink]!] as const),
  }));
  return {
    valueTitle,
    baseTitle: 'conductance, \u00b5S',
    values: [Math.min(0, ...all), Math.max(...all)],
    base: [Math.min(0, rows[0]!.g), rows.at(-1)!.g],
    panels: [{ label: '', curves }],
    names,
  };
}

/** The figure's numbers at every eighth state, the ends among them. */
function lawTable(
  caption: string,
  names: readonly string[],
  { rows }: LawsByAge,
  columns: readonly (readonly number[])[],
): Table {
  const kept = rows.flatMap(({ g }, i) =>
    i % 8 === 0 || i === rows.length - 1 ? [{ g, values: columns[i]! }] : [],
  );
  return {
    caption: `${caption}.`,
    columns: ['g, uS', ...names].map(numbers),
    rows: kept.map(({ g, values }) => [g, ...values].map(shown)),
  };
}

function distributions({ distributions: ages }: ProfileView): Figure {
  const targets = ages[0]!.targets.map(({ target }) => target);
  const all = ages.flatMap((age) => age.targets.flatMap(({ bins }) => bins.map(([g]) => g)));
  const rows = ages.flatMap(({ age, targets: cells }) =>
    cells.map(({ target, mean, std, q05, q50, q95 }) => [
      age,
      ...[target, mean, std, q05, q50, q95].map(shown),
    ]),
  );
  return figure(
    {
      id: 'distributions',
      title: 'Cells over time',
      description: `How the conductances of cells written to ${targets.length} targets are spread, at ${ages.length} ages.`,
      caption:
        'Simulated cells as one read gives them. The height of each hump is scaled to its own peak: compare places and widths.',
      table: {
        caption: 'Cells as read, uS.',
        columns: ['age', 'target', 'mean', 'std', '5 %', '50 %', '95 %'].map(numbers),
        rows,
      },
      size: 'full',
    },
    {
      valueTitle: 'cells, scaled to the peak',
      baseTitle: 'conductance, \u00b5S',
      values: [0, 1],
      base: [Math.min(...all), Math.max(...all)],
      panelHeight: 84,
      panels: ages.map(({ age, targets: cells }) => ({
        label: age,
        curves: cells.map(({ bins }, ink) => {
          const peak = Math.max(...bins.map(([, count]) => count));
          return { ink, filled: true, points: bins.map(([g, count]) => [g, count / peak] as const) };
        }),
      })),
      names: targets.map((target) => `target ${shown(target)} \u00b5S`),
    },
  );
}

function fan({ fans, referenceSeconds }: ProfileView): Figure | null {
  if (fans.length === 0) return null;
  const place = (seconds: number) => Math.log10(1 + seconds / referenceSeconds);
  const shares = fans.flatMap(({ target, rows }) =>
    rows.flatMap(({ q05, q95 }) => [q05 / target, q95 / target]),
  );
  const ages = fans[0]!.rows;
  return figure(
    {
      id: 'drift',
      title: 'Drift',
      description: `Median and 5 % to 95 % of cells written to ${fans.length} targets, as shares of the target, against age.`,
      caption: 'Lines: medians; bands: nine cells of ten, writing error included, read noise not.',
      table: {
        caption: 'Share of the target: 5 %, median, 95 % of cells.',
        columns: [
          'age',
          ...fans.flatMap(({ target }) => ['5 %', '50 %', '95 %'].map((q) => `${shown(target)} uS ${q}`)),
        ].map(numbers),
        rows: ages.map(({ age }, i) => [
          age,
          ...fans.flatMap(({ target, rows }) => {
            const { q05, q50, q95 } = rows[i]!;
            return [q05, q50, q95].map((q) => shown(q / target));
          }),
        ]),
      },
      size: 'half',
    },
    {
      valueTitle: 'conductance, share of the target',
      baseTitle: 'age',
      values: [Math.min(...shares), Math.max(...shares)],
      base: [0, place(ages.at(-1)!.seconds)],
      ticks: ages.map(({ seconds, age }) => ({ at: place(seconds), text: age })),
      panels: [
        {
          label: '',
          curves: fans.map(({ target, rows }, ink) => ({
            ink,
            points: rows.map(({ seconds, q50 }) => [place(seconds), q50 / target] as const),
            band: rows.map(({ q05, q95 }) => [q05 / target, q95 / target] as const),
          })),
        },
      ],
      names: fans.map(({ target }) => `target ${shown(target)} \u00b5S`),
    },
  );
}
