import test from 'ava';
import { checkProfileText } from '../../src/profile/check.ts';
import { profileFacts } from '../../src/profile/facts.ts';
import { faultLine } from '../../src/profile/fault.ts';
import { parseProfile } from '../../src/profile/load.ts';
import { ProfileError } from '../../src/profile/profile-error.ts';
import { profileTemplate } from '../../src/profile/template.ts';

/** A small valid profile, one field a line, so that lines and columns can be counted by eye. */
const GOOD = `{
  "schemaVersion": 1,
  "name": "a-b-1",
  "description": "a test",
  "provenance": { "source": "none", "taken": "nothing" },
  "cell": { "gMin": "0 uS", "gMax": "25 uS" },
  "referenceTime": "20 s",
  "validity": { "from": "0 s", "to": "1 y", "source": "none" },
  "writing": { "std": { "form": "expression", "expression": "0.1 + x", "unit": "uS" } },
  "drift": { "exponentMean": { "form": "constant", "value": 0.05, "unit": "1" } },
  "readNoise": { "std": { "form": "table", "x": [0, 1], "y": [2, 1], "unit": "%" } },
  "converters": { "dac": { "bits": 8 }, "adc": { "bits": 8, "rule": "uniform" } }
}
`;

/** The message of a profile that is GOOD but for one replacement (or more). */
async function message(...replacements: [string, string][]): Promise<string> {
  let text = GOOD;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`no ${from} in the profile`);
    text = text.replace(from, () => to);
  }
  try {
    await parseProfile(text, 'a-b-1.json');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return error.message;
  }
}

test('parseProfile(text) accepts the profile that the other tests break', async (t) => {
  t.is(await message(), 'accepted');
  t.deepEqual((await checkProfileText(GOOD, 'a-b-1.json')).faults, []);
});

test('parseProfile(text) tells an unknown field, with the nearest right name', async (t) => {
  t.is(
    await message(['"gMax": "25 uS"', '"gMax": "25 uS", "gMaximum": 1']),
    'a-b-1.json:6:46: /cell/gMaximum: must be one of the fields gMin, gMax, levels, clamp, got the unknown field "gMaximum"; leave it out',
  );
  t.is(
    await message(['"drift":', '"drfit":']),
    'a-b-1.json:10:3: /drfit: must be one of the fields schemaVersion, extends, name, description, provenance, validity, cell, referenceTime, writing, drift, readNoise, telegraph, variation, faults, endurance, temperature, costs, array, conduction, wires, mapping, converters, got the unknown field "drfit"; did you mean "drift"?',
  );
  t.is(
    await message(['"unit": "%"', '"unit": "%", "__proto__": { "a": 1 }']),
    'a-b-1.json:11:83: /readNoise/std/__proto__: must be one of the fields form, x, y, unit, got the unknown field "__proto__"; leave it out',
  );
});

test('parseProfile(text) tells a negative conductance', async (t) => {
  t.is(
    await message(['"gMin": "0 uS"', '"gMin": "-1 uS"']),
    'a-b-1.json:6:21: /cell/gMin: must be a conductance of at least 0 uS, got "-1 uS"; give the lowest conductance that a cell is written to',
  );
  t.is(
    await message(['"gMax": "25 uS"', '"gMax": { "value": -25, "unit": "uS" }']),
    'a-b-1.json:6:37: /cell/gMax: must be a conductance of more than 0 uS, got {"value":-25,"unit":"uS"}; give the highest conductance that a cell is written to',
  );
});

test('parseProfile(text) tells limits in the wrong order', async (t) => {
  t.is(
    await message(['"gMin": "0 uS"', '"gMin": "25 uS"']),
    'a-b-1.json:6:38: /cell/gMax: must be more than gMin (25 uS), got "25 uS"; exchange or mend them',
  );
  t.is(
    await message(['"from": "0 s"', '"from": "2 y"']),
    'a-b-1.json:8:38: /validity/to: must be at least "from" (63072000 s), got "1 y"; exchange or mend them',
  );
  t.is(
    await message(['"20 s"', '"0 s"']),
    'a-b-1.json:7:20: /referenceTime: must be a time of more than 0 s, got "0 s"; give the time from writing to the reference read',
  );
});

test('parseProfile(text) tells a formula with a syntax error, at its column in the line', async (t) => {
  t.is(
    await message(['0.1 + x', '0.1 + * x']),
    'a-b-1.json:9:68: /writing/std/expression: must be a readable formula, got "0.1 + * x" (value expected at character 7); mend it there',
  );
  t.is(
    await message(['0.1 + x', '0.1 \\u002b \\t * x']),
    'a-b-1.json:9:76: /writing/std/expression: must be a readable formula, got "0.1 + \\t * x" (value expected at character 9); mend it there',
  );
});

test('parseProfile(text) tells a formula that calls a function it may not', async (t) => {
  t.is(
    await message(['0.1 + x', '0.1 + evaluate(x)']),
    'a-b-1.json:9:68: /writing/std/expression: must call only min, max, clamp, abs, sqrt, exp, ln, log, log10, sin, cos, pow, got a call of "evaluate" at character 7; write it with those',
  );
  t.is(
    await message(['0.1 + x', '0.1 + T']),
    'a-b-1.json:9:68: /writing/std/expression: must use only the names x, t, got "T" at character 7; did you mean "t"?',
  );
});

