import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { packageRoot } from '../core/paths.ts';
import { nearest, shown } from './fault.ts';
import { childPointer, type Finding, pointerKeys } from './finding.ts';

let validator: Promise<ValidateFunction> | undefined;

async function compileSchema(): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    discriminator: true,
  });
  ajv.addVocabulary(['unit']);
  return ajv.compile(await readSchema());
}

async function readSchema(): Promise<object> {
  const text = await readFile(join(packageRoot(), 'device-profiles', 'schema.json'), 'utf8');
  return JSON.parse(text) as object;
}

let nullable: Promise<ReadonlySet<string>> | undefined;

/** The names of fields of which null is a value. */
export async function nullableFields(): Promise<ReadonlySet<string>> {
  nullable ??= readSchema().then((schema) => new Set(nullableOf(schema)));
  return nullable;
}

function nullableOf(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return [];
  const { properties = {} } = node as { properties?: Readonly<Record<string, { type?: unknown }>> };
  const own = Object.entries(properties).filter(
    ([, { type }]) => Array.isArray(type) && type.includes('null'),
  );
  return [...own.map(([name]) => name), ...Object.values(node).flatMap(nullableOf)];
}

/** All that the schema holds against a profile's JSON value. What is wrong with a quantity is left to `buildProfile`, which knows what it measures. */
export async function checkSchema(value: unknown): Promise<readonly Finding[]> {
  validator ??= compileSchema();
  const validate = await validator;
  if (validate(value)) return [];
  const findings = new Map<string, Finding>();
  for (const raw of validate.errors ?? []) {
    const finding = findingOf(raw);
    if (finding !== null) findings.set(`${finding.pointer}\n${finding.message}`, finding);
  }
  return [...findings.values()];
}

/** Keywords whose faults another keyword tells better: a wrong `form` is told by its enum. */
const SUMMARIES: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'discriminator', 'propertyNames']);

/** Whether the fault is in the form of a quantity, or in the choice among forms of which the branches tell more. */
function toldElsewhere(raw: ErrorObject): boolean {
  if (SUMMARIES.has(raw.keyword)) return true;
  const quantity =
    raw.schemaPath.includes('/Quantity/') || /\/constants\/[^/]+(\/|$)/u.test(raw.instancePath);
  return quantity && raw.keyword !== 'additionalProperties';
}

function findingOf(raw: ErrorObject): Finding | null {
  if (toldElsewhere(raw)) return null;
  const pointer = raw.instancePath;
  const got = () => shown(raw.data);
  const params = raw.params as Readonly<Record<string, unknown>>;
  const error = (message: string, cure: string, rest: Partial<Finding> = {}): Finding => ({
    severity: 'error',
    pointer,
    message,
    cure,
    ...rest,
  });
  switch (raw.keyword) {
    case 'additionalProperties':
      return unknownField(raw, String(params.additionalProperty));
    case 'required': {
      const name = String(params.missingProperty);
      return error(`must have the field "${name}", got none`, addField(raw, name));
    }
    case 'enum': {
      const allowed = params.allowedValues as readonly string[];
      const near = typeof raw.data === 'string' ? nearest(raw.data, allowed) : null;
      return error(
        `must be ${allowed.length > 1 ? 'one of ' : ''}${quoted(allowed)}, got ${got()}`,
        meant(near),
      );
    }
    case 'const':
      return error(
        `must be ${shown(params.allowedValue)}, got ${got()}`,
        `write ${shown(params.allowedValue)}`,
      );
    case 'type': {
      const kinds = [params.type].flat().map((kind) => KINDS[String(kind)] ?? String(kind));
      return error(`must be ${kinds.join(' or ')}, got ${got()}`, example(raw));
    }
    case 'minimum':
    case 'maximum':
      return error(
        `must be ${String(params.comparison)} ${String(params.limit)}, got ${got()}`,
        example(raw),
      );
    case 'minLength':
      return error(`must not be empty, got ${got()}`, example(raw));
    case 'minItems':
      return error(
        `must have at least ${String(params.limit)} ${counted(raw)}, got ${sizeOf(raw.data)}`,
        example(raw),
      );
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return error(
        `must have at most ${String(params.limit)} ${counted(raw)}, got ${sizeOf(raw.data)}`,
        'leave some out',
      );
    case 'pattern': {
      if (raw.propertyName !== undefined) {
        const at = { pointer: childPointer(pointer, raw.propertyName), atKey: true };
        return error(`must be named by letters and digits, got ${shown(raw.propertyName)}`, 'rename it', at);
      }
      return error(`must be words of a-z and 0-9 joined by "-", got ${got()}`, example(raw));
    }
    default:
      return error(`${raw.message ?? 'must fit the schema'}, got ${got()}`, example(raw));
  }
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object { }',
  array: 'a list [ ]',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

function unknownField(raw: ErrorObject, name: string): Finding {
  const known = Object.keys((raw.parentSchema?.properties ?? {}) as object);
  const near = nearest(name, known);
  return {
    severity: 'error',
    pointer: childPointer(raw.instancePath, name),
    atKey: true,
    message: `must be one of the fields ${known.filter((k) => k !== '$schema').join(', ')}, got the unknown field "${name}"`,
    cure: near === null ? 'leave it out' : `did you mean "${near}"?`,
  };
}

function addField(raw: ErrorObject, name: string): string {
  const field = ((raw.parentSchema?.properties ?? {}) as Record<string, { examples?: readonly unknown[] }>)[
    name
  ];
  const [first] = field?.examples ?? [];
  return first === undefined ? 'add it' : `add it, like ${shown(name)}: ${shown(first)}`;
}

function example(raw: ErrorObject): string {
  const [first] = (raw.parentSchema?.examples ?? []) as readonly unknown[];
  const keys = pointerKeys(raw.instancePath);
  return first === undefined
    ? `mend ${keys.length === 0 ? 'the file' : 'it'}`
    : `write it like ${shown(first)}`;
}

function meant(near: string | null): string {
  return near === null ? 'choose one of those' : `did you mean "${near}"?`;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

function counted(raw: ErrorObject): string {
  if (raw.keyword === 'maxProperties') return 'fields';
  return raw.keyword.endsWith('Length') ? 'characters' : 'items';
}

function sizeOf(data: unknown): number {
  return typeof data === 'string' || Array.isArray(data) ? data.length : Object.keys(data as object).length;
}
