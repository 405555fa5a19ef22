/* Generated from device-profiles/schema.json by scripts/build-profile-schema.mjs. Do not edit. */

/**
 * A number with a unit. Units: S, mS, uS, nS, pS; ns, us, ms, s, min, h, d, y (365 d); V, mV, uV; K, degC; eV, meV; ohm, kohm, Mohm; 1, %.
 */
export type Quantity = (string | {
/**
 * The number, in the unit beside it.
 */
value: number
/**
 * The unit of the value.
 */
unit: string
})
/**
 * How a number depends on x (and for writing and read noise on t).
 */
export type Law = ({
/**
 * Which kind of law.
 */
form: ("constant" | "polynomial" | "table" | "expression" | "ages")
} & Law1)
export type Law1 = (ConstantLaw | PolynomialLaw | TableLaw | ExpressionLaw | AgesLaw)
/**
 * The unit of the law's values: a conductance for writing, 1 or % for drift exponents and relative read noise.
 */
export type UnitOfLaw = string
/**
 * How a number depends on x.
 */
export type StateLaw = ({
/**
 * Which kind of law.
 */
form: ("constant" | "polynomial" | "table" | "expression")
} & StateLaw1)
export type StateLaw1 = (ConstantLaw | PolynomialLaw | TableLaw | ExpressionLaw)
/**
 * How a number depends on the write cycles n, from 1.
 */
export type CyclesLaw = ({
/**
 * Which kind of law.
 */
form: ("table" | "expression")
} & CyclesLaw1)
export type CyclesLaw1 = (CyclesTable | CyclesExpression)
/**
 * What a converter adds to a value before it rounds it (an ADC) or to a level (a DAC), in steps (LSB), by u from -1 to 1: the value as a share of the range, held beyond it.
 */
export type Inl = ({
/**
 * Which kind of law.
 */
form: ("polynomial" | "table")
} & Inl1)
export type Inl1 = (InlPolynomial | InlTable)

/**
 * What one memory technology and its periphery do: a holdfast device profile, version 1. An absent section is an absent effect. x is the normalised conductance g/gMax, t the age in seconds since the reference read t_c after writing.
 */
export interface DeviceProfileFile {
/**
 * Where this schema lies, relative to the profile, so that an editor can complete and check. Never fetched by holdfast.
 */
$schema?: string
/**
 * Version of this schema that the profile was written for.
 */
schemaVersion: 1
/**
 * The profile that this one changes: a shipped name, or the path of a .json from this file. The other fields here are then put over those of that profile: objects are merged, a list or a law with its form replaces, null removes. Needs schemaVersion and name beside it, nothing else. Default: absent, the profile is whole.
 */
extends?: string
/**
 * The profile's name: technology-author-year, in lower case. Equal to the file's name without .json.
 */
name: string
/**
 * What the technology is, in one or two sentences.
 */
description: string
provenance: Provenance
validity?: Validity
cell: Cell
referenceTime: Quantity
writing?: Writing
drift?: Drift
readNoise?: ReadNoise
telegraph?: Telegraph
variation?: Variation
faults?: Faults
endurance?: Endurance
temperature?: Temperature
costs?: Costs
array?: CellArray
conduction?: Conduction
wires?: Wires
mapping?: Mapping
converters?: Converters
}
/**
 * Where the numbers come from.
 */
export interface Provenance {
/**
 * The publication, data set or measurement, so that another person finds it.
 */
source: string
/**
 * What was read off from the source: which figures, tables, coefficients.
 */
taken: string
/**
 * By whom, or by what test, the numbers were held against the source. A profile that extends another does not inherit it. Default: absent, not said.
 */
checkedBy?: string
/**
 * Effects that the technology has and this profile leaves out. Default: none named.
 * 
 * @maxItems 32
 */
notModelled?: string[]
}
/**
 * The ages that the source supports; others are refused. Default: from 0 s, without end.
 */
export interface Validity {
from?: Quantity
to?: Quantity
/**
 * Why these ages.
 */
source: string
}
/**
 * The conductances that a cell can be written to.
 */
