import { dirname, relative, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { readText, writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import { readPlacedJson, withFields, withoutField } from '../profile/json-places.ts';
import { loadProfile, profilePath } from '../profile/load.ts';
import { ProfileError } from '../profile/profile-error.ts';
import { isPath } from '../profile/shipped.ts';
import { isTechnology, TECHNOLOGIES, technologyTemplate } from '../profile/technology-template.ts';
import { profileTemplate } from '../profile/template.ts';
import { profileNameOf, schemaPathFrom, slashed } from './profile-name.ts';

/** What `newProfile` is to write. */
export interface NewProfileOptions {
  readonly file: string;
  /** A profile to start from, or a technology with a template of its own. Default: the commented template. */
  readonly like?: string | undefined;
  readonly force: boolean;
}

/** `holdfast profile new`. */
export interface NewProfileResult {
  readonly file: string;
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Writes a valid profile to start from, named after its file.
 * @throws UsageError if the file's name is no profile's name or the file exists; ProfileError if `like` is not a valid profile.
 */
export async function newProfile({ file, like, force }: NewProfileOptions): Promise<NewProfileResult> {
  const name = profileNameOf(file);
  await checkOutputFile(file, {
    force,
    option: 'name',
    inputs: { '--like': like !== undefined && isPath(like) ? like : undefined },
  });
  const schema = schemaPathFrom(file);
  let text = profileTemplate(name, schema);
  if (like !== undefined && isTechnology(like)) text = technologyTemplate(like, name, schema);
  else if (like !== undefined) {
    await loadKnown(like);
    const from = await profilePath(like);
    // Nobody has checked what it will become.
    const copied = withoutField(await readText(from), ['provenance', 'checkedBy']);
    text = withFields(copied, { $schema: schema, name });
    const base = readPlacedJson(text).value as { readonly extends?: string };
    if (base.extends !== undefined && isPath(base.extends)) {
      const to = slashed(relative(dirname(resolve(file)), resolve(dirname(from), base.extends)));
      text = withFields(text, { extends: to });
    }
  }
  await writeFileAtomic(file, text);
  const lines = [`wrote ${file}`, `next: edit it, then holdfast profile check ${file}`];
  return { file, name, lines };
}

/** Checks that a profile can be started from; an unknown name is told the templates too. */
async function loadKnown(like: string): Promise<void> {
  try {
    await loadProfile(like);
  } catch (error) {
    if (!(error instanceof ProfileError) || error.faults.length > 0) throw error;
    throw new UsageError(
      '--like',
      `${error.message}; or one of the templates ${TECHNOLOGIES.join(', ')}`,
      error,
    );
  }
}
