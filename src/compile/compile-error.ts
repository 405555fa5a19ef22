import { HoldfastError } from '../core/errors.ts';

/** A model, adapter or profile that cannot be compiled together. Exit code 2. */
export class CompileError extends HoldfastError {
  constructor(where: string, what: string, cause?: unknown) {
    super('bad-file', where, what, cause);
  }
}