export interface Cell {
gMin: Quantity
gMax: Quantity
/**
 * How many conductances, equally spaced from gMin to gMax and both among them, a cell can be written to; targets are rounded to them, half to even. Default: absent, any.
 */
levels?: number
/**
 * What bounds a conductance. zero: it is never negative. range: and what is read lies within gMin to gMax. none: no bound, for noise models of weights rather than cells; without drift and read noise only.
 */
clamp?: ("zero" | "range" | "none")
}
/**
 * The error that writing, and the relaxation after it, leave at age t: g = max(0, target + meanShift(x, t) + std(x, t) z), z standard normal, drawn once a cell and kept as it ages, x that of the target. Default: absent, cells equal their targets.
 */
export interface Writing {
std: Law
meanShift?: Law
verify?: Verify
}
/**
 * The same for every state.
 */
export interface ConstantLaw {
/**
 * Says that this law is a constant.
 */
form: "constant"
/**
 * The value, in `unit`.
 */
value: number
unit: UnitOfLaw
}
/**
 * c0 + c1 x + c2 x^2 + ...
 */
export interface PolynomialLaw {
/**
 * Says that this law is a polynomial in x.
 */
form: "polynomial"
/**
 * c0, c1, c2, ...: lowest power first, in `unit`.
 * 
 * @minItems 1
 * @maxItems 16
 */
coefficients: number[]
unit: UnitOfLaw
}
/**
 * Piecewise linear through points, held at the first and last value beyond them.
 */
export interface TableLaw {
/**
 * Says that this law is a table.
 */
form: "table"
/**
 * States x = g/gMax, ascending.
 * 
 * @minItems 2
 * @maxItems 2048
 */
x: number[]
/**
 * As many values, in `unit`.
 * 
 * @minItems 2
 * @maxItems 2048
 */
y: number[]
unit: UnitOfLaw
}
/**
 * A formula of x, for writing and read noise also of t, of T where the profile has a temperature, and of its constants.
 */
export interface ExpressionLaw {
/**
 * Says that this law is a formula.
 */
form: "expression"
/**
 * Numbers, x, t (a plain number of seconds), T (a plain number of kelvin), names of `constants`; + - * / ^ ( ); condition ? a : b; min, max, clamp, abs, sqrt, exp, ln, log, log10, sin, cos, pow. The result is in `unit`.
 */
expression: string
unit: UnitOfLaw
/**
 * Names for quantities or plain numbers; in the formula they are microsiemens, seconds, volts, kelvin, ohm or plain numbers. Default: none.
 */
constants?: {
[k: string]: number | Quantity
}
}
/**
 * A law of x for each of several ages; between them interpolated, beyond them refused (validity must end with them).
 */
export interface AgesLaw {
/**
 * Says that this law is given at several ages.
 */
form: "ages"
/**
 * The ages t, ascending.
 * 
 * @minItems 1
 * @maxItems 64
 */
at: Quantity[]
/**
 * As many laws, each of x alone.
 * 
 * @minItems 1
 * @maxItems 64
 */
laws: StateLaw[]
/**
 * How values between two ages are found: log, linear in ln((t + t_c)/t_c); linear, linear in t.
 */
between?: ("log" | "linear")
}
/**
 * Iterative write-verify: `std` and `meanShift` are then those of one pulse, which sets a cell anew; pulses go on until one is read within the tolerance, or all that are allowed are spent. Cells get mean and standard deviation of what that leaves at the first age of `validity`, as a normal; what relaxes later is added. Default: absent, `std` and `meanShift` are what writing leaves in the end.
 */
export interface Verify {
tolerance: Quantity
/**
 * The most pulses a cell, the first counted in. What pulses cost stands in `costs`.
 */
maxPulses: number
/**
 * Where these numbers come from. Default: absent, not said.
 */
source?: string
}
/**
 * Power-law drift, its exponent drawn once a cell: g(t) = g(0) ((t + t_c)/t_c)^-nu, nu = |exponentMean(x) + exponentStd(x) z|, x that of the target. Default: absent, no drift.
 */
export interface Drift {
exponentMean: Law
exponentStd?: Law
}
/**
 * The error of one read, drawn anew at each read: g = max(0, g + g std(x, t) z), x that of the present conductance. Default: absent, no read noise.
 */
export interface ReadNoise {
std: Law
}
/**
 * Random telegraph noise: at each read a cell is, with the given probability, in the lower of two states, g (1 - amplitude), before the read noise; drawn anew at each read (reads lie further apart than the trap's times). The noise scale multiplies the amplitude. Default: absent, none.
 */
