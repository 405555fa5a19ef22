import { tInterval } from '../../src/core/intervals.ts';
import { mean } from '../../src/core/statistics.ts';
import { drawLevels, type LevelSeries, levelsHeight } from '../../src/report/charts/levels.ts';
import type { Figure } from '../../src/report/figure.ts';
import { figuresSvg } from '../../src/report/figures-svg.ts';
import type { StudyArm } from './arms.ts';
import { chipValues, overSeeds } from './chip-values.ts';
import type { StudyResults } from './page.ts';

/** As many arms as a reader can tell apart: each method alone beside the best that draws make of it. */
const DRAWN = ['grasp', 'stochgrasp', 'grasp+written', 'lora', 'lora+draws', 'bitfit+draws'];

/** Names of the arms of a study that a figure shows. */
export function drawnArms(arms: readonly StudyArm[]): readonly string[] {
  return DRAWN.filter((name) => arms.some((arm) => arm.name === name));
}

/** Accuracy over noise scales on each memory, as an SVG that follows light and dark. */
export async function robustnessSvg(study: StudyResults, metric: string): Promise<string> {
  const figures = [];
  for (const profile of study.profiles) figures.push(await figureOf(study, profile, metric));
  return figuresSvg(`${study.options.task}: ${metric} over write noise`, figures);
}

async function figureOf(study: StudyResults, profile: string, metric: string): Promise<Figure> {
  const at = await chipValues(study, profile, metric);
  const names = drawnArms(study.arms);
  const series = names.map((name, ink): LevelSeries => {
    const points = study.noise.map((scale) => {
      const values = overSeeds(at(name, scale)).map((value) => 100 * value);
      const interval = tInterval(values);
      return { at: scale, mean: mean(values), low: interval?.low ?? null, high: interval?.high ?? null };
    });
    return { name, ink, points };
  });
  const all = series.flatMap(({ points }) =>
    points.flatMap(({ mean: middle, low, high }) => [middle, low ?? middle, high ?? middle]),
  );
  const data = {
    valueTitle: `${metric}, %`,
    baseTitle: 'noise scale',
    values: [Math.min(...all), Math.max(...all)] as const,
    ticks: study.noise.map((scale) => ({ at: scale, text: String(scale) })),
    series,
    references: [],
  };
  return {
    id: profile,
    title: `On ${profile}, freshly written`,
    description: `Mean ${metric} over chips and training seeds of ${names.join(', ')} at noise scales ${study.noise.join(', ')}.`,
    caption: '',
    table: { caption: '', columns: [], rows: [] },
    size: 'full',
    height: levelsHeight,
    draw: (pen, theme) => drawLevels(pen, data, theme),
  };
}
