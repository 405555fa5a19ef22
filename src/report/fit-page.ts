import { openCanvas } from './canvas.ts';
import { type CurvesData, curvesHeight, drawCurves } from './charts/curves.ts';
import { type Drawings, drawFigure } from './drawings.ts';
import type { Figure } from './figure.ts';
import { figuresSvg } from './figures-svg.ts';
import { reportHtml } from './html.ts';
import { numbers, type Table, words } from './table.ts';

/** What the page of a fit shows, as plain numbers. Conductances in microsiemens. */
export interface FitView {
  readonly name: string;
  readonly source: string;
  readonly taken: string;
  /** Each fitted law with its interval, by conductance. */
  readonly laws: readonly {
    readonly title: string;
    readonly unit: string;
    readonly points: readonly {
      readonly g: number;
      readonly value: number;
      readonly low: number;
      readonly high: number;
    }[];
  }[];
  /** Errors of written cells in units of the fitted std: by state their mean and std, and a histogram. */
  readonly residuals: {
    readonly byState: readonly {
      readonly g: number;
      readonly cells: number;
      readonly mean: number;
      readonly std: number;
    }[];
    /** Middle of a bin, share of cells a unit, the same of the standard normal. */
    readonly bins: readonly { readonly z: number; readonly density: number; readonly normal: number }[];
  };
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly warnings: readonly string[];
}

/** A fit as one HTML page: laws with their intervals, residuals, facts. */
export async function fitHtml(view: FitView): Promise<string> {
  const figures = fitFigures(view);
  const canvas = await openCanvas();
  const drawings = new Map<string, Drawings>();
  for (const figure of figures) drawings.set(figure.id, drawFigure(canvas, figure));
  const document = {
    kicker: 'Fit of a device profile',
    title: view.name,
    verdict: view.source,
    evidence: view.taken,
    warnings: view.warnings,
    synthetic: false,
    sections: [
      { id: 'figures', title: 'What was fitted', blocks: [{ kind: 'figures', figures }] },
      { id: 'facts', title: 'How well it fits', blocks: [{ kind: 'facts', facts: view.facts }] },
    ],
    footer: 'This page is whole: it makes no request and runs no script.',
  } as const;
  return reportHtml(document, drawings);
}

/** A fit's figures in one SVG file. */
export function fitSvg(view: FitView): Promise<string> {
  return figuresSvg(view.name, fitFigures(view));
}

function fitFigures(view: FitView): readonly Figure[] {
  return [...view.laws.map((law, i) => lawFigure(law, i)), histogram(view), byState(view)];
}

function figure(texts: Omit<Figure, 'height' | 'draw'>, chart: CurvesData): Figure {
  return {
    ...texts,
    height: (theme) => curvesHeight(chart, theme),
    draw: (pen, theme) => drawCurves(pen, chart, theme),
  };
}

function lawFigure({ title, unit, points }: FitView['laws'][number], index: number): Figure {
  const all = points.flatMap(({ low, high }) => [low, high]);
  return figure(
    {
      id: `law-${index}`,
      title,
      description: `${title} against conductance, with its interval.`,
      caption: 'Line: estimate; band: its interval at each state.',
      table: {
        caption: `${title}, ${unit}.`,
        columns: ['g, uS', 'estimate', 'low', 'high'].map(numbers),
        rows: points
          .filter((_, i) => i % 8 === 0)
          .map(({ g, value, low, high }) => [g, value, low, high].map(shown)),
      },
      size: 'half',
    },
    {
      valueTitle: `${title}, ${unit}`,
      baseTitle: 'conductance, \u00b5S',
      values: [Math.min(0, ...all), Math.max(0, ...all)],
      base: [Math.min(...points.map(({ g }) => g)), Math.max(...points.map(({ g }) => g))],
      panels: [
        {
          label: '',
          curves: [
            {
              ink: 0,
              points: points.map(({ g, value }) => [g, value] as const),
              band: points.map(({ low, high }) => [low, high] as const),
            },
          ],
        },
      ],
      names: ['estimate'],
    },
  );
}

function histogram({ residuals: { bins } }: FitView): Figure {
  return figure(
    {
      id: 'residuals',
      title: 'Errors of written cells',
      description:
        'Distribution of the errors of written cells, in units of the fitted std, beside the standard normal.',
      caption:
        'The two lines lie on each other where the fit is good; heavy tails or a shoulder are another kind of error.',
      table: {
        caption: 'Share of cells a unit.',
        columns: ['error / std', 'cells', 'normal'].map(numbers),
        rows: bins.map(({ z, density, normal }) => [z, density, normal].map(shown)),
      },
      size: 'half',
    },
    {
      valueTitle: 'share of cells a unit',
      baseTitle: 'error / std',
      values: [0, Math.max(...bins.map(({ density, normal }) => Math.max(density, normal)))],
      base: [bins[0]!.z, bins.at(-1)!.z],
      panels: [
        {
          label: '',
          curves: [
            { ink: 0, points: bins.map(({ z, density }) => [z, density] as const) },
            { ink: 1, points: bins.map(({ z, normal }) => [z, normal] as const) },
          ],
        },
      ],
      names: ['cells', 'standard normal'],
    },
  );
}

function byState({ residuals: { byState: rows } }: FitView): Figure {
  const all = rows.flatMap(({ mean, std }) => [mean, std]);
  const table: Table = {
    caption: 'Errors in units of the fitted std: 0 and 1 are right.',
    columns: [numbers('g, uS'), words('cells'), numbers('mean'), numbers('std')],
    rows: rows.map(({ g, cells, mean, std }) => [shown(g), String(cells), shown(mean), shown(std)]),
  };
  return figure(
    {
      id: 'residuals-by-state',
      title: 'Errors by state',
      description: 'Mean and std of the errors of written cells in units of the fitted std, by state.',
      caption: 'The mean belongs at 0, the std at 1, at every state; a trend is a law of the wrong shape.',
      table,
      size: 'half',
    },
    {
      valueTitle: 'error / std',
      baseTitle: 'conductance, \u00b5S',
      values: [Math.min(-0.2, ...all), Math.max(1.2, ...all)],
      base: [Math.min(...rows.map(({ g }) => g)), Math.max(...rows.map(({ g }) => g), rows[0]!.g + 1e-9)],
      panels: [
        {
          label: '',
          curves: [
            { ink: 0, points: rows.map(({ g, mean }) => [g, mean] as const) },
            { ink: 1, points: rows.map(({ g, std }) => [g, std] as const) },
          ],
        },
      ],
      names: ['mean', 'std'],
    },
  );
}

/** Four digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
