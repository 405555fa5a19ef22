import type { CompileOptions } from './program.ts';

/** What a bundle was made from: a name and a SHA-256. */
export interface Source {
  readonly name: string;
  readonly sha256: string;
}

/** How an adapter got into the bundle, with all that a report says of it. */
export interface AdapterSource extends Source {
  readonly method: string;
  readonly trainableParameters: number;
  readonly trainableParametersWithHead: number;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ManifestLayer {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly mapping: 'differential-one-sided';
  readonly cells: readonly ['plus', 'minus'];
  readonly tiles: readonly { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] }[];
}

/** `manifest.json` of a bundle. Keys sorted, no time of day, no path. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly name: string;
  /** SHA-256 of each other file of the bundle, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly sources: {
    readonly model: Source;
    readonly adapters: readonly AdapterSource[];
    readonly profile: Source;
  };
  readonly options: CompileOptions & { readonly deployment: 'digital' | 'folded' };
  readonly layers: readonly ManifestLayer[];
  readonly counts: {
    readonly layers: number;
    readonly tiles: number;
    readonly weights: number;
    readonly cells: number;
    readonly adcs: number;
  };
  /** The program without converters and errors against the model before compilation: largest difference of a logit. */
  readonly idealCheck: { readonly maxAbsoluteError: number; readonly bound: number };
  /** The head's labels in order of the logits; empty for a regression. */
  readonly labels: readonly string[];
  readonly warnings: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}