/** The writing law of the good profile, in its place a law by ages. */
const BY_AGES = (at: string, laws: string) => `{ "form": "ages", "at": [${at}], "laws": [${laws}] }`;
const ONE = '{ "form": "constant", "value": 1, "unit": "uS" }';

async function withWriting(law: string, ...others: [string, string][]): Promise<string> {
  const found = /"std": (\{ "form": "expression".*?"uS" \})/u.exec(GOOD)?.[1];
  return message([found ?? 'no law', law], ...others);
}

test('parseProfile(text) takes a law by ages that covers the validity', async (t) => {
  t.is(await withWriting(BY_AGES('"0 s", "1 y"', `${ONE}, ${ONE}`)), 'accepted');
});

test('parseProfile(text) tells what is wrong with a law by ages', async (t) => {
  t.is(
    await withWriting(BY_AGES('"0 s", "1 d"', `${ONE}, ${ONE}`)),
    'a-b-1.json:9:47: /writing/std/at: must cover the ages of "validity" (from 0 s to 31536000 s), got 0 to 86400 s; narrow "validity" to the ages that are given',
  );
  t.is(
    await withWriting(BY_AGES('"0 s", "1 d"', ONE)),
    'a-b-1.json:9:71: /writing/std/laws: must have as many laws as "at" has ages (2), got 1; give one for each age',
  );
  t.is(
    await withWriting(BY_AGES('"1 d", "0 s"', `${ONE}, ${ONE}`)),
    'a-b-1.json:9:55: /writing/std/at/1: must be more than the age before it (86400 s), got "0 s"; put the ages in ascending order, each once',
  );
  t.is(
    await withWriting(BY_AGES('"0 s", "1 V"', `${ONE}, ${ONE}`)),
    'a-b-1.json:9:55: /writing/std/at/1: must be a time (ns, us, ms, s, min, h, d or y), got "1 V", a voltage; write it in one of those units',
  );
  t.is(
    await withWriting(BY_AGES('"0 s", "1 y"', `${ONE}, ${ONE.replace('uS', '%')}`)),
    'a-b-1.json:9:164: /writing/std/laws/1/unit: must be a conductance (S, mS, uS, nS or pS), got "%", a plain number; write it in one of those units',
  );
});

test('parseProfile(text) tells a drift exponent by ages', async (t) => {
  const law = BY_AGES('"0 s", "1 y"', `${ONE}, ${ONE}`).replaceAll('"uS"', '"1"');
  const found = /"exponentMean": (\{.*?"unit": "1" \})/u.exec(GOOD)?.[1] ?? 'no law';
  t.is(
    await message([found, law]),
    'a-b-1.json:10:40: /drift/exponentMean/form: must be a law of x alone, got one by ages; a drift exponent holds for all ages',
  );
});

test('parseProfile(text) tells unbounded cells that drift or are read', async (t) => {
  t.is(
    await message(['"gMax": "25 uS"', '"gMax": "25 uS", "clamp": "none"']),
    'a-b-1.json:6:55: /cell/clamp: must not be "none" beside "drift", got "none"; a negative cell neither drifts nor is read; leave one of them out',
  );
});

test('parseProfile(text) tells a wrong unit', async (t) => {
  t.is(
    await message(['"gMax": "25 uS"', '"gMax": "25 V"']),
    'a-b-1.json:6:37: /cell/gMax: must be a conductance (S, mS, uS, nS or pS), got "25 V", a voltage; write it in one of those units',
  );
  t.is(
    await message(['"unit": "uS"', '"unit": "%"']),
    'a-b-1.json:9:80: /writing/std/unit: must be a conductance (S, mS, uS, nS or pS), got "%", a plain number; write it in one of those units',
  );
  t.is(
    await message(['"20 s"', '20']),
    'a-b-1.json:7:20: /referenceTime: must be a time (ns, us, ms, s, min, h, d or y), got 20, a plain number; write it in one of those units',
  );
  t.is(
    await message(['"unit": "uS" }', '"unit": "uS", "constants": { "k": "3 furlong", "x": 1 } }']),
    [
      'a-b-1.json: must be a valid device profile, got 2 faults; mend each:',
      '9:106 /writing/std/constants/k: must be a number or a quantity with a known unit, got "3 furlong"; write it like "250 ns" or 0.65',
      '9:119 /writing/std/constants/x: must not take a name that formulas have already, got "x"; rename it',
    ].join('\n  '),
  );
});

test('parseProfile(text) tells a missing field', async (t) => {
  t.is(
    await message(['"gMin": "0 uS", ', '']),
    'a-b-1.json:6:11: /cell: must have the field "gMin", got none; add it, like "gMin": "0 uS"',
  );
  t.is(
    await message(['"form": "constant", ', '']),
    'a-b-1.json:10:30: /drift/exponentMean: must have the field "form", got none; add it, like "form": "constant"',
  );
});

