import { BadFileError } from '../core/errors.ts';
import { type Fault, faultLine, faultPlace } from './fault.ts';

/** As many faults as a message lists; the others are counted. `faults` holds all. */
const LISTED = 20;

/** A device profile that cannot be used. Exit code 2. */
export class ProfileError extends BadFileError {
  readonly faults: readonly Fault[];

  constructor(where: string, what: string, faults: readonly Fault[] = [], cause?: unknown) {
    super(where, what, cause);
    this.faults = faults;
  }
}

/** The error for a profile's faults, all in one message. */
export function profileError(file: string, faults: readonly Fault[]): ProfileError {
  const errors = faults.filter((fault) => fault.severity === 'error');
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) {
    const line = faultLine({ ...first, line: null });
    return new ProfileError(faultPlace(first), line, faults);
  }
  const lines = errors
    .slice(0, LISTED)
    .map((fault) => `\n  ${fault.file === file ? '' : `${fault.file}:`}${faultLine(fault)}`);
  const rest = errors.length > LISTED ? `\n  and ${errors.length - LISTED} more` : '';
  const what = `must be a valid device profile, got ${errors.length} faults; mend each:${lines.join('')}${rest}`;
  return new ProfileError(file, what, faults);
}
