/** A fault before it has a place in a file: what the schema and the physics say of a profile's values. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** JSON pointer to the value. */
  readonly pointer: string;
  /** Whether the fault is the field's name rather than its value. */
  readonly atKey?: boolean;
  /** Character within a text value, from 1. */
  readonly character?: number;
  readonly message: string;
  readonly cure: string;
}

/** A JSON pointer's child. */
export function childPointer(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a JSON pointer. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a JSON pointer, or undefined. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const key of pointerKeys(pointer)) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
