/**
 * The errors that a user can meet. Each message is one sentence of the form
 * `where: what must hold, got what; what to do`. The command line prints it alone and exits with `exitCode`.
 */

/** What kind of thing went wrong: a word for `--json`, and the exit code of the command line. */
export type ErrorCode = 'usage' | 'bad-file' | 'engine' | 'surroundings' | 'interrupted' | 'internal';

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  'bad-file': 2,
  engine: 3,
  surroundings: 3,
  interrupted: 130,
  internal: 3,
};

/** Base of all errors that holdfast throws on purpose. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  /** The file, option or call that the message is about. */
  readonly where: string;

  constructor(code: ErrorCode, where: string, what: string, cause?: unknown) {
    super(`${where}: ${what}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.where = where;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** A command, option or argument that cannot be obeyed. Exit code 2. */
export class UsageError extends HoldfastError {
  constructor(where: string, what: string, cause?: unknown) {
    super('usage', where, what, cause);
  }
}

/** A file that could be read but is not what it must be (malformed, wrong shape, wrong hash). Exit code 2. */
export class BadFileError extends HoldfastError {
  constructor(where: string, what: string, cause?: unknown) {
    super('bad-file', where, what, cause);
  }
}

/** The numeric engine is missing or failed. Exit code 3. */
export class EngineError extends HoldfastError {
  constructor(where: string, what: string, cause?: unknown) {
    super('engine', where, what, cause);
  }
}

/** The machine or its surroundings failed: unreadable file, full disk, lost worker. Exit code 3. */
export class SurroundingsError extends HoldfastError {
  constructor(where: string, what: string, cause?: unknown) {
    super('surroundings', where, what, cause);
  }
}
