import test from 'ava';
import { readText } from '../../src/core/files.ts';
import { packageRoot } from '../../src/core/paths.ts';

test('schema.generated.ts is what scripts/build-profile-schema.mjs makes of schema.json', async (t) => {
  const script = new URL(`file://${packageRoot()}/scripts/build-profile-schema.mjs`);
  const { profileSchemaTypes } = (await import(script.href)) as { profileSchemaTypes: () => Promise<string> };
  t.is(await readText(`${packageRoot()}/src/profile/schema.generated.ts`), await profileSchemaTypes());
});
