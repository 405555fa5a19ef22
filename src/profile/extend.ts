import { nearest, shown } from './fault.ts';
import { childPointer, type Finding } from './finding.ts';

/** One value that an extending profile changes in its base. */
export interface Override {
  /** JSON pointer to the value. */
  readonly pointer: string;
  /** The base's value, undefined where it has none. */
  readonly before: unknown;
  /** The new value, undefined where the field is removed. */
  readonly after: unknown;
}

/** A base with an extending profile's fields in it. */
export interface Extended {
  readonly value: Readonly<Record<string, unknown>>;
  /** In the order of the extending file, without the fields that every profile has of its own. */
  readonly overrides: readonly Override[];
  readonly findings: readonly Finding[];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that an extending profile has of its own: they say nothing of the device. */
const OWN: ReadonlySet<string> = new Set(['$schema', 'schemaVersion', 'name', 'extends']);

/**
 * Puts the fields of an extending profile over those of its base, as RFC 7396 (JSON Merge Patch) does:
 *
 * - an object is merged into the base's object, field by field;
 * - a list, a text, a number replaces the base's value as a whole;
 * - null removes the base's field, except where the schema gives null a meaning (`bits`): there it is a value.
 *
 * One rule is added: an object that has a `form` is a whole law and replaces the base's law, so that a table does not inherit
 * the coefficients of a polynomial. Without a `form` it is merged: `{"value": 2}` changes a constant and keeps its unit.
 * A null that removes nothing is a fault, since it would hide a misspelt name. The base's `provenance.checkedBy` is not taken
 * over: nobody has checked the changed numbers.
 *
 * @param nullable Names of fields of which null is a value.
 */
export function extend(base: JsonObject, patch: JsonObject, nullable: ReadonlySet<string>): Extended {
  const overrides: Override[] = [];
  const findings: Finding[] = [];
  const value = merged(unchecked(base), patch, '', { nullable, overrides, findings });
  const { extends: _, ...whole } = value;
  return { value: whole, overrides, findings };
}

function unchecked(base: JsonObject): JsonObject {
  if (!isObject(base.provenance)) return base;
  const { checkedBy: _, ...provenance } = base.provenance;
  return { ...base, provenance };
}

interface Merge {
  readonly nullable: ReadonlySet<string>;
  readonly overrides: Override[];
  readonly findings: Finding[];
}

function merged(base: JsonObject, patch: JsonObject, pointer: string, merge: Merge): JsonObject {
  const fields = new Map(Object.entries(base));
  for (const [key, after] of Object.entries(patch)) {
    const at = childPointer(pointer, key);
    const before = fields.get(key);
    const isOwn = pointer === '' && OWN.has(key);
    if (after === null && !merge.nullable.has(key)) {
      if (!fields.delete(key)) merge.findings.push(nothingToRemove(at, key, Object.keys(base)));
      else merge.overrides.push({ pointer: at, before, after: undefined });
    } else if (isObject(before) && isObject(after) && !Object.hasOwn(after, 'form')) {
      fields.set(key, merged(before, after, at, merge));
    } else {
      if (!isOwn) merge.overrides.push({ pointer: at, before, after });
      fields.set(
        key,
        isObject(after) && !Object.hasOwn(after, 'form') ? merged({}, after, at, silent(merge)) : after,
      );
    }
  }
  return Object.fromEntries(fields);
}

/** Within an object that is new as a whole: nulls are still told, changes are the whole object's. */
function silent(merge: Merge): Merge {
  return { ...merge, overrides: [] };
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function nothingToRemove(pointer: string, key: string, known: readonly string[]): Finding {
  const near = nearest(key, known);
  const message = `must be a value, or name a field that the base has (null removes it), got null for ${shown(key)}, which it has not`;
  const cure = near === null ? 'leave it out' : `did you mean "${near}"?`;
  return { severity: 'error', pointer, atKey: true, message, cure };
}