test('parseProfile(text) tells two faults at once, and more, in the order of the text', async (t) => {
  t.is(
    await message(['"gMin": "0 uS"', '"gMin": "-1 uS"'], ['0.1 + x', '0.1 + y']),
    [
      'a-b-1.json: must be a valid device profile, got 2 faults; mend each:',
      '6:21 /cell/gMin: must be a conductance of at least 0 uS, got "-1 uS"; give the lowest conductance that a cell is written to',
      '9:68 /writing/std/expression: must use only the names x, t, got "y" at character 7; declare it in "constants"',
    ].join('\n  '),
  );
  const many = await message(
    ['"schemaVersion": 1', '"schemaVersion": 0'],
    ['"a-b-1"', '"A b"'],
    ['"taken": "nothing"', '"taken": ""'],
    ['"constant"', '"konstant"'],
    ['[0, 1]', '[1, 0, 5]'],
    ['"bits": 8 }', '"bits": 1 }'],
    ['"uniform"', '"unifrom"'],
  );
  t.is(
    many,
    [
      'a-b-1.json: must be a valid device profile, got 7 faults; mend each:',
      '2:20 /schemaVersion: must be 1, got 0; write 1',
      '3:11 /name: must be words of a-z and 0-9 joined by "-", got "A b"; write it like "pcm-nandakumar-2019"',
      '5:46 /provenance/taken: must not be empty, got ""; write it like "writing spread: quadratic fit to the standard deviation ...',
      '10:40 /drift/exponentMean/form: must be one of "constant", "polynomial", "table", "expression", "ages", got "konstant"; did you mean "constant"?',
      '11:56 /readNoise/std/x/2: must be <= 4, got 5; mend it',
      '12:36 /converters/dac/bits: must be >= 2, got 1; write it like 8',
      '12:69 /converters/adc/rule: must be one of "symmetric", "uniform", got "unifrom"; did you mean "uniform"?',
    ].join('\n  '),
  );
});

test('parseProfile(text) refuses a later version of the schema, and judges nothing else of it', async (t) => {
  t.is(
    await message(['"schemaVersion": 1', '"schemaVersion": 2'], ['"drift":', '"wander":']),
    'a-b-1.json:2:20: /schemaVersion: must be at most 1, the version that this holdfast reads, got 2; update holdfast, or write the profile by the schema of this version',
  );
});

test('parseProfile(text) takes each quantity as a text or as value and unit, with either micro sign', async (t) => {
  const same = async (from: string, ...to: string[]) => {
    const sha = (await parseProfile(GOOD, 'a-b-1.json')).gMaxMicrosiemens;
    for (const text of to) {
      const profile = await parseProfile(GOOD.replace(from, text), 'a-b-1.json');
      t.is(profile.gMaxMicrosiemens, sha, text);
      t.is(profile.referenceSeconds, 20, text);
      t.is(profile.validity.toSeconds, 31_536_000, text);
      t.is(profile.drift?.exponentMean.at(0.5, 0), 0.05, text);
      t.is(profile.writing?.std.at(0.5, 0), 0.6, text);
    }
  };
  await same(
    '"25 uS"',
    '"25 \u00b5S"',
    '"25 \u03bcS"',
    '{ "value": 25, "unit": "uS" }',
    '{ "value": 0.025, "unit": "mS" }',
    '{ "value": 25, "unit": "\u00b5S" }',
  );
  await same('"20 s"', '{ "value": 20, "unit": "s" }', '"20000 ms"', '{ "value": 2e7, "unit": "\u03bcs" }');
  await same('"to": "1 y"', '"to": { "value": 365, "unit": "d" }');
  await same('"unit": "uS" } }', '"unit": "\u00b5S" } }', '"unit": "\u03bcS" } }');
  await same('"value": 0.05, "unit": "1"', '"value": 5, "unit": "%"');
});

test('parseProfile(text) tells a wrong dimension of each quantity, at its place', async (t) => {
  t.is(
    await message(['"25 uS"', '{ "value": 25, "unit": "s" }']),
    'a-b-1.json:6:37: /cell/gMax: must be a conductance (S, mS, uS, nS or pS), got {"value":25,"unit":"s"}, a time; write it in one of those units',
  );
  t.is(
    await message(['"referenceTime": "20 s"', '"referenceTime": "20 \u00b5S"']),
    'a-b-1.json:7:20: /referenceTime: must be a time (ns, us, ms, s, min, h, d or y), got "20 \u00b5S", a conductance; write it in one of those units',
  );
  t.is(
    await message(['"0.1 + x", "unit": "uS"', '"0.1 + x", "unit": "%"']),
    'a-b-1.json:9:80: /writing/std/unit: must be a conductance (S, mS, uS, nS or pS), got "%", a plain number; write it in one of those units',
  );
});

