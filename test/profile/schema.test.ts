import test from 'ava';
import { readText } from '../../src/core/files.ts';
import { packageRoot } from '../../src/core/paths.ts';
import { readQuantity } from '../../src/core/units.ts';

interface SchemaNode {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly default?: unknown;
  readonly pattern?: string;
}

const schema = JSON.parse(await readText(`${packageRoot()}/device-profiles/schema.json`)) as SchemaNode;
const definitions = schema.$defs ?? {};

/** The definition that a node refers to, if any, with the node's own words first. */
function resolved(node: SchemaNode): SchemaNode {
  const name = node.$ref?.replace('#/$defs/', '');
  return name === undefined ? node : { ...definitions[name], ...node };
}

test('schema.json describes every field, with an example, and a default where it may be left out', (t) => {
  for (const [owner, node] of [['file', schema] as const, ...Object.entries(definitions)]) {
    t.truthy(node.description, owner);
    for (const [name, field] of Object.entries(node.properties ?? {})) {
      const { description = '', examples = [], default: value } = resolved(field);
      t.true(description.length > 0, `${owner}.${name}: description`);
      t.true(examples.length > 0, `${owner}.${name}: example`);
      const optional = !(node.required ?? []).includes(name);
      t.true(!optional || value !== undefined || /Default: /u.test(description), `${owner}.${name}: default`);
    }
  }
});

test('schema.json has one pattern for quantities, which agrees with readQuantity', (t) => {
  const pattern = new RegExp(definitions.Quantity?.pattern ?? '', 'u');
  for (const text of ['25 uS', '25uS', '1e-3 mS', '.5 h', '-1 uS', '20 s', '4 %', '25 µS']) {
    t.true(pattern.test(text), text);
    t.truthy(readQuantity(text), text);
  }
  for (const text of ['', 'uS', '25 uS uS', '1,5 uS', 'abc']) {
    t.false(pattern.test(text), text);
    t.is(readQuantity(text), null, text);
  }
});