export interface Telegraph {
amplitude: Law
probability: Law
}
/**
 * How conductances differ from place to place for good: a written conductance is multiplied by max(0, 1 + wafer (r^2 - 1/2) + chip z1 + column z2 + cell z3), r^2 uniform from 0 to 1, the chip's place on its wafer, drawn once a chip, z standard normal, z1 drawn once a chip, z2 once a column of each tile, z3 once a cell. A spread of gMax, that writing does not correct. Default: absent, none.
 */
export interface Variation {
wafer?: Quantity
chip?: Quantity
column?: Quantity
cell?: Quantity
/**
 * Where the numbers come from, if not from the profile's provenance. Default: absent.
 */
source?: string
}
/**
 * Cells that are stuck from the start: they are not written, do not drift, but are read. Each pattern's rates are the expected share of cells that it sticks; where patterns meet, rows rule over columns, columns over clusters, clusters over single cells. The noise scale leaves them alone. Default: absent, none.
 */
export interface Faults {
cells?: FaultRates
clusters?: ClusterRates
columns?: FaultRates
rows?: FaultRates
/**
 * Where the numbers come from, if not from the profile's provenance. Default: absent.
 */
source?: string
}
/**
 * Shares of cells, rows or columns that are stuck, each way; together at most 1.
 */
export interface FaultRates {
stuckLow?: Quantity
stuckHigh?: Quantity
stuckRandom?: Quantity
}
/**
 * Shares of blocks that are stuck, each way; together at most 1. A tile is cut into blocks from its first row and column.
 */
export interface ClusterRates {
/**
 * Rows of a block.
 */
rows: number
/**
 * Columns of a block.
 */
columns: number
stuckLow?: Quantity
stuckHigh?: Quantity
stuckRandom?: Quantity
}
/**
 * What write cycles do to cells: how far writing still reaches, and which share has failed. Cells are fresh unless cycles are asked for (--cycles); more than the source knows are refused, and so are any where this section is absent. Default: absent, not modelled.
 */
export interface Endurance {
/**
 * How many write cycles the source says that cells go through.
 */
ratedCycles: number
/**
 * The most cycles that its numbers hold for. Default: absent, the rated ones.
 */
to?: number
gMin?: CyclesLaw
gMax?: CyclesLaw
stuckLow?: CyclesLaw
stuckHigh?: CyclesLaw
stuckRandom?: CyclesLaw
/**
 * Where these numbers come from.
 */
source: string
}
/**
 * Linear in ln n between points, held before the first one.
 */
export interface CyclesTable {
/**
 * Says that this law is a table.
 */
form: "table"
/**
 * Numbers of write cycles, ascending, up to those that the section is for.
 * 
 * @minItems 2
 * @maxItems 256
 */
cycles: number[]
/**
 * As many values, in `unit`.
 * 
 * @minItems 2
 * @maxItems 256
 */
y: number[]
unit: UnitOfLaw
}
/**
 * A formula of n and of its constants.
 */
export interface CyclesExpression {
/**
 * Says that this law is a formula.
 */
form: "expression"
/**
 * As the formulas of other laws, of n, a plain number of write cycles. The result is in `unit`.
 */
expression: string
unit: UnitOfLaw
/**
 * Names for quantities or plain numbers; in the formula they are canonical numbers. Default: none.
 */
constants?: {
[k: string]: number | Quantity
}
}
/**
 * Temperatures that the source supports; others are refused, and so is any temperature where this section is absent. Within formulas T is the temperature in kelvin, at the reference unless another is asked for. Default: absent, the temperature is not modelled.
 */
export interface Temperature {
reference: Quantity
from: Quantity
to: Quantity
activationEnergy?: Quantity
/**
 * Where these numbers come from.
 */
source: string
}
/**
 * Published figures of energy, latency and area, each with its source. Shown, and never multiplied into a figure of merit: what a whole system costs depends on what they leave out. Default: absent, none.
 */
export interface Costs {
/**
 * Figures of energy. Default: none.
 * 
 * @maxItems 64
 */
energy?: Cost[]
/**
 * Figures of time. Default: none.
 * 
 * @maxItems 64
 */
latency?: Cost[]
/**
 * Figures of area. Default: none.
 * 
 * @maxItems 64
 */
area?: Cost[]
}
/**
 * One published figure.
 */