test('parseProfile(text) tells malformed JSON with line and column', async (t) => {
  t.is(
    await message(['"20 s",', '"20 s"']),
    'a-b-1.json:8:3: must be JSON (comments are allowed), with a comma here, got "\\"validity\\""; mend it there',
  );
  t.is(
    await message(['"unit": "%" } },', '"unit": "%" ']),
    'a-b-1.json:12:3: must be JSON (comments are allowed), with a comma here, got "\\"converters\\""; mend it there',
  );
  const parse = async (text: string) => (await t.throwsAsync(parseProfile(text, 'f.json')))?.message;
  t.is(
    await parse(''),
    'f.json:1:1: must be JSON (comments are allowed), with a value here, got the end of the file; mend it there',
  );
  t.is(await parse('[]'), 'f.json:1:1: must be an object { }, got []; mend the file');
  t.is(
    await parse('[[['.repeat(50)),
    'f.json:1:33: must nest at most 32 deep, got more; write the profile as the schema has it',
  );
  t.is(
    await parse(' '.repeat(1_000_001)),
    'f.json:1:1: must have at most 1000000 characters, got 1000001; a profile is a page of text; check the path',
  );
});

test('parseProfile(text) tells a field that stands twice', async (t) => {
  t.is(
    await message(['"gMin": "0 uS"', '"gMin": "0 uS", "gMin": "1 uS"']),
    'a-b-1.json:6:29: /cell/gMin: must stand once, got it again; leave one of them out',
  );
});

test('parseProfile(text) tells spreads that are negative or not finite, and where', async (t) => {
  t.is(
    await message(['0.1 + x', '0.1 - x']),
    'a-b-1.json:9:61: /writing/std/expression: must be a standard deviation, finite and at least 0, for x from 0 to 1, got -0.000112915 uS at x = 0.100113; mend the law there, with max() or clamp() if need be',
  );
  t.is(
    await message(['0.1 + x', 'ln(x)']),
    'a-b-1.json:9:61: /writing/std/expression: must be a standard deviation, finite and at least 0, for x from 0 to 1, got -Infinity at x = 0; mend the law there, with max() or clamp() if need be',
  );
  t.is(
    await message(['"y": [2, 1]', '"y": [2, -1]']),
    'a-b-1.json:11:62: /readNoise/std/y: must be a standard deviation, finite and at least 0, for x from 0 to 4, got -0.0000434399 at x = 0.668115 and t = 0 s; mend the law there, with max() or clamp() if need be',
  );
  t.is(
    await message(['"y": [2, 1]', '"y": [2]']),
    'a-b-1.json:11:62: /readNoise/std/y: must have at least 2 items, got 1; write it like [0.3,0.9,1.1]',
  );
});

test('checkProfileText(text) warns of the legal but odd, and accepts', async (t) => {
  const text = GOOD.replace('0.1 + x', '30 + x')
    .replace('"value": 0.05', '"value": -0.05')
    .replace('"x": [0, 1]', '"x": [0.1, 1]')
    .replace('"bits": 8 }', '"bits": 3 }');
  const { profile, faults } = await checkProfileText(text, 'other.json');
  t.truthy(profile);
  t.deepEqual(
    faults.map((fault) => `${fault.severity} ${faultLine(fault)}`),
    [
      'warning 3:11 /name: should be the file\'s name without .json ("other"), got "a-b-1"; rename one of them',
      "warning 9:23 /writing/std: should be less than the cell's range (25 uS), got 31 uS at x = 1; check the unit",
      'warning 10:30 /drift/exponentMean: should be at least 0, got -0.05 at x = 0; check the sign: a cell drifts by the magnitude, and never upwards',
      'warning 11:49 /readNoise/std/x: should cover x from 0 to 1, got 0.1 to 1; add points, or leave it: the value is held beyond the last ones',
      'warning 12:36 /converters/dac/bits: should be at least 4 bits, got 3; check it: few models keep their accuracy',
    ],
  );
  // What is warned of is simulated all the same: below its first point the table is held.
  t.is(profile!.readNoise!.std!.at(0, 0), profile!.readNoise!.std!.at(0.1, 0));
  t.true(profile!.readNoise!.std!.at(0, 0) > 0);
  t.is(profile!.drift!.exponentMean!.at(0.5, 0), -0.05);
});

