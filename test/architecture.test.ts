import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { packageRoot } from '../src/core/paths.ts';
import { readSource, type Source, sourcesUnder } from './support/source.ts';

/*
 * The folder list is the architecture, and this test keeps it: who may import whom, which file is the one door to a
 * heavy package, where printing and the clock live.
 */

/** What each room may import beside core and itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  profile: [],
  device: ['profile'],
  graph: [],
  model: ['graph'],
  adapter: ['graph'],
  runtime: ['graph'],
  data: [],
  tune: ['graph', 'model', 'adapter', 'runtime', 'data'],
  compile: ['profile', 'graph', 'model', 'adapter'],
  chip: ['profile', 'device', 'graph', 'compile'],
  calibrate: ['profile', 'graph', 'compile', 'chip', 'runtime', 'data'],
  evaluate: ['graph', 'chip', 'compile', 'runtime', 'data'],
  report: ['evaluate'],
  flow: [
    'profile',
    'device',
    'graph',
    'model',
    'adapter',
    'runtime',
    'data',
    'tune',
    'compile',
    'chip',
    'calibrate',
    'evaluate',
    'report',
  ],
  cli: ['flow'],
};

/** Of the evaluate room the report knows the records only. */
const RECORDS = ['src/evaluate/sample.ts', 'src/evaluate/run-record.ts'];

/** Packages that cost time or memory to load: each has one door. */
const HEAVY = [
  'ajv',
  'mathjs',
  'onnxruntime-node',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs',
  'd3-node',
  'piscina',
  '@huggingface/tokenizers',
  'hyparquet',
];

const BANNED_NAMES = /^(utils?|helpers?|types?|config|manager|misc|common|shared)(\..*)?\.ts$/;
const GENERATED = /(kernels-wasm|\.generated)\.ts$/;
const MOST_LINES = 300;

const sources = sourcesUnder('src');
const byPath = new Map(sources.map((source) => [source.path, source]));

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function packageOf(target: string): string {
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(target)?.[1] ?? target;
}

test('each room imports only core, itself and the rooms that it is allowed', (t) => {
  const faults: string[] = [];
  for (const { path, imports } of sources) {
    const room = roomOf(path);
    for (const { target } of imports) {
      const other = roomOf(target);
      if (other === undefined || other === room || (other === 'core' && room !== undefined)) continue;
      if (room === undefined ? other === 'cli' : !ALLOWED[room]?.includes(other))
        faults.push(`${path} imports ${target}`);
    }
  }
  t.deepEqual(faults, []);
});

test('each folder of src is a room of the map', (t) => {
  const rooms = new Set(sources.flatMap(({ path }) => roomOf(path) ?? []));
  t.deepEqual(
    [...rooms].filter((room) => ALLOWED[room] === undefined),
    [],
  );
});

test('report imports only the records of evaluate', (t) => {
  const targets = sources.filter(({ path }) => roomOf(path) === 'report').flatMap(({ imports }) => imports);
  const evaluate = targets.map(({ target }) => target).filter((target) => roomOf(target) === 'evaluate');
  t.deepEqual(
    evaluate.filter((target) => !RECORDS.includes(target)),
    [],
  );
});

for (const heavy of HEAVY) {
  test(`${heavy} is imported by at most one file`, (t) => {
    const doors = sources.filter(({ imports }) =>
      imports.some(({ target, kind }) => kind !== 'type' && packageOf(target) === heavy),
    );
    t.true(doors.length <= 1, doors.map(({ path }) => path).join(', '));
  });
}

test('src imports no package that package.json does not list as a dependency', async (t) => {
  const json = (await import(join(packageRoot(), 'package.json'), { with: { type: 'json' } })) as {
    readonly default: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  const { dependencies = {}, optionalDependencies = {} } = json.default;
  const listed = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)]);
  const faults = sources.flatMap(({ path, imports }) =>
    imports
      .filter(
        ({ target, kind }) => kind !== 'type' && !target.startsWith('node:') && !target.startsWith('src/'),
      )
      .filter(({ target }) => !listed.has(packageOf(target)))
      .map(({ target }) => `${path} imports ${target}`),
  );
  t.deepEqual(faults, []);
});

test('what the command line loads before it knows the command is cli, core, commander and ansis', (t) => {
  const reached = new Set<string>();
  const walk = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { target, kind } of byPath.get(path)?.imports ?? []) if (kind === 'value') walk(target);
  };
  walk('src/cli/main.ts');
  const allowed = /^(src\/(cli|core)\/|node:|commander$|ansis$)/;
  t.deepEqual(
    [...reached].filter((target) => !allowed.test(target)),
    [],
  );
});

test('each relative import names an existing .ts file', (t) => {
  const faults = [...sources, ...sourcesUnder('test')].flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => /^(src|test|bench)\//.test(target))
      .filter(({ target }) => !target.endsWith('.ts') || !existsSync(join(packageRoot(), target)))
      .map(({ target }) => `${path} imports ${target}`),
  );
  t.deepEqual(faults, []);
});

test('no import cycles (imports of types leave no trace and do not count)', (t) => {
  t.deepEqual(cycles(sources), []);
});

test('cycles finds a cycle', (t) => {
  const pair = [readSource('src/a/x.ts', "import './y.ts';"), readSource('src/a/y.ts', "import('./x.ts');")];
  t.deepEqual(cycles(pair), ['src/a/x.ts > src/a/y.ts > src/a/x.ts']);
});

test('no printing, exiting, clock or shared random source outside src/cli; no classes but errors; no any, enum, namespace, default export', (t) => {
  t.deepEqual(
    sources.flatMap(({ path, faults }) => faults.map((fault) => `${path} ${fault}`)),
    [],
  );
});

test('readSource finds what breaks the style', (t) => {
  const text = [
    "console.log('x');",
    'process.exitCode = 1;',
    'const now = Date.now();',
    'class Thing {}',
    'class ThingError extends Error {}',
    'let x: any;',
    'enum E { A }',
    'export default x;',
  ].join('\n');
  t.deepEqual(readSource('src/core/x.ts', text).faults, [
    'line 1: console.log belongs to src/cli or nowhere',
    'line 2: process.exitCode belongs to src/cli or nowhere',
    'line 3: Date.now belongs to src/cli or nowhere',
    'line 4: a class that is no error',
    'line 6: the type any',
    'line 7: an enum',
    'line 8: a default export',
  ]);
});

test('no compiler error is silenced', (t) => {
  const silenced = sources.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)/.test(text));
  t.deepEqual(
    silenced.map(({ path }) => path),
    [],
  );
});

test('files are named after their idea', (t) => {
  const all = [...sources, ...sourcesUnder('test')];
  t.deepEqual(
    all.map(({ path }) => path).filter((path) => BANNED_NAMES.test(basename(path))),
    [],
  );
});

test(`no file of src has more than ${MOST_LINES} lines`, (t) => {
  const long = sources.filter(
    ({ path, text }) => !GENERATED.test(path) && text.split('\n').length > MOST_LINES + 1,
  );
  t.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

/** Every import cycle, told once, as `a > b > a`. */
function cycles(all: readonly Source[]): string[] {
  const files = new Map(all.map((source) => [source.path, source]));
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' > '));
    if (start >= 0 || finished.has(path)) return;
    for (const { target, kind } of files.get(path)?.imports ?? []) {
      if (kind !== 'type' && files.has(target)) walk(target, [...trail, path]);
    }
    finished.add(path);
  };
  for (const { path } of all) walk(path, []);
  return found;
}