export interface Cost {
/**
 * Of what: the event, the part, and under which conditions.
 */
of: string
/**
 * The number, in `unit`; at least 0.
 */
value: number
/**
 * Its unit, as the source has it; not converted. It begins with one of an energy, a time or an area, as the list asks for.
 */
unit: string
/**
 * Where the figure stands.
 */
source: string
}
/**
 * The largest tile. Default: 256 rows, 256 columns.
 */
export interface CellArray {
/**
 * Inputs of a tile.
 */
rows?: number
/**
 * Output lines of a tile. The two cells of a pair share one; a weight in N slices takes N; a unit column takes as many as a weight.
 */
columns?: number
}
/**
 * Current-voltage non-linearity: how a cell's current goes by voltage, the same for all states, with I = g V at the read voltage, where g was measured. Not beside wires, whose circuits are linear. Default: absent, I = g V at any voltage.
 */
export interface Conduction {
/**
 * sinh: I = g Vr sinh(V/V0)/sinh(Vr/V0). cubic: I = g V (1 + c V^2)/(1 + c Vr^2).
 */
form: ("sinh" | "cubic")
readVoltage: Quantity
voltageScale?: Quantity
/**
 * c of a cubic law. Default: absent, needed by form cubic only.
 */
cubic?: number
/**
 * How an input drives a row. amplitude: by a voltage up to the read voltage, on which the law acts; bits that drive one at a time are 0 or the read voltage. pulse-width: by the read voltage for a time, which the law leaves alone.
 */
inputs?: ("amplitude" | "pulse-width")
/**
 * Where the numbers come from, if not from the profile's provenance. Default: absent.
 */
source?: string
}
/**
 * Resistance of the wires of a tile, solved exactly with its cells. Every row wire: driver, rowTerminal, rowSegment, cell, rowSegment, cell, ... Every column wire: cell, columnSegment, cell, ..., columnSegment, columnTerminal, virtual ground. Default: absent, none.
 */
export interface Wires {
rowSegment?: Quantity
columnSegment?: Quantity
rowTerminal?: Quantity
columnTerminal?: Quantity
/**
 * one-end: a row wire is driven at its first column. both-ends: at its last one too, by the same voltage through an equal terminal.
 */
driver?: ("one-end" | "both-ends")
/**
 * apart: each kind of cell of a weight (plus, minus) is an array of its own. interleaved: the cells of a weight lie side by side on one row wire, which is as many times longer.
 */
layout?: ("apart" | "interleaved")
/**
 * Where the numbers come from, if not from the profile's provenance. Default: absent.
 */
source?: string
}
/**
 * How weights become conductances. w is a weight over the largest of its tile or column, from -1 to 1. Default: one-sided differential pairs, one scale a tile.
 */
export interface Mapping {
/**
 * pair-one-sided: a pair gPlus - gMinus, of which the one on the other side of zero stays at gMin. pair-two-sided: a pair around the middle of the range, gMax/2 (1 + w) and gMax/2 (1 - w) where gMin is 0. offset: one cell around the middle; the zero point times the sum of a tile's converted inputs is subtracted digitally, after the ADC. offset-unit-column: one cell around the middle; one more column of cells at the zero point is written and read like any other, and its current subtracted from each column's before the ADC. single-device: one cell, the least weight at gMin and the greatest at gMax; the zero point is subtracted as for offset.
 */
kind?: ("pair-one-sided" | "pair-two-sided" | "offset" | "offset-unit-column" | "single-device")
/**
 * Whether each tile or each of its columns has its own scale of weight to conductance.
 */
scale?: ("tile" | "column")
/**
 * B: weights are rounded, half to even, to multiples of the largest over 2^(B-1) - 1. Default: null, as fine as the cells; 8 where there are several slices.
 */
weightBits?: (number | null)
/**
 * N: the bits of a weight (of its size for pairs, of weight + 2^(B-1) for offsets) are cut into N cells or pairs of B/N bits, each with an output line and an ADC of its own; the ADCs' results are shifted and added digitally. Must divide weightBits.
 */
slices?: number
/**
 * Bits of an input's size that drive the rows at a time (1: bit-serial); a product with each, each through the ADC, shifted and added digitally. Needs a symmetric DAC with bits. Default: null, all at once.
 */
inputSliceBits?: (number | null)
/**
 * The share of a layer's weights, by size, that keep their value; larger ones are clipped to the largest of these, and counted. 1: none is clipped.
 */
clipShare?: number
}
/**
 * The converters at the edges of a tile. Default: absent, none.
 */