test('parseProfile(text) tells what is wrong with the errors and the range of a converter', async (t) => {
  const adc = (text: string) => message(['"bits": 8, "rule": "uniform"', text]);
  t.is(
    await adc('"bits": null, "offsetStd": 0.5'),
    'a-b-1.json:12:58: /converters/adc/bits: must be a number of bits beside errors of the converter, which count in its steps, got null; give the resolution, or leave the errors out',
  );
  t.is(
    await adc('"bits": 8, "gainStd": "1 uS"'),
    'a-b-1.json:12:72: /converters/adc/gainStd: must be a plain number or share (1 or %), got "1 uS", a conductance; write it in one of those units',
  );
  t.is(
    await adc('"bits": 8, "gainStd": "-1 %"'),
    'a-b-1.json:12:72: /converters/adc/gainStd: must be at least 0, got "-1 %"; give a standard deviation',
  );
  t.is(
    await adc('"bits": 8, "range": "percentile", "percentile": "40 %"'),
    'a-b-1.json:12:98: /converters/adc/percentile: must be more than 50 % and at most 100 %, got "40 %"; give the share within the range',
  );
  t.is(
    await adc('"bits": 8, "range": "fixed"'),
    'a-b-1.json:12:70: /converters/adc/range: must have "fixedRange" beside it, got none; give the largest difference current as a conductance',
  );
  t.is(
    await adc('"bits": 8, "inl": { "form": "table", "u": [-1, 0, 0], "y": [0, 1, 0], "unit": "LSB" }'),
    'a-b-1.json:12:100: /converters/adc/inl/u/2: must be more than the one before (0), got 0; sort the points',
  );
  t.is(
    await adc('"bits": 8, "inl": { "form": "table", "u": [-1, 0, 1], "y": [0, 1], "unit": "LSB" }'),
    'a-b-1.json:12:109: /converters/adc/inl/y: must have as many values as "u" (3), got 2; add or remove some',
  );
  t.is(
    await message(['"dac": { "bits": 8', '"dac": { "bits": 8, "fixedRange": "1 uS"']),
    'a-b-1.json:12:39: /converters/dac/fixedRange: must be one of the fields bits, rule, range, percentile, gainStd, offsetStd, noiseStd, inl, got the unknown field "fixedRange"; leave it out',
  );
  t.is(
    await adc('"bits": 8, "gainStd": "1e300"'),
    'a-b-1.json:12:72: /converters/adc/gainStd: must be at most 10 (1000 %), got "1e300"; check the unit',
  );
  t.is(
    await adc('"bits": 8, "offsetStd": 1e300'),
    'a-b-1.json:12:74: /converters/adc/offsetStd: must be <= 65536, got 1e+300; write it like 0.5',
  );
  const sar = '"architecture": { "kind": "sar", "capacitorStd": "3 %" }';
  t.is(
    await adc(`"bits": 8, ${sar}`),
    'a-b-1.json:12:77: /converters/adc/architecture: must stand beside "rule": "uniform", for its 2^bits codes have none at zero, got {"kind":"sar","capacitorStd":"3 %"}; give the rule, or leave the architecture out',
  );
  t.is(
    await adc(`"bits": 12, "rule": "uniform", ${sar}`),
    'a-b-1.json:12:58: /converters/adc/bits: must be at most 10 beside an architecture, for each ADC has a table of its codes, got 12; choose fewer, or give gainStd, offsetStd and inl instead',
  );
  t.is(
    await adc('"bits": 8, "rule": "uniform", "architecture": { "kind": "uniform", "capacitorStd": "3 %" }'),
    'a-b-1.json:12:133: /converters/adc/architecture/capacitorStd: must be absent of a uniform ADC, which has no parts to err, got "3 %"; name how it is built: sar, split-sar, ramp or pipeline',
  );
  t.is(
    await adc('"bits": 8, "range": "granular"'),
    'a-b-1.json:12:70: /converters/adc/range: must give inputs some bits at a time and cells of some levels beside a granular ADC range, whose step is the smallest current of a cell, got inputs that drive at once; give inputSliceBits (1: bit-serial), or choose another range',
  );
  t.is(
    await message(
      ['"dac": { "bits": 8', '"dac": { "bits": 8, "noiseStd": 1'],
      ['"referenceTime"', '"mapping": { "inputSliceBits": 1 }, "referenceTime"'],
    ),
    'a-b-1.json:7:34: /mapping/inputSliceBits: must be null beside errors of the DAC, which are those of whole codes and not of their digits, got 1; leave the errors of the DAC out, or drive all bits at once',
  );
  t.is(
    await message(['"dac": { "bits": 8', '"dac": { "bits": 8, "range": "full-scale"']),
    'a-b-1.json:12:48: /converters/dac/range: must be one of "calibrated", "percentile", got "full-scale"; choose one of those',
  );
});

test('parseProfile(text) tells what is wrong with the law of current by voltage', async (t) => {
  const law = (fields: string, ...more: [string, string][]) =>
    message(['"referenceTime"', `"conduction": { ${fields} }, "referenceTime"`], ...more);
  t.is(await law('"form": "sinh", "readVoltage": "0.2 V", "voltageScale": "0.25 V"'), 'accepted');
  t.is(await law('"form": "cubic", "readVoltage": "0.2 V", "cubic": -0.25'), 'accepted');
  t.is(
    await law('"form": "sinh", "readVoltage": "0.2 V"'),
    'a-b-1.json:7:27: /conduction/form: must have "voltageScale" beside it, got "sinh" alone; give it, or name another form',
  );
  t.is(
    await law('"form": "cubic", "readVoltage": "0.2 V", "cubic": 1, "voltageScale": "1 V"'),
    'a-b-1.json:7:88: /conduction/voltageScale: must be absent of a law of form "cubic", got "1 V"; leave it out',
  );
  t.is(
    await law('"form": "sinh", "readVoltage": "0.2 V", "voltageScale": "5 mV"'),
    'a-b-1.json:7:75: /conduction/voltageScale: must be at least a twentieth of the read voltage (0.2 V), got "5 mV"; check the unit',
  );
  t.is(
    await law('"form": "cubic", "readVoltage": "2 V", "cubic": -0.25'),
    'a-b-1.json:7:67: /conduction/cubic: must let currents rise up to the read voltage, 1 + 3 c V^2 > 0 there, got -0.25; make it or the read voltage smaller',
  );
  t.is(
    await law('"form": "sinh", "readVoltage": "-2 V", "voltageScale": "1 V"'),
    'a-b-1.json:7:50: /conduction/readVoltage: must be more than 0 V, got "-2 V"; give the size of it',
  );
  t.is(
    await law('"form": "sinh", "readVoltage": "2 uS", "voltageScale": "1 V"'),
    'a-b-1.json:7:50: /conduction/readVoltage: must be a voltage (V, mV or uV), got "2 uS", a conductance; write it in one of those units',
  );
  const sinh = '"form": "sinh", "readVoltage": "0.2 V", "voltageScale": "0.25 V"';
  t.is(
    await law(sinh, ['"dac": { "bits": 8 }', '"dac": { "bits": null }']),
    'a-b-1.json:7:3: /conduction: must stand beside a DAC with bits, the end of whose range is the read voltage, got an exact one; give /converters/dac its bits, or "inputs": "pulse-width"',
  );
  t.is(
    await law(`${sinh}, "inputs": "pulse-width"`, ['"dac": { "bits": 8 }', '"dac": { "bits": null }']),
    'accepted',
  );
  t.is(
    await law(sinh, ['"cell"', '"wires": { "rowSegment": "1 ohm" }, "cell"']),
    'a-b-1.json:7:3: /conduction: must not stand beside "wires", whose circuits are solved for cells of I = g V, got both; leave one of them out',
  );
});

