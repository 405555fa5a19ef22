import test from 'ava';
import { openCanvas } from '../../src/report/canvas.ts';
import { roomyTicks } from '../../src/report/charts/axis.ts';
import {
  type DifferencesData,
  differencesHeight,
  drawDifferences,
} from '../../src/report/charts/differences.ts';
import { innerScale, linearScale } from '../../src/report/charts/scale.ts';
import { chartStyles, LIGHT } from '../../src/report/charts/theme.ts';
import { drawYields, type YieldsData, yieldsHeight } from '../../src/report/charts/yields.ts';
import { golden } from '../support/golden.ts';

test('linearScale(domain, range, count) widens to round ticks', (t) => {
  const scale = linearScale([0.57, 0.91], [0, 80], 4);
  t.deepEqual(scale.ticks, [0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  t.is(scale(0.5), 0);
  t.is(scale(1), 80);
  t.is(linearScale([3, 3], [0, 10], 5).ticks.length > 1, true);
});

test('innerScale(domain, range, count) keeps its domain and the ticks well within', (t) => {
  const scale = innerScale([39.9, 90.1], [0, 100], 3);
  t.deepEqual(scale.ticks, [60, 80]);
  t.is(scale(90.1), 100);
});

test('roomyTicks(ticks) drops texts that would touch, and keeps first and last', (t) => {
  const ticks = [0, 5, 10, 60, 95, 100].map((at) => ({ at, text: '00' }));
  t.deepEqual(
    roomyTicks(ticks).map(({ at }) => at),
    [0, 60, 100],
  );
});

test('drawYields(pen, data, theme): chips without a value miss every limit', async (t) => {
  const drawn = async (chips: number) => {
    const arms = [{ ink: 0, values: [0.4, 0.6], chips }];
    const data: YieldsData = {
      baseTitle: 'limit',
      values: [0.4, 0.6],
      panels: [{ label: 'noise 1', arms }],
      arms: [{ name: 'a', ink: 0 }],
    };
    const theme = { width: 400, height: yieldsHeight(data, { width: 400 }), id: 'yield' };
    const frame = { ...theme, title: 'Yield', description: 'Yield.' };
    const svg = (await openCanvas())(frame, (pen) => drawYields(pen, data, theme));
    // The staircase is the longest path.
    const path = [...svg.matchAll(/ d="([^"]*)"/g)]
      .map(([, d]) => d!)
      .sort((a, b) => b.length - a.length)[0]!;
    return [...path.matchAll(/[\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
  };
  const [all, half] = [await drawn(2), await drawn(4)];
  const bottom = Math.max(...all);
  // Heights of the first corner: all chips, and half of them.
  t.is(bottom - half[0]!, (bottom - all[0]!) / 2);
});

test('drawDifferences(pen, data, theme) draws what the committed picture shows', async (t) => {
  const data: DifferencesData = {
    a: { name: 'GRASP', ink: 0 },
    b: { name: 'StochGRASP', ink: 1 },
    baseTitle: 'difference in accuracy, points',
    rows: [
      { label: 'noise 1', difference: 0.4, low: -0.6, high: 1.5, text: '+0.4', standing: 'open' },
      { label: 'noise 2', difference: 4.8, low: 3.1, high: 6.4, text: '+4.8', standing: 'ahead' },
      { label: 'noise 3', difference: -2.5, low: -3, high: -2, text: '\u22122.5', standing: 'behind' },
      { label: 'one chip', difference: 1, low: null, high: null, text: '+1.0', standing: 'unknown' },
    ],
  };
  const [width, height] = [560, differencesHeight(data)];
  const canvas = await openCanvas();
  const frame = {
    id: 'd',
    title: 'Differences',
    description: 'Four rows.',
    width,
    height,
    styles: chartStyles(LIGHT),
  };
  const svg = canvas(frame, (pen) => drawDifferences(pen, data, { width, height, id: 'd' }));
  golden(t, 'test/fixtures/report/differences.svg', `${svg.replaceAll('><', '>\n<')}\n`);
});
