import type { WiredArray } from '../../src/device/wires/circuit.ts';

/**
 * The effective conductances of an array with wires, `[rows, columns]`, by the star-mesh transform on one graph: node after node, row
 * wires first, is taken out, and every two of its neighbours are joined by g_ki g_kj / sum of g_k. Slow and obvious; nothing is
 * subtracted, so that small conductances come out as exactly as large ones. Wires of 0 ohm are not for it.
 */
export function starMesh({ rows, columns, cells, wires }: WiredArray): number[] {
  const graph = new Map<string, Map<string, number>>();
  const neighbours = (node: string) => {
    const known = graph.get(node) ?? new Map<string, number>();
    graph.set(node, known);
    return known;
  };
  const join = (a: string, b: string, g: number) => {
    if (a === b || g === 0) return;
    neighbours(a).set(b, (neighbours(a).get(b) ?? 0) + g);
    neighbours(b).set(a, (neighbours(b).get(a) ?? 0) + g);
  };
  const rowEnd = 1e6 / (wires.rowSegmentOhm + wires.rowTerminalOhm);
  const columnEnd = 1e6 / (wires.columnSegmentOhm + wires.columnTerminalOhm);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const row = `row ${i} ${j}`;
      if (j === 0) join(`driver ${i}`, row, rowEnd);
      else join(`row ${i} ${j - 1}`, row, 1e6 / wires.rowSegmentOhm);
      if (j === columns - 1 && wires.driver === 'both-ends') join(`driver ${i}`, row, rowEnd);
      join(row, `column ${i} ${j}`, cells[i * columns + j]!);
      if (i === rows - 1) join(`column ${i} ${j}`, `ground ${j}`, columnEnd);
      else join(`column ${i} ${j}`, `column ${i + 1} ${j}`, 1e6 / wires.columnSegmentOhm);
    }
  }
  const nodes = [...graph.keys()].filter((node) => /^(row|column)/.test(node));
  for (const node of nodes) {
    const around = [...graph.get(node)!];
    graph.delete(node);
    for (const [neighbour] of around) graph.get(neighbour)!.delete(node);
    const sum = around.reduce((total, [, g]) => total + g, 0);
    around.forEach(([a, ga], at) => {
      for (const [b, gb] of around.slice(at + 1)) join(a, b, ga * (gb / sum));
    });
  }
  return Array.from(
    { length: rows * columns },
    (_, at) => graph.get(`driver ${Math.floor(at / columns)}`)?.get(`ground ${at % columns}`) ?? 0,
  );
}