test('checkProfileText(text) warns of a range that can never be reached, and of large errors', async (t) => {
  const text = GOOD.replace(
    '"bits": 8, "rule": "uniform"',
    '"bits": 6, "range": "fixed", "fixedRange": "7 mS", "gainStd": "30 %", "offsetStd": 9, "noiseStd": 10, "percentile": "99 %"',
  );
  const { faults, profile } = await checkProfileText(text, 'a-b-1.json');
  t.true(faults.every(({ severity }) => severity === 'warning'));
  t.deepEqual(faults.map(faultLine), [
    '12:93 /converters/adc/fixedRange: should be at most 6400 uS, the difference current of 256 rows at gMax, got "7 mS"; the upper part of the range can never be reached: choose a smaller one',
    '12:112 /converters/adc/gainStd: should be at most 20 %, got "30 %"; check the unit',
    '12:133 /converters/adc/offsetStd: should be far below the 32 steps to the end of the range, got 9; check it: it counts in steps',
    '12:148 /converters/adc/noiseStd: should be far below the 32 steps to the end of the range, got 10; check it: it counts in steps',
    '12:166 /converters/adc/percentile: should stand beside "range": "percentile" only, for nothing else uses it, got "99 %"; name the range or leave it out',
  ]);
  t.deepEqual(profile!.converters.adc, {
    bits: 6,
    rule: 'symmetric',
    range: { rule: 'fixed', microsiemens: 7000 },
    errors: { gainStd: 0.3, offsetStdLsb: 9, noiseStdLsb: 10, inl: null, design: null },
  });
});

test('profileTemplate(name, schema) is accepted without a warning', async (t) => {
  const { profile, faults } = await checkProfileText(
    profileTemplate('x-y-2026', './schema.json'),
    'x-y-2026.json',
  );
  t.deepEqual(faults, []);
  t.is(profile?.name, 'x-y-2026');
});

test('profileTemplate(name, schema): every field that is commented out is accepted as it stands', async (t) => {
  // What is modelled must not be named among what is not.
  const text = profileTemplate('x-y-2026', './schema.json').replace('["stuck cells", "temperature"]', '[]');
  const fields = [...text.matchAll(/^ *\/\/ (?:, )?"(\w+)": .*$/gmu)];
  t.deepEqual(fields.map(([, name]) => name).sort(), [
    ...['checkedBy', 'conduction', 'costs', 'endurance', 'faults', 'gainStd', 'meanShift', 'telegraph'],
    ...['temperature', 'variation', 'verify', 'wires'],
  ]);
  for (const [line, name] of fields) {
    const { faults } = await checkProfileText(text.replace(line, line.replace('// ', '')), 'x-y-2026.json');
    t.deepEqual(faults, [], name);
  }
});

test('checkProfileText(text) names every fault of a long hostile text', async (t) => {
  const fields = Array.from({ length: 20_000 }, (_, i) => `"f${i}":0`).join(',\n');
  const { faults } = await checkProfileText(`{${fields}}`, 'f.json');
  t.is(faults.length, 20_000 + 6);
  t.is(faults.at(-1)?.line, 20_000);
  t.is(faults.at(-1)?.column, 1);
  for (const text of [
    `"${'\\"'.repeat(400_000)}`,
    '/*'.repeat(400_000),
    '"'.repeat(900_001),
    '{"a":'.repeat(100_000),
  ]) {
    const { profile, faults: some } = await checkProfileText(text, 'f.json');
    t.is(profile, null);
    t.true(some.length > 0);
  }
});

const CELL = '"referenceTime": "20 s",';

