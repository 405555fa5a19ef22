import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { programWeights } from '../../src/calibrate/ranges.ts';
import { type Bundle, readBundle, writeBundle } from '../../src/compile/bundle.ts';
import type { MappingOptions } from '../../src/compile/cells.ts';
import { roundsWeights, withMappedWeights } from '../../src/compile/mapped-graph.ts';
import { compileProgram, defaultOptions, type Program } from '../../src/compile/program.ts';
import { validationVectors } from '../../src/compile/validation.ts';
import { idealCheck } from '../../src/flow/ideal-check.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openEngine } from '../../src/runtime/open.ts';
import { someRanges, TOY_LAYERS, toyFeeds, toyGraph, toyProfile } from './toy.ts';

/** The toy compiled with 8-bit converters, as pairs or by another mapping, and its bundle in a new folder below `folder`. */
export async function toyBundle(
  folder: string,
  name: string,
  mapping: MappingOptions | null = null,
): Promise<{ readonly path: string; readonly program: Program; readonly bundle: Bundle }> {
  const profile = await toyProfile({ converters: { dac: { bits: 8 }, adc: { bits: 8 } } });
  const base = defaultOptions(profile);
  const options = {
    ...base,
    mapping: mapping ?? base.mapping,
    tile: { rows: 3, columns: mapping === null ? 4 : 40 },
  };
  const exact = compileProgram(toyGraph(), TOY_LAYERS, profile, options, null);
  const program = compileProgram(toyGraph(), TOY_LAYERS, profile, options, someRanges(exact));
  const engine = await openEngine('onnxruntime');
  const reference = roundsWeights(options.mapping, null) ? withMappedWeights(toyGraph(), exact) : toyGraph();
  const check = await idealCheck(engine, reference, exact.graph, programWeights(exact), toyFeeds());
  const path = join(folder, name);
  await mkdir(path);
  const digital = new Map([['first.bias', float32([7], new Float32Array(7))]]);
  await writeBundle(path, program, digital, new Map([...validationVectors(program), ...check.vectors]), {
    name: 'toy',
    sources: {
      model: { name: 'toy', sha256: '0' },
      adapters: [],
      profile: { name: profile.name, sha256: profile.sha256 },
    },
    options: { ...options, deployment: 'digital' },
    idealCheck: { maxAbsoluteError: check.maxAbsoluteError, bound: check.bound },
    labels: [],
    warnings: [],
    versions: { holdfast: 'test' },
  });
  return { path, program, bundle: await readBundle(path) };
}
