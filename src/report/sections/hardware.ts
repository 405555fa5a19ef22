import type { LayerRecord } from '../../evaluate/run-record.ts';
import type { Block, Section } from '../document.ts';
import { conditionLabel, formatCount, formatShare } from '../names.ts';
import { inkedArms, type ReportData } from '../report-data.ts';
import { cellAt } from '../summary.ts';
import { code, NONE, numbers, type Table, words } from '../table.ts';

/** What lies on the crossbars, and how often the converters ran out of range. */
export function hardwareSection(data: ReportData): Section {
  return { id: 'hardware', title: 'On the crossbars', blocks: [...tileBlocks(data), converterBlock(data)] };
}

/** One tile table for all arms that are laid out alike. */
function tileBlocks(data: ReportData): Block[] {
  const groups = new Map<string, { readonly labels: string[]; readonly layers: readonly LayerRecord[] }>();
  for (const arm of inkedArms(data)) {
    const layers = data.run.arms.find((record) => record.arm === arm.arm)?.layers ?? [];
    const layout = JSON.stringify(
      layers.map((l) => [l.name, l.in, l.out, l.tiles, l.rows, l.columns, l.utilisation]),
    );
    const group = groups.get(layout);
    if (group === undefined) groups.set(layout, { labels: [arm.label], layers });
    else group.labels.push(arm.label);
  }
  return [...groups.values()]
    .filter(({ layers }) => layers.length > 0)
    .map(({ labels, layers }) => ({ kind: 'table', table: tileTable(labels, layers) }));
}

function tileTable(labels: readonly string[], layers: readonly LayerRecord[]): Table {
  const tiles = layers.reduce((sum, layer) => sum + layer.tiles, 0);
  const weights = layers.reduce((sum, layer) => sum + layer.in * layer.out, 0);
  // Utilisation is a share of the cells of a layer's arrays, so the total weighs each layer by its arrays.
  const cells = layers.reduce((sum, layer) => sum + (layer.in * layer.out) / layer.utilisation, 0);
  return {
    caption: `Tiles of ${labels.join(' and ')}: ${formatCount(tiles)} arrays hold ${formatCount(weights)} weights in ${layers.length} linear layers.`,
    columns: [
      code('layer'),
      numbers('in \u00d7 out'),
      numbers('tiles'),
      numbers('largest tile'),
      numbers('cells used'),
    ],
    rows: [
      ...layers.map((layer) => [
        layer.name,
        `${layer.in} \u00d7 ${layer.out}`,
        String(layer.tiles),
        `${layer.rows} \u00d7 ${layer.columns}`,
        formatShare(layer.utilisation),
      ]),
      [
        'all',
        formatCount(weights),
        formatCount(tiles),
        '',
        Number.isFinite(cells) ? formatShare(weights / cells) : NONE,
      ],
    ],
  };
}

function converterBlock(data: ReportData): Block {
  const { run, summary } = data;
  const arms = inkedArms(data);
  const share = (value: number | null | undefined): string =>
    value === null || value === undefined ? NONE : formatShare(value, 3);
  const counted = summary.arms.some((arm) =>
    arm.cells.some((cell) => cell.clippedInputs !== null || cell.saturatedConversions !== null),
  );
  if (!counted) {
    return {
      kind: 'paragraph',
      text: 'Clipped inputs and saturated conversions were not counted in this run.',
    };
  }
  return {
    kind: 'table',
    table: {
      caption:
        'Inputs clipped by the DACs, and column sums beyond the ADCs\u2019 range before rounding: shares of all conversions, counted on a fixed subset of examples, mean over chips.',
      columns: [
        words('condition'),
        ...arms.flatMap((arm) => [numbers(`${arm.label}: clipped`), numbers('saturated')]),
      ],
      rows: run.conditions.map((condition) => [
        conditionLabel(condition),
        ...arms.flatMap((arm) => {
          const cell = cellAt(summary, arm, condition);
          return [share(cell?.clippedInputs), share(cell?.saturatedConversions)];
        }),
      ]),
    },
  };
}