test('parseProfile(text) reads stuck cells, variation and telegraph noise', async (t) => {
  const text = GOOD.replace(
    CELL,
    `${CELL} "faults": { "cells": { "stuckLow": "0.1 %" }, "clusters": { "rows": 4, "columns": 2, "stuckHigh": "1 %" } },
    "variation": { "wafer": "-6 %", "chip": "3 %", "cell": { "value": 0.05, "unit": "1" } },
    "telegraph": { "amplitude": { "form": "constant", "value": 5, "unit": "%" }, "probability": { "form": "table", "x": [0, 1], "y": [0, 1], "unit": "1" } },`,
  );
  const { faults, variation, telegraph } = await parseProfile(text, 'a-b-1.json');
  const none = { stuckLow: 0, stuckHigh: 0, stuckRandom: 0 };
  t.deepEqual(faults, {
    failures: null,
    cells: { ...none, stuckLow: 0.001 },
    clusters: { ...none, stuckHigh: 0.01, rows: 4, columns: 2 },
    columns: none,
    rows: none,
  });
  t.deepEqual(variation, { wafer: -0.06, chip: 0.03, column: 0, cell: 0.05 });
  t.is(telegraph?.amplitude.at(0.5, 0), 0.05);
  t.is(telegraph?.probability.at(0.5, 0), 0.5);
  const without = await parseProfile(
    GOOD.replace(CELL, `${CELL} "faults": {}, "variation": {},`),
    'a-b-1.json',
  );
  t.is(without.faults, null);
  t.is(without.variation, null);
});

test('parseProfile(text) tells rates and shares out of bounds', async (t) => {
  t.is(
    await message([CELL, `${CELL} "faults": { "cells": { "stuckLow": "120 %" } },`]),
    'a-b-1.json:7:63: /faults/cells/stuckLow: must be a share from 0 to 1 (100 %), got "120 %"; check the unit',
  );
  t.is(
    await message([CELL, `${CELL} "faults": { "rows": { "stuckLow": "60 %", "stuckHigh": "50 %" } },`]),
    'a-b-1.json:7:48: /faults/rows: must have shares that sum to at most 1, got 1.1; make them smaller',
  );
  t.is(
    await message([CELL, `${CELL} "faults": { "cells": { "SA0": "1 %" } },`]),
    'a-b-1.json:7:51: /faults/cells/SA0: must be one of the fields stuckLow, stuckHigh, stuckRandom, got the unknown field "SA0"; leave it out',
  );
  t.is(
    await message([CELL, `${CELL} "faults": { "clusters": { "stuckLow": "1 %", "rows": 0 } },`]),
    [
      'a-b-1.json: must be a valid device profile, got 2 faults; mend each:',
      '7:52 /faults/clusters: must have the field "columns", got none; add it, like "columns": 4',
      '7:81 /faults/clusters/rows: must be >= 1, got 0; write it like 4',
    ].join('\n  '),
  );
  t.is(
    await message([CELL, `${CELL} "variation": { "cell": "-1 %" },`]),
    'a-b-1.json:7:51: /variation/cell: must be a spread of at least 0, got "-1 %"; leave out the sign',
  );
  t.is(
    await message([CELL, `${CELL} "variation": { "wafer": "-250 %" },`]),
    'a-b-1.json:7:52: /variation/wafer: must be from -2 to 2, so that no place conducts less than nothing, got "-250 %"; check the unit',
  );
  const telegraph = (probability: number) =>
    `${CELL} "telegraph": { "amplitude": { "form": "constant", "value": 5, "unit": "%" }, "probability": { "form": "constant", "value": ${probability}, "unit": "1" } },`;
  t.is(
    await message([CELL, telegraph(2)]),
    'a-b-1.json:7:151: /telegraph/probability/value: must be a share, from 0 to 1 (100 %), for x from 0 to 4, got 2 at x = 0 and t = 0 s; mend the law there, with max() or clamp() if need be',
  );
});

test('checkProfileText(text) tries laws at their own ages, and warns of what is odd at any of them', async (t) => {
  const found = async (sections: string) => {
    const text = GOOD.replace(/"(writing|readNoise)": \{.*\},\n/gu, '').replace(CELL, `${CELL} ${sections},`);
    return (await checkProfileText(text, 'a-b-1.json')).faults.map(faultLine);
  };
  const ages = (...laws: string[]) => `{ "form": "ages", "at": ["0 s", "601 s", "602 s", "603 s", "1 y"],
    "laws": [${laws.join(', ')}] }`;
  const constant = (value: number, unit: string) =>
    `{ "form": "constant", "value": ${value}, "unit": "${unit}" }`;
  const steady = (middle: string, unit: string) => {
    const one = constant(1, unit);
    return ages(one, one, middle, one, one);
  };
  const spread = (law: string) => `"writing": { "std": ${law} }`;
  t.deepEqual(await found(spread(steady(constant(1, 'uS'), 'uS'))), []);
  t.regex(
    (await found(spread(steady(constant(-1, 'uS'), 'uS'))))[0]!,
    /\/writing\/std\/laws: must be a standard deviation, finite and at least 0, for x from 0 to 1, got -1 uS at x = 0 and t = 602 s/u,
  );
  t.regex(
    (await found(spread(steady(constant(400, 'uS'), 'uS'))))[0]!,
    /\/writing\/std: should be less than the cell's range \(\S+ uS\), got 400 uS at x = 0 and t = 602 s/u,
  );
  t.regex(
    (await found(`"readNoise": { "std": ${steady(constant(3, '1'), '1')} }`))[0]!,
    /\/readNoise\/std: should be at most 2 \(200 %\), got 3 at x = 0 and t = 602 s/u,
  );
  const peak = '{ "form": "table", "x": [0, 0.4999, 0.5, 0.5001, 1], "y": [1, 1, 3, 1, 1], "unit": "uS" }';
  t.regex(
    (await found(spread(peak)))[0]!,
    /\/writing\/std: should have no peak between neighbours of the 2049 states that cells are simulated by, got 3 at x = 0\.5 between 1 and 1; widen it/u,
  );
  const step = peak.replace('0.5, 0.5001', '0.50005, 0.5001').replace('3, 1, 1', '2, 3, 3');
  t.deepEqual(await found(spread(step)), []);
});

