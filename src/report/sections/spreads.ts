import { mean } from '../../core/statistics.ts';
import { drawSpreads, type SpreadsData, spreadsHeight } from '../charts/spreads.ts';
import type { Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import { type InkedArm, inkedArms, type ReportData } from '../report-data.ts';
import { code, numbers } from '../table.ts';

/** The std that a StochGRASP adapter learned, against the target that it was drawn to; null where no arm has one. */
export function spreadsSection(data: ReportData): Section | null {
  const figures = inkedArms(data).flatMap((arm) => {
    const figure = spreadsFigure(data, arm);
    return figure === null ? [] : [figure];
  });
  if (figures.length === 0) return null;
  return {
    id: 'spreads',
    title: 'Learned spread against target spread',
    blocks: [
      {
        kind: 'paragraph',
        text:
          'A layer\u2019s target is its relative rms weight error on simulated chips at the time and noise scale that the adapter was trained for. ' +
          'Training pulls the learned std towards it; where a group stays below, the task asked for less noise there than the hardware has.',
      },
      { kind: 'figures', figures },
    ],
  };
}

function spreadsFigure({ run }: ReportData, arm: InkedArm): Figure | null {
  const layers = run.arms.find((record) => record.arm === arm.arm)?.layers ?? [];
  const rows = layers.flatMap((layer) =>
    layer.weightError === undefined || layer.weightError === null
      ? []
      : [{ label: layer.name, target: layer.weightError.target, ...layer.weightError.learned }],
  );
  if (rows.length === 0) return null;
  const chart: SpreadsData = { baseTitle: 'relative std', arm: { name: arm.label, ink: arm.ink }, rows };
  const ratio = mean(rows.map((row) => row.mean / row.target));
  return {
    id: `spread-${arm.ink}`,
    title: `${arm.label}, layer by layer`,
    description: `Learned relative std (mean and range over groups) and target std of ${rows.length} layers of ${arm.label}.`,
    caption: `On average over layers the learned std is ${ratio.toFixed(2)} times its target.`,
    table: {
      caption: `${arm.label}: target std, and learned std over groups.`,
      columns: [
        code('layer'),
        ...['target', 'learned mean', 'least', 'largest', 'mean / target'].map(numbers),
      ],
      rows: rows.map((row) => [
        row.label,
        ...[row.target, row.mean, row.min, row.max].map((value) => value.toFixed(3)),
        (row.mean / row.target).toFixed(2),
      ]),
    },
    size: 'full',
    height: (theme) => spreadsHeight(chart, theme),
    draw: (pen, theme) => drawSpreads(pen, chart, theme),
  };
}
