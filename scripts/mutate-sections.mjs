// Sections of a profile as an author might write them: most of their values near what is accepted, some far off.

const pick = (draw, values) => values[draw(values.length)];

/** A share or spread, now and then a hostile one. */
function share(draw) {
  if (draw(8) === 0) return pick(draw, ['-1 %', '150 %', '1e300', '1e-320', '0', '', '1 uS', 'NaN', null, 7]);
  return pick(draw, ['0 %', '0.1 %', '1 %', '5 %', '20 %', '0.3', '99 %']);
}

function number(draw, near) {
  if (draw(8) === 0) return pick(draw, [0, -1, 1e300, -1e300, 1e-300, 0.5, 1e39, null, '3', 2 ** 53]);
  return pick(draw, near);
}

function quantity(draw, near) {
  if (draw(8) === 0)
    return pick(draw, ['0 uS', '-1 V', '1e300 ohm', '1e-300 s', '25', 'uS', 3, null, '-300 degC']);
  return pick(draw, near);
}

/** Some fields of an object, by chance. */
function some(draw, fields, always = []) {
  const kept = Object.entries(fields).filter(([name]) => always.includes(name) || draw(2) === 0);
  return Object.fromEntries(kept.map(([name, make]) => [name, make()]));
}

const rates = (draw) => ({
  stuckLow: () => share(draw),
  stuckHigh: () => share(draw),
  stuckRandom: () => share(draw),
});

function faults(draw) {
  return some(draw, {
    cells: () => some(draw, rates(draw)),
    clusters: () => ({
      rows: number(draw, [1, 2, 4, 100]),
      columns: number(draw, [1, 3, 65536]),
      ...some(draw, rates(draw)),
    }),
    columns: () => some(draw, rates(draw)),
    rows: () => some(draw, rates(draw)),
    source: () => 'fuzz',
  });
}

function law(draw, values, unit) {
  return pick(draw, [
    () => ({ form: 'constant', value: number(draw, values), unit }),
    () => ({ form: 'polynomial', coefficients: [number(draw, values), number(draw, values)], unit }),
    () => ({ form: 'table', x: [0, 1], y: [number(draw, values), number(draw, values)], unit }),
    () => ({
      form: 'expression',
      expression: pick(draw, ['0.1 + T / 3000', '0.01 * (T - 300)', 'exp(T)', '1/(T - 300)', '0.1 * x']),
      unit,
    }),
  ])();
}

function temperature(draw) {
  return some(
    draw,
    {
      reference: () => quantity(draw, ['300 K', '25 degC', '330 K']),
      from: () => quantity(draw, ['250 K', '300 K', '0 degC']),
      to: () => quantity(draw, ['300 K', '400 K', '85 degC', '1e6 K']),
      activationEnergy: () => quantity(draw, ['1 eV', '0.2 eV', '0 eV', '50 meV', '400 eV']),
      source: () => 'fuzz',
    },
    ['reference', 'from', 'to', 'source'],
  );
}

function wires(draw) {
  const ohms = ['0 ohm', '1 ohm', '10 kohm', '1e-9 ohm', '1e12 ohm'];
  return some(draw, {
    rowSegment: () => quantity(draw, ohms),
    columnSegment: () => quantity(draw, ohms),
    rowTerminal: () => quantity(draw, ohms),
    columnTerminal: () => quantity(draw, ohms),
    driver: () => pick(draw, ['one-end', 'both-ends', 'none']),
    layout: () => pick(draw, ['apart', 'interleaved', 'x']),
  });
}

function inl(draw) {
  if (draw(2) === 0)
    return {
      form: 'polynomial',
      coefficients: Array.from({ length: 1 + draw(4) }, () => number(draw, [0, 0.5, -1, 3])),
      unit: 'LSB',
    };
  const n = 2 + draw(3);
  return {
    form: 'table',
    u: Array.from({ length: n }, (_, i) => (draw(10) === 0 ? 0 : (2 * i) / (n - 1) - 1)),
    y: Array.from({ length: n - (draw(10) === 0 ? 1 : 0) }, () => number(draw, [0, 0.4, -2])),
    unit: 'LSB',
  };
}

function architecture(draw) {
  return some(
    draw,
    {
      kind: () => pick(draw, ['uniform', 'sar', 'split-sar', 'ramp', 'pipeline', 'flash']),
      capacitorStd: () => share(draw),
      comparatorStd: () => share(draw),
      amplifierGain: () => number(draw, [20, 60, 1, 299]),
      columns: () => number(draw, [1, 2, 8, 65536]),
    },
    ['kind'],
  );
}