test('checkProfileText(text) warns of odd rates, and of effects that are said to be left out', async (t) => {
  const warnings = async (...replacements: [string, string][]) => {
    let text = GOOD;
    for (const [from, to] of replacements) text = text.replace(from, to);
    return (await checkProfileText(text, 'a-b-1.json')).faults.map(faultLine);
  };
  t.deepEqual(
    await warnings(
      ['"taken": "nothing"', '"taken": "nothing", "notModelled": ["stuck cells"]'],
      [CELL, `${CELL} "faults": { "cells": { "stuckLow": "30 %" } }, "variation": { "chip": "80 %" },`],
    ),
    [
      '5:73 /provenance/notModelled/0: should not name what "faults" models, got "stuck cells"; leave it out',
      '7:49 /faults/cells: should stick at most 20 % of cells, got 30 %; check the unit',
      '7:98 /variation/chip: should be at most 0.5 (50 %), got "80 %"; check it: cells whose factor would be negative are held at 0',
    ],
  );
});

test('checkProfileText(text) warns of cells that gain conductance with age, and accepts published figures', async (t) => {
  const rising = '{ "form": "expression", "expression": "0.1 * ln(1 + t)", "unit": "uS" }';
  const text = GOOD.replace('"unit": "uS" } }', `"unit": "uS" }, "meanShift": ${rising} }`).replace(
    CELL,
    `${CELL} "costs": { "latency": [{ "of": "a product", "value": 130, "unit": "ns", "source": "table 3" }] },`,
  );
  const { faults, profile } = await checkProfileText(text, 'a-b-1.json');
  t.deepEqual(faults.map(faultLine), [
    '9:101 /writing/meanShift: should not raise the highest state with age, got 0 uS at t = 0 s and 1.72666 uS at t = 31536000 s; check the sign',
  ]);
  t.deepEqual(profile?.costs, {
    energy: [],
    latency: [{ of: 'a product', value: 130, unit: 'ns', source: 'table 3' }],
    area: [],
  });
  const fact = profileFacts(profile!).facts.find(({ name }) => name === 'latency');
  t.is(fact?.value, 'a product: 130 ns (table 3)');
});

test('checkProfileText(text) tells figures of another kind, and of none', async (t) => {
  const figure = (unit: string, value = 2) =>
    `[{ "of": "a", "value": ${value}, "unit": "${unit}", "source": "b" }]`;
  const found = async (costs: string) => {
    const { faults } = await checkProfileText(
      GOOD.replace(CELL, `${CELL} "costs": { ${costs} },`),
      'a-b-1.json',
    );
    return faults.map((fault) => `${fault.severity} ${faultLine(fault)}`);
  };
  for (const good of ['pJ', 'fJ/op', 'nJ per column', 'eV', '\u00b5J'])
    t.deepEqual(await found(`"energy": ${figure(good)}`), []);
  t.deepEqual(await found(`"area": ${figure('um^2')}, "latency": ${figure('cycles')}`), []);
  t.deepEqual(
    await found(`"energy": ${figure('ns')}, "area": ${figure('TOPS/W')}, "latency": ${figure('s', -1)}`),
    [
      'error 7:83 /costs/energy/0/unit: must be an energy, such as pJ, got "ns", a time; mend the unit, or move the figure',
      'warning 7:149 /costs/area/0/unit: should be an area, such as mm2, got "TOPS/W"; check the unit',
      'error 7:211 /costs/latency/0/value: must be >= 0, got -1; write it like 2',
    ],
  );
});

test('checkProfileText(text) keeps by whom the numbers were checked, for profile show', async (t) => {
  const text = GOOD.replace('"taken": "nothing"', '"taken": "nothing", "checkedBy": "a second reading"');
  const { faults, profile } = await checkProfileText(text, 'a-b-1.json');
  t.deepEqual(faults, []);
  const fact = profileFacts(profile!).facts.find(({ name }) => name === 'checked by');
  t.is(fact?.value, 'a second reading');
  t.false(
    profileFacts(await parseProfile(GOOD, 'a-b-1.json')).facts.some(({ name }) => name === 'checked by'),
  );
});
