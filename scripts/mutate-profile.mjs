// One mutated profile: a shipped one with one to four of its values, names, places, characters or sections changed.
import { parse } from 'jsonc-parser';
import { words } from '../build/src/core/philox.js';
import { stream } from '../build/src/core/stream.js';
import { changeSection } from './mutate-sections.mjs';

/** Numbers below a bound, of a case. */
export function drawn(seed, number) {
  const key = stream(seed, 'fuzz-profile', number);
  let at = 0;
  let block = new Uint32Array(0);
  return (below) => {
    if (at % 64 === 0) block = words(key, 64, at);
    const value = block[at % 64];
    at += 1;
    return Math.floor((value / 2 ** 32) * below);
  };
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  0.5,
  1e-300,
  1e300,
  1e39,
  -1e39,
  1e-40,
  255,
  256,
  257,
  2 ** 31,
  2 ** 53,
  1e15,
  -3,
  24,
  25,
  3,
  1e5,
];
const QUANTITIES = [
  '0 uS',
  '-1 uS',
  '25 uS',
  '1e39 uS',
  '1e-40 uS',
  '25 V',
  '20 s',
  '0 s',
  '1e300 y',
  '1 y',
  '250 ns',
  '1',
  '%',
  '1e400 uS',
  '25',
  'uS',
  '',
  '300 K',
  '-500 degC',
  '1 ohm',
  '25 \u00b5S',
  '1e-320 s',
  '10 mS',
  '1 pS',
];
const EXPRESSIONS = [
  'x',
  't',
  'x^t',
  '1/x',
  'ln(x)',
  'sqrt(x - 0.5)',
  'exp(1000 * x)',
  'exp(-t)',
  '0.1 * t',
  'x^-1',
  '1e308 * 10',
  'clamp(x, 1, 0)',
  'x < 0.5 ? 1 : -1',
  'x < 0.5 ? 1 : 1e39',
  'sin(1e9 * t)',
  'pow(x, 1e9)',
  'abs(t - 1e5)',
  'x*x*x*x*x*x',
  '1/(x - 0.25)',
  '1/(t - 3600)',
  'log10(t)',
  '0.001/(x + 1e-9)',
  'y',
  'ones(20000, 20000)',
  'f(x) = f(x) + 1',
  `${'('.repeat(200)}x${')'.repeat(200)}`,
  `x${'+x'.repeat(300)}`,
  'min()',
  '1e-45 + x',
  '3e38 * x',
  '3e38 * (x < 0.9995 ? 0 : x)',
  '0.2 / sqrt(x)',
];
const WORDS = [
  'constant',
  'polynomial',
  'table',
  'expression',
  'ages',
  'none',
  'range',
  'zero',
  'symmetric',
  'uniform',
  'log',
  'linear',
  '__proto__',
  'constructor',
  'toString',
  'pcm-nandakumar-2019',
  'ideal',
  '../x.json',
  '\u0000',
  'x'.repeat(3000),
  '\ud800',
];

function anything(draw, depth = 0) {
  const kinds = [
    () => NUMBERS[draw(NUMBERS.length)],
    () => QUANTITIES[draw(QUANTITIES.length)],
    () => EXPRESSIONS[draw(EXPRESSIONS.length)],
    () => WORDS[draw(WORDS.length)],
    () => null,
    () => draw(2) === 0,
    () => law(draw),
    () => ({ value: NUMBERS[draw(NUMBERS.length)], unit: ['uS', 's', '1', '%', 'V', 'm'][draw(6)] }),
    () => (depth > 2 ? [] : Array.from({ length: draw(5) }, () => anything(draw, depth + 1))),
    () => (depth > 2 ? {} : { [WORDS[draw(12)]]: anything(draw, depth + 1) }),
  ];
  return kinds[draw(kinds.length)]();
}

