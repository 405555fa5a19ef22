/**
 * How a job says what it is doing. A flow is handed a `Progress` and tells it; what is shown, where and how often
 * is the command line's matter, so that no room needs a clock or a stream.
 *
 * A job is a sequence of stages. A stage ends when the next one begins or when the job returns.
 */
export interface Progress {
  /** Begins a stage. `total` is the number of units that `advance` will count to; leave it out where it is unknown. */
  stage(name: string, total?: number): void;
  /** `by` units of the stage are done (default 1). `note` is a short word on the latest, such as a loss. */
  advance(by?: number, note?: string): void;
  /** One line worth reading even after the job is over. */
  note(text: string): void;
  /** One line on something legal but odd, which the reader should know of. */
  warn(text: string): void;
}

/** Says nothing: for tests and for callers that do not care. */
export const silentProgress: Progress = {
  stage: () => undefined,
  advance: () => undefined,
  note: () => undefined,
  warn: () => undefined,
};