function converter(draw, which) {
  const ranges =
    which === 'adc'
      ? ['calibrated', 'percentile', 'full-scale', 'granular', 'fixed']
      : ['calibrated', 'percentile'];
  return some(
    draw,
    {
      bits: () => number(draw, [2, 3, 6, 8, 10, 16, null]),
      rule: () => pick(draw, ['symmetric', 'uniform', 'uniform']),
      range: () => pick(draw, ranges),
      percentile: () => pick(draw, ['99 %', '60 %', '100 %', '1 %']),
      gainStd: () => share(draw),
      offsetStd: () => number(draw, [0.5, 0, 3]),
      noiseStd: () => number(draw, [0.3, 0, 2]),
      inl: () => inl(draw),
      ...(which === 'adc'
        ? { fixedRange: () => quantity(draw, ['50 uS', '1 mS']), architecture: () => architecture(draw) }
        : {}),
    },
    ['bits'],
  );
}

function conduction(draw) {
  return some(
    draw,
    {
      form: () => pick(draw, ['sinh', 'cubic', 'square']),
      readVoltage: () => quantity(draw, ['0.2 V', '300 mV', '1 uV', '1e9 V']),
      voltageScale: () => quantity(draw, ['0.1 V', '1 V', '11 mV', '1e20 V']),
      cubic: () => number(draw, [0.5, -0.25, 10, -1e6, 1e6]),
      inputs: () => pick(draw, ['amplitude', 'pulse-width', 'x']),
      source: () => 'fuzz',
    },
    ['form', 'readVoltage', draw(2) === 0 ? 'voltageScale' : 'cubic'],
  );
}

function cyclesLaw(draw, values, unit) {
  if (draw(2) === 0) {
    const n = 2 + draw(3);
    return {
      form: 'table',
      cycles: Array.from({ length: n }, (_, i) => (draw(12) === 0 ? 1 : 10 ** (i * 3))),
      y: Array.from({ length: n - (draw(12) === 0 ? 1 : 0) }, () => number(draw, values)),
      unit,
    };
  }
  const expressions = [
    '1 - exp(-n / n0)',
    'n / 1e9',
    '1/n',
    'ln(n)',
    'n^n',
    '0.1',
    '20',
    '1/(n - 1)',
    'x',
    'n0',
  ];
  return {
    form: 'expression',
    expression: pick(draw, expressions),
    unit,
    constants: { n0: number(draw, [1e6, 1e8]) },
  };
}

function endurance(draw) {
  return some(
    draw,
    {
      ratedCycles: () => number(draw, [1, 1e3, 1e6, 1e18]),
      to: () => number(draw, [1, 1e3, 1e6]),
      gMin: () => cyclesLaw(draw, [0, 1, 10], 'uS'),
      gMax: () => cyclesLaw(draw, [25, 20, 15], pick(draw, ['uS', 'uS', 'uS', '1'])),
      stuckLow: () => cyclesLaw(draw, [0, 0.01, 0.3], '1'),
      stuckHigh: () => cyclesLaw(draw, [0, 1, 100], '%'),
      stuckRandom: () => cyclesLaw(draw, [0, 0.1], '1'),
      source: () => 'fuzz',
    },
    ['ratedCycles', 'source'],
  );
}

function mapping(draw) {
  const kinds = ['pair-one-sided', 'pair-two-sided', 'offset', 'offset-unit-column', 'single-device'];
  return some(draw, {
    kind: () => pick(draw, kinds),
    scale: () => pick(draw, ['tile', 'column']),
    weightBits: () => number(draw, [2, 4, 8, 16]),
    slices: () => number(draw, [1, 2, 4]),
    inputSliceBits: () => number(draw, [1, 2, 7]),
    clipShare: () => number(draw, [1, 0.9, 1e-9]),
  });
}

function writing(draw) {
  return {
    std: law(draw, [0.5, 1, 30], 'uS'),
    ...some(draw, {
      meanShift: () => law(draw, [-2, 0.1, 5], 'uS'),
      verify: () => ({
        tolerance: quantity(draw, ['1 uS', '0.1 uS', '1e-9 uS', '20 uS']),
        maxPulses: number(draw, [1, 2, 20, 1000, 1e6]),
        ...some(draw, { source: () => 'fuzz' }),
      }),
    }),
  };
}

const SECTIONS = {
  writing,
  faults,
  variation: (draw) =>
    some(draw, {
      chip: () => share(draw),
      column: () => share(draw),
      cell: () => share(draw),
      wafer: () => pick(draw, ['5 %', '-40 %', 2, -2, 3]),
    }),
  telegraph: (draw) => ({
    amplitude: law(draw, [0, 0.1, 1], '1'),
    probability: law(draw, [0, 0.2, 1], pick(draw, ['1', '%'])),
  }),
  temperature,
  wires,
  converters: (draw) => some(draw, { dac: () => converter(draw, 'dac'), adc: () => converter(draw, 'adc') }),
  conduction,
  endurance,
  mapping,
};

/** Puts a drawn section into a profile's JSON, in place of its own or over it. */
export function changeSection(root, draw) {
  const name = pick(draw, Object.keys(SECTIONS));
  const made = SECTIONS[name](draw);
  const own = root[name];
  root[name] = draw(3) === 0 && own !== null && typeof own === 'object' ? { ...own, ...made } : made;
  // A formula of T has a meaning where there is a temperature.
  if (name === 'temperature' && draw(2) === 0) root.writing = { std: law(draw, [0.5, 1], 'uS') };
}
