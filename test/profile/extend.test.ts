import test from 'ava';
import { extend } from '../../src/profile/extend.ts';

const NULLABLE = new Set(['bits']);
const BASE = {
  name: 'base',
  cell: { gMin: '0 uS', gMax: { value: 25, unit: 'uS' } },
  writing: { std: { form: 'polynomial', coefficients: [1, 2], unit: 'uS' } },
  list: [1, 2, 3],
  adc: { bits: 8, rule: 'symmetric' },
};

test('extend(base, patch) merges objects, and replaces lists, texts and numbers', (t) => {
  const { value, overrides, findings } = extend(
    BASE,
    { extends: 'base', name: 'x', cell: { gMin: '1 uS', gMax: { value: 30 } }, list: [9], new: { a: 1 } },
    NULLABLE,
  );
  t.deepEqual(value, {
    name: 'x',
    cell: { gMin: '1 uS', gMax: { value: 30, unit: 'uS' } },
    writing: BASE.writing,
    list: [9],
    adc: BASE.adc,
    new: { a: 1 },
  });
  t.deepEqual(findings, []);
  t.deepEqual(overrides, [
    { pointer: '/cell/gMin', before: '0 uS', after: '1 uS' },
    { pointer: '/cell/gMax/value', before: 25, after: 30 },
    { pointer: '/list', before: [1, 2, 3], after: [9] },
    { pointer: '/new', before: undefined, after: { a: 1 } },
  ]);
  t.is(BASE.cell.gMin, '0 uS', 'the base is left alone');
});

test('extend(base, patch) removes by null, but keeps null where it is a value', (t) => {
  const { value, overrides } = extend(BASE, { list: null, adc: { bits: null } }, NULLABLE);
  t.deepEqual(value, { ...without('list'), adc: { bits: null, rule: 'symmetric' } });
  t.deepEqual(overrides, [
    { pointer: '/list', before: [1, 2, 3], after: undefined },
    { pointer: '/adc/bits', before: 8, after: null },
  ]);
});

test('extend(base, patch) replaces a law by one with a form, and merges one without', (t) => {
  const constant = { form: 'constant', value: 1, unit: 'uS' };
  t.deepEqual(extend(BASE, { writing: { std: constant } }, NULLABLE).value.writing, { std: constant });
  t.deepEqual(extend(BASE, { writing: { std: { unit: 'nS' } } }, NULLABLE).value.writing, {
    std: { form: 'polynomial', coefficients: [1, 2], unit: 'nS' },
  });
});

test('extend(base, patch) does not take over that the base was checked', (t) => {
  const base = { name: 'base', provenance: { source: 'paper', checkedBy: 'somebody' } };
  t.deepEqual(extend(base, { name: 'own' }, new Set()).value, {
    name: 'own',
    provenance: { source: 'paper' },
  });
  const own = { provenance: { checkedBy: 'us' } };
  t.deepEqual(extend(base, own, new Set()).value.provenance, { source: 'paper', checkedBy: 'us' });
});

test('extend(base, patch) tells a null that removes nothing, with the nearest name', (t) => {
  const { findings } = extend(BASE, { wirting: null, cell: { clamp: null }, new: { a: null } }, NULLABLE);
  t.deepEqual(
    findings.map(({ pointer, cure }) => [pointer, cure]),
    [
      ['/wirting', 'did you mean "writing"?'],
      ['/cell/clamp', 'leave it out'],
      ['/new/a', 'leave it out'],
    ],
  );
});

test('extend(base, patch) takes __proto__ for an ordinary name', (t) => {
  const patch = JSON.parse('{ "cell": { "__proto__": { "gMin": 1 } } }') as Record<string, unknown>;
  const { cell } = extend(BASE, patch, NULLABLE).value as { cell: object };
  t.true(Object.hasOwn(cell, '__proto__'));
  t.is(Object.getPrototypeOf(cell), Object.prototype);
});

function without(name: keyof typeof BASE): object {
  return Object.fromEntries(Object.entries(BASE).filter(([key]) => key !== name));
}
