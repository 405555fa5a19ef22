import test from 'ava';
import { compileFormula } from '../../src/profile/formula.ts';

async function value(text: string, x = 0, t = 0, constants: Record<string, number> = {}): Promise<number> {
  const compiled = await compileFormula(text, ['x', 't'], new Map(Object.entries(constants)));
  if ('faults' in compiled) throw new Error(`${text}: ${compiled.faults.map((f) => f.message).join(' | ')}`);
  return compiled.formula([x, t]);
}

async function faults(text: string) {
  const compiled = await compileFormula(text, ['x', 't'], new Map([['tRead', 1]]));
  return 'faults' in compiled ? compiled.faults : [];
}

test('compileFormula(text) computes arithmetic with the usual precedence', async (t) => {
  const cases: [string, number][] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-2^2', -4],
    ['2^3^2', 512],
    ['2^-1', 0.5],
    ['+x - -x', 6],
    ['x / 4', 0.75],
    ['10 - 4 - 3', 3],
    ['.5 + 1e-1', 0.6],
    ['x > 2 ? 10 : 20', 10],
    ['x <= 2 ? 10 : x >= 3 ? 30 : 40', 30],
    ['(x < 2) ? 1 : 2', 2],
    ['min(x, 2, 5) + max(1, x)', 5],
    ['clamp(x, 0, 1) + clamp(-x, 0, 1)', 1],
    ['abs(-x) + sqrt(16)', 7],
    ['k * t', 21],
    ['ln(exp(2))', 2],
    ['log(1)', 0],
  ];
  for (const [text, expected] of cases) t.is(await value(text, 3, 7, { k: 3 }), expected, text);
});

test('compileFormula(text) computes its functions to a relative 1e-14 of the exact ones', async (t) => {
  for (let i = 1; i < 200; i++) {
    const x = i / 50;
    const cases: [string, number][] = [
      ['exp(-x)', Math.exp(-x)],
      ['ln(1 + x)', Math.log(1 + x)],
      ['log10(1 + x)', Math.log10(1 + x)],
      ['x^0.65', x ** 0.65],
      ['pow(x, 1.5)', x ** 1.5],
      ['sin(x / 4) + 2', Math.sin(x / 4) + 2],
      ['cos(x / 4) + 2', Math.cos(x / 4) + 2],
    ];
    for (const [text, expected] of cases) {
      const got = await value(text, x);
      t.true(Math.abs(got - expected) <= 1e-14 * Math.abs(expected), `${text} at ${x}: ${got} ${expected}`);
    }
  }
});

test('compileFormula(text) refuses each hostile formula, at a character within it', async (t) => {
  const hostile = [
    'config({number: "BigNumber"})',
    'createUnit("uS", "5 V")',
    'f(x) = f(x) + 1',
    'ones(20000, 20000)',
    'sum(range(0, 1e8))',
    'import({a: 1})',
    'evaluate("1")',
    'parse(x)',
    'simplify(x)',
    'derivative(x, x)',
    'x.constructor',
    'cos.constructor("return process")()',
    'constructor(x)',
    'toString(x)',
    '__proto__',
    'hasOwnProperty(x)',
    '[1, 2, 3]',
    '{a: 1}',
    '"text"',
    'x = 1',
    'x; 1',
    '1:100000000',
    'x!',
    "x'",
    'x % 2',
    '5%',
    'x == 1 ? 1 : 2',
    'x and 1',
    'not x',
    '1 to 2',
    'random()',
    'bignumber(1)',
    'Infinity',
    'NaN',
    'true',
    'null',
    'i',
    'pi',
    '2 x',
    '(x)(x)',
    'min(1, 2)(3)',
    '0x1F',
    '1..2',
    '25 uS',
    'x\n1',
    '# x',
    'µ',
    '1e400',
    '1 < x < 2 ? 1 : 2',
    'x ? 1 : 2',
    'x < 1',
    'sqrt()',
    'sqrt(1, 2)',
    'sqrt',
    '',
    '   ',
    `${'('.repeat(400)}x${')'.repeat(400)}`,
    `${'-'.repeat(400)}x`,
    `x${'^x'.repeat(400)}`,
    `x${'+x'.repeat(400)}`,
    `${'x<1?'.repeat(150)}1${':1'.repeat(150)}`,
    'x'.repeat(1001),
  ];
  for (const text of hostile) {
    const found = await faults(text);
    t.true(found.length > 0, text);
    for (const { column } of found) t.true(column >= 1 && column <= text.length + 1, `${text}: ${column}`);
  }
});

test('compileFormula(text) names every unknown name and function at its character', async (t) => {
  t.deepEqual(await faults('1 + y * evaluate(x, qqqq) + sqr(tread)'), [
    {
      column: 5,
      message: 'must use only the names x, t, tRead, got "y" at character 5',
      cure: 'declare it in "constants"',
    },
    {
      column: 9,
      message:
        'must call only min, max, clamp, abs, sqrt, exp, ln, log, log10, sin, cos, pow, got a call of "evaluate" at character 9',
      cure: 'write it with those',
    },
    {
      column: 21,
      message: 'must use only the names x, t, tRead, got "qqqq" at character 21',
      cure: 'declare it in "constants"',
    },
    {
      column: 29,
      message:
        'must call only min, max, clamp, abs, sqrt, exp, ln, log, log10, sin, cos, pow, got a call of "sqr" at character 29',
      cure: 'did you mean "sqrt"?',
    },
    {
      column: 33,
      message: 'must use only the names x, t, tRead, got "tread" at character 33',
      cure: 'did you mean "tRead"?',
    },
  ]);
});

test('compileFormula(text) tells a syntax error, a wrong count and a foreign sign by full text', async (t) => {
  const first = async (text: string) => {
    const [fault] = await faults(text);
    return `${fault?.column}: ${fault?.message}; ${fault?.cure}`;
  };
  t.is(
    await first('0.1 + * x'),
    '7: must be a readable formula, got "0.1 + * x" (value expected at character 7); mend it there',
  );
  t.is(
    await first('min(x, 1'),
    '9: must be a readable formula, got "min(x, 1" (parenthesis ) expected at character 9); mend it there',
  );
  t.is(
    await first('1 + clamp(x)'),
    '5: must give 3 arguments to "clamp", got 1 at character 5; call it as clamp(value, low, high)',
  );
  t.is(
    await first('1 + clamp(x, 0.1, -0.049)'),
    '5: must give "clamp" its low bound before its high one, got 0.1 and -0.049 at character 5; call it as clamp(value, low, high)',
  );
  t.deepEqual(await faults('clamp(x, x, 0.5)'), []);
  t.is(
    await first('x + [1]'),
    '5: must hold only numbers, names and the signs + - * / ^ ( ) , ? : < > <= >=, got "[" at character 5; write the formula with those',
  );
  t.is(
    await first('2 x'),
    '3: must have an operator between "2" and "x", got none at character 3; write a product with *, and units in "unit" or "constants"',
  );
});
