/**
 * The file that `profile new` writes: valid as it stands, with a comment at each choice.
 * @param name The profile's name, that of its file.
 * @param schema Path from the file to the schema, for editors.
 */
export function profileTemplate(name: string, schema: string): string {
  return `{
  // Editors complete and check by this schema; holdfast has its own copy.
  "$schema": ${JSON.stringify(schema)},
  "schemaVersion": 1,

  // technology-author-year, equal to this file's name.
  "name": ${JSON.stringify(name)},
  "description": "One or two sentences: which technology, which node, what kind of cell",

  "provenance": {
    "source": "Paper, data set or own measurement, so that another person finds it",
    "taken": "Which figures, tables or coefficients were read off",
    // "checkedBy": "Who or what has checked the numbers since",
    "notModelled": ["stuck cells", "temperature"]
  },

  // The conductances that a cell can be written to. x below is g/gMax.
  "cell": { "gMin": "0 uS", "gMax": "25 uS" },

  // t_c: from writing to the reference read. The age t counts from there: at t = 0 nothing has drifted.
  "referenceTime": "20 s",

  // Ages that your data support; others are refused. Leave "to" out for no end.
  "validity": { "from": "0 s", "to": "1 y", "source": "Measured for how long, carried on by which law" },

  // Every law is a constant, a polynomial, a table or an expression. A section that you leave out is an absent effect.
  //   { "form": "constant", "value": 1, "unit": "uS" }
  //   { "form": "polynomial", "coefficients": [0.3, 1.9, -1.1], "unit": "uS" }         c0 + c1 x + c2 x^2
  //   { "form": "table", "x": [0, 0.5, 1], "y": [0.3, 0.9, 1.1], "unit": "uS" }        linear between points
  //   { "form": "expression", "expression": "0.3 + 0.8 * sqrt(x)", "unit": "uS" }      see the schema for functions

  // g = max(0, target + meanShift + std z), drawn once a cell. By the target's x.
  "writing": {
    "std": { "form": "polynomial", "coefficients": [0.3, 1.9, -1.1], "unit": "uS" }
    // , "meanShift": { "form": "constant", "value": 0, "unit": "uS" }
    // Pulses until one is read within the tolerance; the laws above are then those of one pulse.
    // , "verify": { "tolerance": "1 uS", "maxPulses": 20 }
  },

  // g(t) = g ((t + t_c)/t_c)^-nu, nu = |mean + std z|, drawn once a cell. By the target's x.
  "drift": {
    "exponentMean": { "form": "table", "x": [0, 0.2, 1], "y": [0.1, 0.05, 0.05], "unit": "1" },
    "exponentStd": { "form": "constant", "value": 0.01, "unit": "1" }
  },

  // g (1 + std z), drawn at each read. By the present x and the age t in seconds.
  "readNoise": {
    "std": {
      "form": "expression",
      "expression": "0.01 * sqrt(ln((t + tC + tRead) / (2 * tRead)))",
      "unit": "1",
      "constants": { "tC": "20 s", "tRead": "250 ns" }
    }
  },

  // At each read a cell is, with this probability, in the lower of two states: g (1 - amplitude).
  // "telegraph": { "amplitude": { "form": "constant", "value": 5, "unit": "%" }, "probability": { "form": "constant", "value": 10, "unit": "%" } },

  // What differs from place to place for good, drawn once a chip, a column of a tile, a cell; relative spreads.
  // "variation": { "chip": "3 %", "column": "1 %", "cell": "5 %" },

  // Shares of cells that are stuck from the start, alone or by "clusters", "columns" and "rows".
  // "faults": { "cells": { "stuckLow": "0.1 %", "stuckHigh": "0.02 %" } },

  // Temperatures that your data support. Ea speeds time up; T, in kelvin, may stand in expressions.
  // "temperature": { "reference": "300 K", "from": "300 K", "to": "358 K", "activationEnergy": "1.1 eV", "source": "bake at two temperatures" },

  // What write cycles do: how far writing still reaches, and which share of cells has failed.
  // "endurance": { "ratedCycles": 1e6, "gMax": { "form": "table", "cycles": [1e4, 1e6], "y": [25, 20], "unit": "uS" }, "source": "cycling of 1 kb" },

  // The largest tile.
  "array": { "rows": 256, "columns": 256 },

  // Resistance of its wires, in ohm a cell, and at driver and virtual ground. Costs time: each tile is solved as a circuit.
  // "wires": { "rowSegment": "0.05 ohm", "columnSegment": "0.05 ohm", "rowTerminal": "1 ohm", "driver": "one-end", "layout": "apart" },

  // How a cell's current goes by voltage, where inputs are voltages and it is not g V. Not beside wires.
  // "conduction": { "form": "sinh", "readVoltage": "0.2 V", "voltageScale": "0.25 V" },

  // A pair of cells a weight; one scale for each "tile" or each "column". The schema has the other kinds, and slices:
  //   { "kind": "offset-unit-column", "weightBits": 8, "slices": 4, "inputSliceBits": 1 }
  "mapping": { "kind": "pair-one-sided", "scale": "tile" },

  // symmetric: 2^bits - 1 levels with an exact zero. uniform: 2^bits levels. null bits: exact.
  "converters": {
    "dac": { "bits": 8, "rule": "symmetric" },
    "adc": {
      // How far columns stray from one another, and each conversion from the last.
      // "gainStd": "0.5 %", "offsetStd": 0.5, "noiseStd": 0.3,
      "bits": 8,
      "rule": "symmetric"
    }
  }
  // Published figures of energy, latency and area: shown, not computed with.
  // , "costs": { "latency": [{ "of": "one product of a tile", "value": 130, "unit": "ns", "source": "data sheet, table 3" }] }
}
`;
}