export interface Converters {
dac?: Dac
adc?: Adc
}
/**
 * An input converter with a static range.
 */
export interface Dac {
/**
 * Resolution; null for an exact converter.
 */
bits: (number | null)
/**
 * symmetric: 2^bits - 1 levels with an exact zero (sign and magnitude). uniform: 2^bits levels, none at zero.
 */
rule?: ("symmetric" | "uniform")
/**
 * How compilation chooses the range of each strip from what it sees in calibration. calibrated: the least mean squared error of rounding and clipping. percentile: see percentile.
 */
range?: ("calibrated" | "percentile")
percentile?: Quantity
gainStd?: Quantity
/**
 * Spread of the offset over rows, in steps of the converter (LSB), drawn once a chip; scaled by the noise scale.
 */
offsetStd?: number
/**
 * Thermal noise of a driven row, in steps of the converter (LSB), new at each conversion, with --read frozen too; scaled by the noise scale.
 */
noiseStd?: number
inl?: Inl
}
/**
 * c0 + c1 u + c2 u^2 + ...
 */
export interface InlPolynomial {
/**
 * Says that this law is a polynomial in u.
 */
form: "polynomial"
/**
 * c0, c1, c2, ...: lowest power first.
 * 
 * @minItems 1
 * @maxItems 8
 */
coefficients: number[]
/**
 * Steps of the converter.
 */
unit: "LSB"
}
/**
 * Piecewise linear through points, held at the first and last value beyond them.
 */
export interface InlTable {
/**
 * Says that this law is a table.
 */
form: "table"
/**
 * Shares of the range, ascending. At most 17: the compiled graph pays for each.
 * 
 * @minItems 2
 * @maxItems 17
 */
u: number[]
/**
 * As many values.
 * 
 * @minItems 2
 * @maxItems 17
 */
y: number[]
/**
 * Steps of the converter.
 */
unit: "LSB"
}
/**
 * An output converter with a static range.
 */
export interface Adc {
/**
 * Resolution; null for an exact converter.
 */
bits: (number | null)
/**
 * symmetric: 2^bits - 1 levels with an exact zero (sign and magnitude). uniform: 2^bits levels, none at zero.
 */
rule?: ("symmetric" | "uniform")
/**
 * How compilation chooses the range. calibrated: from what a tile's columns give in calibration, the least mean squared error of rounding and clipping. percentile: from the same, see percentile. full-scale: the largest difference current that can occur, all rows at the end of the DAC's range and all cells at gMax. granular: a step of the converter is the smallest current that a cell can add, one level of a slice driven by the least digit of an input; needs mapping.inputSliceBits, and mapping.slices or cell.levels. fixed: fixedRange.
 */
range?: ("calibrated" | "percentile" | "full-scale" | "granular" | "fixed")
fixedRange?: Quantity
/**
 * Thermal noise of one conversion, in steps of the converter (LSB), new at each conversion, with --read frozen too; scaled by the noise scale.
 */
noiseStd?: number
percentile?: Quantity
gainStd?: Quantity
/**
 * Spread of the offset over columns, in steps of the converter (LSB), drawn once a chip; scaled by the noise scale.
 */
offsetStd?: number
inl?: Inl
architecture?: Architecture
}
/**
 * How an ADC is built, and the errors of its parts, drawn once a chip. Its 2^bits codes stand in a table for each ADC, read at 16 places of each step.
 */
export interface Architecture {
/**
 * uniform: no error of its own. sar: a search by halves against a capacitive DAC, one comparator. split-sar: the same with the DAC's capacitors in two arrays and a bridge. ramp: a ramp from a capacitive DAC, a comparator a column. pipeline: stages of 1.5 bits with two comparators each, which double what is left by a ratio of two capacitors.
 */
kind: ("uniform" | "sar" | "split-sar" | "ramp" | "pipeline")
capacitorStd?: Quantity
comparatorStd?: Quantity
/**
 * Gain of its amplifier in dB, at any noise scale. Default: absent, without an error.
 */
amplifierGain?: number
/**
 * How many neighbouring columns of a tile one ADC converts one after the other; of a ramp, how many one DAC serves, each with a comparator of its own.
 */
columns?: number
}