function law(draw) {
  const unit = ['uS', '1', '%', 'nS', 's'][draw(5)];
  const number = () => (draw(3) === 0 ? NUMBERS[draw(NUMBERS.length)] : draw(2000) / 1000 - 0.3);
  switch (draw(5)) {
    case 0:
      return { form: 'constant', value: number(), unit };
    case 1:
      return { form: 'polynomial', coefficients: Array.from({ length: 1 + draw(5) }, number), unit };
    case 2: {
      const n = 2 + draw(5);
      return {
        form: 'table',
        x: Array.from({ length: n }, (_, i) => i / (n - 1 - draw(2))),
        y: Array.from({ length: n - draw(2) * draw(2) }, number),
        unit,
      };
    }
    case 3:
      return {
        form: 'expression',
        expression: EXPRESSIONS[draw(EXPRESSIONS.length)],
        unit,
        ...(draw(3) === 0 ? { constants: { tC: QUANTITIES[draw(QUANTITIES.length)], a: number() } } : {}),
      };
    default:
      return {
        form: 'ages',
        at: ['0 s', '1 h', QUANTITIES[draw(QUANTITIES.length)]].slice(0, 1 + draw(3)),
        laws: Array.from({ length: 1 + draw(3) }, () => ({ form: 'constant', value: number(), unit })),
        between: ['log', 'linear'][draw(2)],
      };
  }
}

/** All places of a JSON value: the container and the key. */
function places(value, found = []) {
  if (value === null || typeof value !== 'object') return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

function change(root, draw) {
  if (root !== null && typeof root === 'object' && draw(3) === 0) {
    changeSection(root, draw);
    return;
  }
  const all = places(root);
  const [holder, key] = all[draw(all.length)];
  const value = holder[key];
  switch (draw(10)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      holder[key] = anything(draw);
      break;
    case 2: {
      const [other, name] = all[draw(all.length)];
      if (other !== value) holder[key] = structuredClone(other[name]);
      break;
    }
    case 3:
      if (!Array.isArray(holder)) holder[`${key}${['s', 'X', ' ', ''][draw(4)]}`] = structuredClone(value);
      break;
    case 4: {
      const section = ['writing', 'drift', 'readNoise'][draw(3)];
      const field = {
        writing: ['std', 'meanShift'],
        drift: ['exponentMean', 'exponentStd'],
        readNoise: ['std'],
      }[section];
      root[section] = {
        ...(typeof root[section] === 'object' ? root[section] : {}),
        [field[draw(field.length)]]: law(draw),
      };
      break;
    }
    default:
      // Values of the kind that is there come nearest to what is accepted.
      if (typeof value === 'number')
        holder[key] =
          draw(2) === 0
            ? NUMBERS[draw(NUMBERS.length)]
            : value * 10 ** (draw(13) - 6) * (draw(6) === 0 ? -1 : 1);
      else if (key === 'expression')
        holder[key] = draw(2) === 0 ? EXPRESSIONS[draw(EXPRESSIONS.length)] : scrambled(value, draw);
      else if (typeof value === 'string' && /^-?[\d.]/u.test(value))
        holder[key] = QUANTITIES[draw(QUANTITIES.length)];
      else if (typeof value === 'string') holder[key] = draw(2) === 0 ? WORDS[draw(WORDS.length)] : value;
      else holder[key] = draw(3) === 0 ? anything(draw) : value;
  }
}

/** A text with one character left out, doubled or replaced. */
function scrambled(value, draw) {
  const text = String(value);
  const at = draw(text.length + 1);
  const put = [
    '',
    '(',
    ')',
    '-',
    '*',
    '/',
    '^',
    '0',
    '.',
    'e9',
    '?',
    ':',
    'x',
    't',
    ',',
    '<',
    '"',
    '\\',
    '\u0000',
    '{',
    ']',
  ][draw(21)];
  return text.slice(0, at) + put + text.slice(at + draw(2));
}

/** The text of a case. */
export function mutate(texts, draw) {
  const text = texts[draw(texts.length)];
  if (draw(20) === 0) {
    let changed = text;
    for (let n = 1 + draw(3); n > 0; n--) changed = scrambled(changed, draw);
    return changed;
  }
  const root = parse(text);
  for (let n = 1 + draw(4); n > 0; n--) change(root, draw);
  return JSON.stringify(root, null, draw(2) * 2);
}
