import test from 'ava';
import type { Engine } from '../../src/runtime/engine.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { relativeError } from '../support/agreement.ts';
import { interpret64 } from '../support/interpreter64.ts';
import { operatorCases } from '../support/operator-cases.ts';
import { tfjsTestEngine } from '../support/tfjs.ts';
import { tfjsNodeOrReason } from '../support/tfjs-node.ts';

/**
 * Every operator on every engine against the float64 interpreter. Float32 carries 2^-24 = 6e-8 relative, the sums here
 * have some tens of terms and a few cancel: the largest error seen is 6e-6, and any mistake of an operator is far larger.
 */
const TOLERANCE = 2e-5;

const tfjsNode = await tfjsNodeOrReason();
const engines: readonly [string, () => Promise<Engine>][] = [
  ['onnxruntime', () => openEngine('onnxruntime')],
  ['tfjs-cpu', () => tfjsTestEngine('cpu')],
  ['tfjs-wasm', () => tfjsTestEngine('wasm')],
  ...(typeof tfjsNode === 'string'
    ? []
    : [['tfjs-node', async () => tfjsNode] as [string, () => Promise<Engine>]]),
];

for (const [engine, open] of engines) {
  // One after the other: the tfjs engines of one process share its backend.
  for (const { name, graph, feeds } of operatorCases) {
    test.serial(`run(feeds) on ${engine} agrees with the float64 interpreter: ${name}`, async (t) => {
      const session = await (await open()).load(graph);
      const got = await session.run(feeds);
      await session.release();
      const wanted = interpret64(graph, feeds);
      t.deepEqual(Object.keys(got).sort(), Object.keys(wanted).sort());
      for (const output of graph.outputs) {
        const error = relativeError(got[output.name], wanted[output.name]!);
        t.is(got[output.name]!.dtype, output.dtype, output.name);
        t.true(error <= TOLERANCE, `${output.name}: relative error ${error}`);
      }
    });
  }
}

if (typeof tfjsNode === 'string') {
  test('openEngine(tfjs-node) says why it is absent (its operator tests are skipped)', async (t) => {
    t.log(`skipped on tfjs-node: ${operatorCases.length} operator cases: ${tfjsNode}`);
    await t.throwsAsync(openEngine('tfjs-node'), { name: 'EngineError', message: tfjsNode });
    t.regex(
      tfjsNode,
      /^tfjs-node: .+, got ".+" from importing it; run "npm .+ or use --engine onnxruntime$/s,
    );
  });
}
