import test from 'ava';
import { aihwkitConductances, aihwkitWeights, refuseAihwkit } from '../../src/chip/aihwkit-cells.ts';
import { matrixGraph } from '../../src/chip/matrix-graph.ts';
import { readEvent } from '../../src/chip/writer.ts';
import { compileProgram, defaultOptions } from '../../src/compile/program.ts';
import { UsageError } from '../../src/core/errors.ts';
import { aihwkitCells } from '../../src/device/aihwkit-semantics.ts';
import { cellStreams } from '../../src/device/cell-streams.ts';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { spread } from '../support/operator-case.ts';
import { constantLaw, toyProfile } from '../support/toy.ts';

test('aihwkitConductances, aihwkitWeights: each tile by itself, one cell of each pair stands', async (t) => {
  const [rows, columns] = [10, 6];
  const profile = await loadProfile('pcm-nandakumar-2019');
  const options = { ...defaultOptions(profile), tile: { rows: 5, columns: 3 } };
  const graph = matrixGraph('matrix', spread(60, 1, -2, 2), rows, columns);
  const program = compileProgram(graph, ['matrix'], profile, options, null);
  const layer = program.layers[0]!;
  const state = { chip: 3, seconds: 3600, noise: 1, read: 2 };
  const standing = aihwkitConductances(program, state);
  t.deepEqual([...standing.keys()], ['matrix.plus', 'matrix.minus']);
  const weights = aihwkitWeights(program, state);
  t.deepEqual(Object.keys(weights), ['matrix.weight.0', 'matrix.weight.1']);
  for (const [strip, top] of [0, 5].entries()) {
    for (const left of [0, 3]) {
      const places = Array.from({ length: 15 }, (_, i) => [top + Math.floor(i / 3), left + (i % 3)] as const);
      const elements = places.map(([row, column]) => row * columns + column);
      const of = (kind: number) => Float32Array.from(elements, (at) => layer.cells[kind]!.targets[at]!);
      const tile = (event: number | null) =>
        aihwkitCells({
          laws: cellLaws(profile, 3600),
          noiseScale: 1,
          targetPlus: of(0),
          targetMinus: of(1),
          elements,
          plus: cellStreams(3, 'matrix', 'plus', event),
          minus: cellStreams(3, 'matrix', 'minus', event),
        });
      const [still, read] = [tile(null), tile(readEvent(state))];
      places.forEach(([row, column], i) => {
        const [plus, minus] = ['plus', 'minus'].map((kind) =>
          Number(standing.get(`matrix.${kind}`)!.data[row * columns + column]),
        ) as [number, number];
        t.is(plus, still.plus[i]!);
        t.is(minus, still.minus[i]!);
        t.is(Math.min(plus, minus), 0);
        const weight = Number(weights[`matrix.weight.${strip}`]!.data[(row - top) * columns + column]);
        const difference = read.plus[i]! - read.minus[i]!;
        t.true(Math.abs(weight - difference * layer.scale[strip * columns + column]!) < 1e-6);
      });
    }
  }
});

test('refuseAihwkit: each section of a profile that the stages would leave out, and other mappings', async (t) => {
  const writing = { std: { form: 'expression', expression: '0.1 * (1 + t / 100)', unit: 'uS' } };
  for (const [sections, message] of [
    [
      { wires: { rowTerminal: '2 kohm' } },
      'must be physical where the profile has wires, got aihwkit with the wires of toy; leave "wires" out of it',
    ],
    [
      { faults: { cells: { stuckLow: 0.1 } } },
      'must be physical where the profile has faults, got aihwkit with the faults of toy; leave "faults" out of it',
    ],
    [
      { variation: { cell: 0.1 } },
      'must be physical where the profile has variation, got aihwkit with the variation of toy; leave "variation" out of it',
    ],
    [
      { conduction: { form: 'sinh', readVoltage: '0.3 V', voltageScale: '0.15 V', inputs: 'pulse-width' } },
      'must be physical where the profile has conduction, got aihwkit with the conduction of toy; leave "conduction" out of it',
    ],
    [
      { telegraph: { amplitude: constantLaw(0.1, '1'), probability: constantLaw(0.5, '1') } },
      'must be physical where the profile has telegraph, got aihwkit with the telegraph of toy; leave "telegraph" out of it',
    ],
    [
      { cell: { gMin: '0 uS', gMax: '25 uS', clamp: 'range' } },
      'must be physical where reads stay within the cell\'s range, got aihwkit with the clamp of toy; leave "clamp" out of it',
    ],
    [
      { writing },
      'must be physical where writing errors depend on the age, got aihwkit with those of toy; choose physical',
    ],
  ] as const) {
    const profile = await toyProfile(sections);
    const { mapping } = defaultOptions(profile);
    t.throws(() => refuseAihwkit(profile, mapping, '--semantics'), {
      instanceOf: UsageError,
      message: `--semantics: ${message}`,
    });
  }
  const profile = await loadProfile('pcm-nandakumar-2019');
  const { mapping } = defaultOptions(profile);
  t.notThrows(() => refuseAihwkit(profile, mapping, '--semantics'));
  for (const [change, got] of [
    [{ kind: 'single-device' }, 'single-device'],
    [{ slices: 2 }, 'pair-one-sided in 2 slices'],
  ] as const) {
    t.throws(() => refuseAihwkit(profile, { ...mapping, ...change }, '--semantics'), {
      instanceOf: UsageError,
      message: `--semantics: must be physical for any mapping but pair-one-sided in one slice, got aihwkit with ${got}; choose that`,
    });
  }
});
