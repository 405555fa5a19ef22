/** Technologies of which no complete set of numbers is published, each with a template that says what to fill in. */
export const TECHNOLOGIES = ['flash', 'mram', 'fefet', 'ecram'] as const;
export type Technology = (typeof TECHNOLOGIES)[number];

export function isTechnology(name: string): name is Technology {
  return (TECHNOLOGIES as readonly string[]).includes(name);
}

/** What the published record gives of a technology, and what it does not. */
interface Facts {
  readonly description: string;
  readonly source: string;
  readonly taken: string;
  /** Comment lines above the cell's range. */
  readonly cellComments: readonly string[];
  readonly gMin: string;
  readonly gMax: string;
  readonly writingComments: readonly string[];
  readonly driftComments: readonly string[];
  readonly readComments: readonly string[];
  readonly notModelled: readonly string[];
}

/** Written where a number or a text is the author's to give; `profile check` warns of each that is left. */
export const FILL_IN = 'FILL IN';

const PLACEHOLDER = '0 to 1 uS is no measurement: it only makes the file valid. Replace both.';

const FACTS: Readonly<Record<Technology, Facts>> = {
  flash: {
    description: `${FILL_IN}: floating-gate or split-gate flash, node, cell, read voltage`,
    source: `${FILL_IN}: paper or measurement. Vendors state 8-bit storage and give no distribution`,
    taken: `${FILL_IN}: which figure or table, read off how`,
    cellComments: ['Conductance at the read bias, from the erased to the programmed state.', PLACEHOLDER],
    gMin: '0 uS',
    gMax: '1 uS',
    writingComments: [
      'Write-verify leaves a spread about the target: measure it by state, some hundred cells each.',
      'A claim of "8 bits" is no spread: it does not say by which probability a level is left.',
    ],
    driftComments: [
      'Charge loss is not a power law: give "meanShift" and "std" of writing by ages ("form": "ages") instead.',
    ],
    readComments: ['Random telegraph noise and 1/f noise of the cell, relative to its conductance.'],
    notModelled: ['read disturb', 'endurance', 'temperature'],
  },
  mram: {
    description: `${FILL_IN}: spin-transfer or spin-orbit torque MRAM, node, resistance-area product`,
    source: `${FILL_IN}: paper or measurement`,
    taken: `${FILL_IN}: parallel and antiparallel resistance, their spreads, write error rate`,
    cellComments: [
      'A magnetic tunnel junction has two states: gMin = 1/(R_P (1 + TMR)), gMax = 1/R_P.',
      'Weights of more than one bit need several cells a weight: choose a mapping with slices.',
      PLACEHOLDER,
    ],
    gMin: '0 uS',
    gMax: '1 uS',
    writingComments: [
      'Here the spread is that of resistance from cell to cell: std of g = g std(R)/R, by state.',
      'A write error flips the bit: it is a fault with a rate, not a spread.',
    ],
    driftComments: ['Retention is years or a flip: leave drift out unless you measured one.'],
    readComments: ['Small beside the spread from cell to cell, but measure it.'],
    notModelled: ['write errors', 'temperature dependence of the magnetoresistance'],
  },
  fefet: {
    description: `${FILL_IN}: ferroelectric transistor, node, bits a cell, with or without a series resistor`,
    source: `${FILL_IN}: paper or measurement. State-dependent spreads from cycle to cycle and device to device are measured in arXiv 2312.15444, which gives them as figures`,
    taken: `${FILL_IN}: read the figures off, say at which states`,
    cellComments: ['Conductance at the read voltages of gate and drain.', PLACEHOLDER],
    gMin: '0 uS',
    gMax: '1 uS',
    writingComments: [
      'By state, device to device and cycle to cycle together: sqrt(d2d^2 + c2c^2).',
      'Few levels: a table of x and y with one point a level is enough.',
    ],
    driftComments: [
      'Ten years are carried on from hours in most papers: let "validity" end where the data end.',
    ],
    readComments: ['Charge trapping makes it depend on the time since writing: use t, or laws by ages.'],
    notModelled: ['endurance', 'read disturb', 'temperature'],
  },
  ecram: {
    description: `${FILL_IN}: electrochemical memory, channel and electrolyte, size`,
    source: `Range: resistances of 625 kohm to 10 Mohm of the ECRAM cell that comes with CiMLoop. ${FILL_IN}: paper or measurement of the spreads, which that file does not give`,
    taken: `Cell range alone. ${FILL_IN}: spreads by state, self-discharge`,
    cellComments: ['625 kohm and 10 Mohm.'],
    gMin: '0.1 uS',
    gMax: '1.6 uS',
    writingComments: ['Nothing is published for inference: measure the spread about the target by state.'],
    driftComments: [
      'Self-discharge depends on the device: an exponential is given by "meanShift" as an expression of x and t.',
    ],
    readComments: ['Small channels are noisy: measure it by state.'],
    notModelled: ['self-discharge', 'temperature', 'endurance'],
  },
};

/**
 * The file that `profile new --like flash` and its kin write: valid as it stands and without an effect until the author
 * gives one, since no number is invented.
 */
export function technologyTemplate(technology: Technology, name: string, schema: string): string {
  const facts = FACTS[technology];
  const comments = (lines: readonly string[]) => lines.map((line) => `  // ${line}`).join('\n');
  const text = (value: string) => JSON.stringify(value);
  return `{
  // Everything that says ${FILL_IN} is yours to give; "holdfast profile check" names what is left.
  "$schema": ${text(schema)},
  "schemaVersion": 1,
  "name": ${text(name)},
  "description": ${text(facts.description)},

  "provenance": {
    "source": ${text(facts.source)},
    "taken": ${text(facts.taken)},
    "notModelled": [${facts.notModelled.map(text).join(', ')}]
  },

${comments(facts.cellComments)}
  "cell": { "gMin": ${text(facts.gMin)}, "gMax": ${text(facts.gMax)} },

  // t_c: from writing to the reference read. The age t counts from there.
  "referenceTime": "1 s",

  // The ages that were measured; others are refused.
  "validity": { "from": "0 s", "to": "0 s", "source": "${FILL_IN}: measured for how long" }

  // The sections below are absent effects until they are filled in.
  // From measured cells "holdfast profile fit" writes them.

${comments(facts.writingComments)}
  // , "writing": {
  //   "std": { "form": "table", "x": [0, 0.5, 1], "y": [?, ?, ?], "unit": "uS" }
  // }

${comments(facts.driftComments)}
  // , "drift": {
  //   "exponentMean": { "form": "constant", "value": ?, "unit": "1" },
  //   "exponentStd": { "form": "constant", "value": ?, "unit": "1" }
  // }

${comments(facts.readComments)}
  // , "readNoise": { "std": { "form": "constant", "value": ?, "unit": "%" } }

  // The periphery: without it tiles are 256x256 and converters are exact.
  // , "array": { "rows": ?, "columns": ? }
  // , "converters": { "dac": { "bits": ? }, "adc": { "bits": ? } }
}
`;
}
