import test from 'ava';
import { cellLaws } from '../../src/profile/cell-laws.ts';
import { checkProfileText } from '../../src/profile/check.ts';
import { compileFormula } from '../../src/profile/formula.ts';
import { loadProfile, parseProfile } from '../../src/profile/load.ts';
import { profileTemplate } from '../../src/profile/template.ts';

/** Kinds of formula that harm a program which evaluates them. */
const HOSTILE: readonly (readonly [kind: string, text: string])[] = [
  ['changes the number type', 'config({number: "BigNumber"})'],
  ['redefines a unit', 'createUnit("uS", "5 V")'],
  ['calls itself for ever', 'f(x) = f(x) + 1'],
  ['fills the memory', 'ones(20000, 20000)'],
  ['sums for ever', 'sum(range(0, 1e8))'],
  ['makes a long range', '1:100000000'],
  ['imports', 'import({a: 1})'],
  ['evaluates', 'evaluate("1")'],
  ['parses', 'parse("x")'],
  ['simplifies', 'simplify("x")'],
  ['derives', 'derivative("x", "x")'],
  ['reaches a constructor', 'cos.constructor("return process")()'],
  ['reaches a prototype', '__proto__'],
  ['assigns', 'x = 1'],
  ['runs statements', 'x; process'],
  ['nests deep', `${'('.repeat(450)}x${')'.repeat(450)}`],
  ['is long', 'x + '.repeat(100_000)],
];

test('compileFormula(text) refuses each of the 17 hostile kinds within 50 ms of processor time and 50 MB', async (t) => {
  t.is(HOSTILE.length, 17);
  // The parser is loaded once for all.
  await compileFormula('x', ['x'], new Map());
  for (const [kind, text] of HOSTILE) {
    const memory = process.memoryUsage().rss;
    const start = process.cpuUsage();
    const result = await compileFormula(text, ['x', 't'], new Map());
    const { user, system } = process.cpuUsage(start);
    t.true('faults' in result, kind);
    t.true(user + system < 50_000, `${kind}: ${user + system} us`);
    t.true(process.memoryUsage().rss - memory < 50e6, kind);
  }
});

async function messages(change: (text: string) => string): Promise<readonly string[]> {
  const { faults } = await checkProfileText(change(profileTemplate('cell', './schema.json')), 'cell.json');
  return faults.map(({ severity, pointer, message }) => `${severity} ${pointer}: ${message}`);
}

const STD = '{ "form": "polynomial", "coefficients": [0.3, 1.9, -1.1], "unit": "uS" }';
const expression = (text: string) =>
  messages((template) =>
    template.replace(`"std": ${STD}`, `"std": {"form": "expression", "expression": "${text}", "unit": "uS"}`),
  );

test('checkProfileText(text) refuses what overflows float32 in physics', async (t) => {
  t.deepEqual(await messages((text) => text.replace('"gMax": "25 uS"', '"gMax": "1e-40 uS"')), [
    'error /cell/gMax: must be from 1e-9 to 1000000000 uS, got "1e-40 uS"',
    "warning /writing/std: should be less than the cell's range (1e-40 uS), got 1.12045 uS at x = 0.864319",
  ]);
  t.deepEqual(await messages((text) => text.replace('"gMin": "0 uS"', '"gMin": "24.999 uS"')), [
    'error /cell/gMin: must leave at least a thousandth of gMax (25 uS) as range, got "24.999 uS"',
    'warning /cell/gMin: should be far below gMax (25 uS), got 24.999 uS',
    "warning /writing/std: should be less than the cell's range (0.001 uS), got 1.12045 uS at x = 0.864319",
  ]);
  t.deepEqual(
    await messages((text) => text.replace('"referenceTime": "20 s"', '"referenceTime": "1e-320 s"')),
    ['error /referenceTime: must be from 1e-12 to 1000000000000000 s, got "1e-320 s"'],
  );
  t.deepEqual(await expression('1e30 + x'), [
    'error /writing/std/expression: must be a number of at most 1000000000 for x from 0 to 1, got 1e+30 uS at x = 0',
  ]);
});

test('checkProfileText(text) tells the sine of a huge angle as a fault of the law, and does not throw', async (t) => {
  t.deepEqual(await expression('2 + sin(1e9 + x)'), [
    'error /writing/std/expression: must be a standard deviation, finite and at least 0, for x from 0 to 1, got NaN at x = 0',
  ]);
});

test('checkProfileText(text) tries the ages that people ask for', async (t) => {
  t.deepEqual(await expression('1 + 0 / (t - 3600)'), [
    'error /writing/std/expression: must be a standard deviation, finite and at least 0, for x from 0 to 1, got NaN at x = 0 and t = 3600 s',
  ]);
});

test('cellLaws(profile, age) refuses an age at which a formula breaks, by the name of the law', async (t) => {
  const { source } = await loadProfile('generic-gaussian');
  const std = { form: 'expression', expression: '1 + 0 / (t - 1234.5)', unit: 'uS' };
  const profile = await parseProfile({ ...source, writing: { std } }, 'breaks');
  t.notThrows(() => cellLaws(profile, 1234));
  t.is(
    t.throws(() => cellLaws(profile, 1234.5))?.message,
    'generic-gaussian: /writing/std at the age of 1234.5 s must be finite for x from 0 to 4, got NaN at x = 0; mend it there',
  );
});

test('checkProfileText: an array too narrow for one column of weights is refused, as compiling onto it would be', async (t) => {
  const isaac = (await loadProfile('isaac')).source;
  const { profile, faults } = await checkProfileText(
    JSON.stringify({ ...isaac, array: { rows: 128, columns: 8 } }),
    'isaac.json',
  );
  t.is(profile, null);
  t.deepEqual(
    faults.map(({ pointer, message }) => `${pointer}: ${message}`),
    ['/array/columns: must be at least the 16 output lines that one column of weights takes, got 8'],
  );
});
