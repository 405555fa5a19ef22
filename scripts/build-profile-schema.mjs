// Writes src/profile/schema.generated.ts, the TypeScript types of a profile's JSON, from device-profiles/schema.json.
//   node scripts/build-profile-schema.mjs
// A test keeps the two equal.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const root = new URL('../', import.meta.url);

/** The schema with each reference alone: words beside one would make a type of its own for every field that refers to it. */
function plainReferences(node) {
  if (Array.isArray(node)) return node.map(plainReferences);
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') return { $ref: node.$ref };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plainReferences(value)]));
}

/** The types' text. */
export async function profileSchemaTypes() {
  const schema = JSON.parse(await readFile(new URL('device-profiles/schema.json', root), 'utf8'));
  return compile(plainReferences(schema), 'DeviceProfileFile', {
    bannerComment:
      '/* Generated from device-profiles/schema.json by scripts/build-profile-schema.mjs. Do not edit. */',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    format: false,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('src/profile/schema.generated.ts', root), await profileSchemaTypes());
}
