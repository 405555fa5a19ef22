/**
 * What the page of a device profile shows, as plain numbers. Conductances in microsiemens, ages in seconds. Null: the profile has
 * no such effect.
 */
export interface ProfileView {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Laws by state, one column an age (one column where the age makes no difference). */
  readonly writing: LawsByAge | null;
  readonly readNoise: LawsByAge | null;
  /** Cells seen at several ages, of several targets. */
  readonly distributions: readonly AgedCells[];
  /** Quantiles of cells as they age, one a target; empty where a profile knows one age only. */
  readonly fans: readonly Fan[];
  /** t_c, from which the logarithm of age is counted. */
  readonly referenceSeconds: number;
  readonly converters: readonly Transfer[];
  /** A cell's current at voltages up to the read voltage, as a share of that at the read voltage; null: as g V. */
  readonly conduction: {
    readonly readVolts: number;
    readonly points: readonly (readonly [volts: number, share: number])[];
  } | null;
  /** Relative weight error of each mapping that the profile allows, its own first, at each age. */
  readonly weightErrors: {
    readonly layer: { readonly rows: number; readonly columns: number };
    readonly ages: readonly { readonly seconds: number; readonly age: string }[];
    readonly mappings: readonly { readonly name: string; readonly errors: readonly number[] }[];
  };
}

export interface LawsByAge {
  readonly ages: readonly string[];
  readonly rows: readonly {
    readonly g: number;
    /** Std at each age; µS, or relative for a read. */
    readonly stds: readonly number[];
    /** Shift of the mean at each age, µS; null where there is none. */
    readonly shifts: readonly number[] | null;
  }[];
}

export interface AgedCells {
  readonly age: string;
  readonly targets: readonly {
    readonly target: number;
    readonly mean: number;
    readonly std: number;
    readonly q05: number;
    readonly q50: number;
    readonly q95: number;
    /** Cells by conductance: middle of a bin and how many fell into it. */
    readonly bins: readonly (readonly [g: number, count: number])[];
  }[];
}

export interface Fan {
  readonly target: number;
  readonly rows: readonly {
    readonly seconds: number;
    readonly age: string;
    readonly q05: number;
    readonly q50: number;
    readonly q95: number;
  }[];
}

/** A converter around zero: its output against its input, both as shares of the range. */
export interface Transfer {
  readonly name: string;
  readonly bits: number;
  readonly levels: number;
  readonly points: readonly (readonly [input: number, output: number])[];
  /** Whether the points are those of one ADC of a chip, whose parts err. */
  readonly isDrawn: boolean;
  /** What a few converters of one chip add to a value before it is rounded, over the range; null where they do not err. */
  readonly errors: {
    readonly names: readonly string[];
    readonly rows: readonly { readonly input: number; readonly errorsLsb: readonly number[] }[];
    /** Thermal noise of a conversion, LSB; 0 where there is none. */
    readonly noiseStdLsb: number;
  } | null;
}
