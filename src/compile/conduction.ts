import { buildGraph, type GraphBuilder } from '../graph/build.ts';
import type { Graph } from '../graph/graph.ts';
import type { ConductionLaw } from '../profile/profile.ts';
import { weightProducts } from './live-reads.ts';
import type { Program } from './program.ts';
import { converterOf } from './program.ts';

/** Below this ratio Vr/V0 the sinh is its series: a difference of exponentials would lose digits. */
const SERIES_BELOW = 0.5;

/**
 * Adds the current-voltage law of a profile's cells to a program's graph: each row drives its product by h(u) instead of
 * u, u being the voltage over the read voltage at the end of the DAC's range (of inputs in slices, of a digit's). Being
 * the same for all states, h stands once in front of a product: sum over rows of g h(u) is one product still.
 *
 * Rows that are driven by the full voltage or not at all (bit-serial inputs, inputs coded by the width of a pulse) meet
 * h(1) = 1 only. See `device/conduction.ts` for h. The digital zero point of a mapping goes by u: it knows no law.
 *
 * @param graph The program's, with the errors of its converters where it has any; live reads come after it.
 */
export function withConduction(
  graph: Graph,
  program: Pick<Program, 'layers' | 'profile' | 'options'>,
): Graph {
  const { conduction } = program.profile;
  const full = fullDrive(program);
  if (conduction === null || conduction.inputs === 'pulse-width' || full === null) return graph;
  const products = new Set(weightProducts(graph, program.layers).map(({ node }) => node));
  const builder = buildGraph(graph.name, { ...graph, nodes: [] });
  const made = new Map<string, string>();
  for (const node of graph.nodes) {
    if (!products.has(node)) {
      builder.nodes(node.op, node.inputs, node.outputs.length, node);
      continue;
    }
    const [rows, ...weights] = node.inputs as [string, string];
    const driven = made.get(rows) ?? conducted(builder, rows, full, conduction.law);
    made.set(rows, driven);
    builder.nodes(node.op, [driven, ...weights], node.outputs.length, node);
  }
  return builder.finish();
}

/** The largest drive in codes; null where there is none but it and zero. */
function fullDrive({ options: { dac, mapping } }: Pick<Program, 'options'>): number | null {
  const how = converterOf(dac);
  if (how === null || mapping.inputSliceBits === 1) return null;
  return mapping.inputSliceBits === null ? how.top : 2 ** mapping.inputSliceBits - 1;
}

/** full (h(u) + what is beyond the range), u = clip(rows/full). */
function conducted(builder: GraphBuilder, rows: string, full: number, law: ConductionLaw): string {
  const named = (op: string, inputs: readonly string[], what: string) =>
    builder.node(op, inputs, { name: `${rows}.conduction.${what}` });
  const share = named('Mul', [rows, builder.scalar(1 / full)], 'share');
  const u = named('Clip', [share, builder.scalar(-1), builder.scalar(1)], 'u');
  const beyond = named('Sub', [share, u], 'beyond');
  const sum = named('Add', [bent(builder, named, u, law), beyond], 'sum');
  return named('Mul', [sum, builder.scalar(full)], 'driven');
}

type Named = (op: string, inputs: readonly string[], what: string) => string;

function bent(builder: GraphBuilder, named: Named, u: string, law: ConductionLaw): string {
  if (law.form === 'sinh' && law.ratio >= SERIES_BELOW) {
    const up = named('Exp', [named('Mul', [u, builder.scalar(law.ratio)], 'raised')], 'up');
    const down = named('Exp', [named('Mul', [u, builder.scalar(-law.ratio)], 'lowered')], 'down');
    const twice = named('Sub', [up, down], 'twice');
    return named('Mul', [twice, builder.scalar(1 / (2 * Math.sinh(law.ratio)))], 'bent');
  }
  // Odd powers, by Horner's rule in u^2.
  const [last, ...others] = oddCoefficients(law).reverse();
  const square = named('Mul', [u, u], 'square');
  const factor = others.reduce((sum, coefficient, i) => {
    const times = named('Mul', [square, sum], `times.${i}`);
    return named('Add', [times, builder.scalar(coefficient)], `power.${i}`);
  }, builder.scalar(last!));
  return named('Mul', [u, factor], 'bent');
}

/** Of u, u^3, ...; of a sinh up to u^7, beyond which 0.5^8/9! is below what float32 holds. */
function oddCoefficients(law: ConductionLaw): number[] {
  if (law.form === 'cubic') return [1 / (1 + law.share), law.share / (1 + law.share)];
  const { ratio } = law;
  return [1, 1 / 6, 1 / 120, 1 / 5040].map((c, n) => (c * ratio ** (2 * n + 1)) / Math.sinh(ratio));
}
