import test from 'ava';
import { parseManifest } from '../../src/compile/manifest.ts';
import { BadFileError } from '../../src/core/errors.ts';

const LAYER = { name: 'a', in: 2, out: 2, tiles: [{ rows: [0, 2], columns: [0, 2] }] };
const EXACT = { bits: null, rule: 'symmetric' };
const MAPPING = {
  kind: 'pair-one-sided',
  scale: 'tile',
  weightBits: null,
  slices: 1,
  inputSliceBits: null,
  clipShare: 1,
};
const SOURCE = { name: 'n', sha256: '0' };
const MANIFEST = {
  schemaVersion: 1,
  files: {},
  layers: [LAYER],
  options: { tile: { rows: 2, columns: 2 }, mapping: MAPPING, dac: EXACT, adc: EXACT, deployment: 'digital' },
  sources: { model: SOURCE, adapters: [], profile: SOURCE },
  labels: [],
};

test('parseManifest: takes a whole manifest as it is', (t) => {
  t.deepEqual(
    parseManifest(JSON.stringify(MANIFEST), 'm'),
    MANIFEST as unknown as ReturnType<typeof parseManifest>,
  );
});

const FAULTS: readonly [string, unknown, string][] = [
  [
    'another version',
    { ...MANIFEST, schemaVersion: 2 },
    '"schemaVersion" must be 1, got 2; compile again with this version',
  ],
  ['null', null, '"schemaVersion" must be 1, got undefined; compile again with this version'],
  ['no files', { ...MANIFEST, files: undefined }, '"files" must be there, got nothing; compile again'],
  ...[
    5,
    [null],
    [{ ...LAYER, in: '2' }],
    [{ ...LAYER, tiles: [null] }],
    [{ ...LAYER, tiles: [{ rows: [0], columns: [0, 2] }] }],
  ].map((layers): [string, unknown, string] => [
    `layers ${JSON.stringify(layers)}`,
    { ...MANIFEST, layers },
    '"layers" must hold {name, in, out, tiles}, got another form; compile again',
  ]),
];

for (const [name, json, message] of FAULTS) {
  test(`parseManifest: refuses ${name}`, (t) => {
    t.throws(() => parseManifest(JSON.stringify(json), 'm'), {
      instanceOf: BadFileError,
      message: `m: ${message}`,
    });
  });
}
