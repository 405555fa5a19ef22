import test from 'ava';
import { fullLoadDrop } from '../../src/profile/build-wires.ts';
import { checkProfileText } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import type { ProfileWires } from '../../src/profile/profile.ts';

const GOOD = `{
  "schemaVersion": 1,
  "name": "a-b-1",
  "description": "a test",
  "provenance": { "source": "none", "taken": "nothing" },
  "cell": { "gMin": "0 uS", "gMax": "25 uS" },
  "referenceTime": "20 s",
  "array": { "rows": 64, "columns": 32 },
  "wires": WIRES
}
`;

async function checked(wires: string, ...replacements: [string, string][]) {
  let text = GOOD.replace('WIRES', wires);
  for (const [from, to] of replacements) text = text.replace(from, to);
  const { profile, faults } = await checkProfileText(text, 'a-b-1.json');
  return { profile, lines: faults.map((fault) => `${fault.severity} ${faultLine(fault)}`) };
}

test('checkProfileText: wires in ohm, kohm and Mohm; what is left out is 0, one end, apart', async (t) => {
  const { profile, lines } = await checked(
    '{ "rowSegment": "0.5 ohm", "rowTerminal": "0.01 kohm", "columnTerminal": { "value": 1e-5, "unit": "Mohm" } }',
  );
  t.deepEqual(lines, []);
  t.deepEqual(profile!.wires, {
    rowSegmentOhm: 0.5,
    columnSegmentOhm: 0,
    rowTerminalOhm: 10,
    columnTerminalOhm: 10,
    driver: 'one-end',
    layout: 'apart',
    source: null,
  });
});

test('checkProfileText: without the section no wires', async (t) => {
  const { profile } = await checked('{}', [',\n  "wires": {}', '']);
  t.is(profile!.wires, null);
});

const FAULTS: readonly [string, string, [string, string][], string][] = [
  [
    'a negative resistance',
    '{ "rowSegment": "-1 ohm" }',
    [],
    'error 9:28 /wires/rowSegment: must be a resistance of at least 0 ohm, got "-1 ohm"; leave it out for none',
  ],
  [
    'a wire that nothing flows through',
    '{ "rowSegment": "1 Mohm", "columnTerminal": "50 Mohm" }',
    [],
    'error 9:56 /wires/columnTerminal: must be at most 1000 times that of a cell at gMax (40000000 ohm), got "50 Mohm"; check the unit',
  ],
  [
    'another dimension',
    '{ "columnSegment": "2 uS" }',
    [],
    'error 9:31 /wires/columnSegment: must be a resistance (ohm, kohm or Mohm), got "2 uS", a conductance; write it in one of those units',
  ],
  [
    'an unknown field',
    '{ "rowSegmnt": "2 ohm" }',
    [],
    'error 9:14 /wires/rowSegmnt: must be one of the fields rowSegment, columnSegment, rowTerminal, columnTerminal, driver, layout, source, got the unknown field "rowSegmnt"; did you mean "rowSegment"?',
  ],
  [
    'an unknown driver',
    '{ "rowSegment": "2 ohm", "driver": "both-end" }',
    [],
    'error 9:47 /wires/driver: must be one of "one-end", "both-ends", got "both-end"; did you mean "both-ends"?',
  ],
  [
    'cells that may be negative',
    '{ "rowSegment": "2 ohm" }',
    [['"gMax": "25 uS"', '"gMax": "25 uS", "clamp": "none"']],
    'error 9:3 /wires: must not stand beside cells of clamp "none", got both; a negative cell is no resistor; leave one of them out',
  ],
  [
    'no resistance (a warning)',
    '{ "driver": "both-ends" }',
    [],
    'warning 9:3 /wires: should have a resistance above 0, got none; name one, or leave the section out',
  ],
  [
    'a drop over 10 % at full load (a warning)',
    '{ "rowSegment": "2 ohm", "columnSegment": "2 ohm" }',
    [],
    'warning 9:3 /wires: should lose at most 10 % of the voltage at full load, got 13 % (all rows driven, all cells at gMax, the cell furthest off in a tile of 64x32, to first order); check the units; or take a smaller "array", "driver": "both-ends", or a lower gMax',
  ],
];

for (const [name, wires, replacements, line] of FAULTS) {
  test(`checkProfileText: wires: tells ${name}`, async (t) => {
    t.deepEqual((await checked(wires, ...replacements)).lines, [line]);
  });
}

test('fullLoadDrop: by hand', (t) => {
  const none: ProfileWires = {
    rowSegmentOhm: 0,
    columnSegmentOhm: 0,
    rowTerminalOhm: 0,
    columnTerminalOhm: 0,
    driver: 'one-end',
    layout: 'apart',
    source: null,
  };
  const tile = { gMin: 10, gMax: 100, rows: 3, columns: 4, isPaired: true };
  const about = (wires: Partial<ProfileWires>, expected: number) =>
    t.true(Math.abs(fullLoadDrop({ ...none, ...wires }, tile) - expected) < 1e-15);
  // 4 + 3 + 2 + 1 cells of 100 uS behind the segments; 4 behind the terminal.
  about({ rowSegmentOhm: 1, rowTerminalOhm: 5 }, 1e-4 * (10 + 20));
  about({ columnSegmentOhm: 1, columnTerminalOhm: 5 }, 1e-4 * (6 + 15));
  // Each driver feeds its half.
  about({ rowSegmentOhm: 1, rowTerminalOhm: 5, driver: 'both-ends' }, 1e-4 * (3 + 10));
  // Eight cells, 55 uS on average.
  about({ rowSegmentOhm: 1, rowTerminalOhm: 5, layout: 'interleaved' }, 0.55e-4 * (36 + 40));
  // One cell a weight: nothing to interleave.
  const single = fullLoadDrop(
    { ...none, rowSegmentOhm: 1, layout: 'interleaved' },
    { ...tile, isPaired: false },
  );
  t.true(Math.abs(single - 1e-4 * 10) < 1e-15);
});

test('profileFacts: tells the wires and what they take', async (t) => {
  const { profile } = await checked('{ "rowSegment": "1 ohm", "rowTerminal": "10 ohm" }');
  t.is(
    profileFacts(profile!).facts.find(({ name }) => name === 'wires')!.value,
    'rows 1 ohm a cell and 10 ohm at the driver; columns 0 ohm a cell and 0 ohm at the ground; driven at one end; cells of a weight apart; they take 2.12 % at full load, to first order',
  );
});
