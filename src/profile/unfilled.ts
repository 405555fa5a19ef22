import { shown } from './fault.ts';
import { childPointer, type Finding } from './finding.ts';
import { FILL_IN } from './technology-template.ts';

/** A warning for each text of a template that its author has not replaced. */
export function unfilled(value: unknown, pointer = ''): Finding[] {
  if (typeof value === 'string') {
    if (!value.includes(FILL_IN)) return [];
    const message = `should say what its template asks for, got ${shown(value)}`;
    return [{ severity: 'warning', pointer, message, cure: `replace what says ${FILL_IN}` }];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => unfilled(each, childPointer(pointer, key)));
}
