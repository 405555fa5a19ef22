import { randomBytes } from 'node:crypto';
import { constants, existsSync, statSync } from 'node:fs';
import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HoldfastError, UsageError } from './errors.ts';
import { makeFolder, surroundingsError } from './files.ts';

/** What a command says of a place that it is to write to, so that a bad one is refused before the work and not after. */
export interface OutputRules {
  /** Whether what is there may be replaced. */
  readonly force: boolean;
  /** The option that names the place; `--out`. */
  readonly option?: string;
  /**
   * Paths that are read, by the name that the message gives them, `--adapter` or `run`; what does not exist (a shipped
   * name) is none.
   */
  readonly inputs?: Readonly<Record<string, string | undefined>>;
}

/**
 * Refuses a file that cannot or must not be written.
 * @throws UsageError if it is an input or overwrites a file of a folder that is read, is there (without `force`), or is a
 *   folder; SurroundingsError if its place is not writable
 */
export async function checkOutputFile(path: string, rules: OutputRules): Promise<void> {
  const { option = '--out', inputs = {} } = rules;
  refuseInputsInside(path, inputs, option);
  refuseExisting(path, rules);
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) {
      throw new UsageError(path, `must be a file, got a folder; choose another ${option}`);
    }
    refuseInsideInputs(path, inputs, option);
  }
  await checkWritable(path);
}

/**
 * Refuses a folder that cannot or must not be made or replaced.
 * @throws UsageError if it is or holds an input, is there (without `force`), or is not of holdfast's making;
 *   SurroundingsError if its place is not writable
 */
export async function checkOutputFolder(path: string, rules: OutputRules): Promise<void> {
  refuseInputsInside(path, rules.inputs ?? {}, rules.option);
  refuseExisting(path, rules);
  await refuseForeignFolder(path);
  await checkWritable(path);
}

/** Refuses the path of an option that exists already, unless `force`. */
export function refuseExisting(path: string, { force, option = '--out' }: OutputRules): void {
  if (!force && existsSync(path)) {
    throw new UsageError(
      path,
      `must not exist yet, got an existing one; choose another ${option} or pass --force`,
    );
  }
}

/**
 * Refuses an output that is one of the inputs, or a folder around one: with --force it would be lost, or lost for whoever
 * reads it again.
 */
export function refuseInputsInside(
  out: string,
  inputs: NonNullable<OutputRules['inputs']>,
  option = '--out',
): void {
  for (const [name, path] of presentOf(inputs)) {
    if (!isWithin(path, out)) continue;
    throw new UsageError(
      option,
      `must not be or hold the ${name} that is read, got "${out}" for "${path}"; choose another ${option}`,
    );
  }
}

/** Refuses to overwrite a file of a folder that is read: a bundle's manifest, a model's weights. */
function refuseInsideInputs(out: string, inputs: NonNullable<OutputRules['inputs']>, option: string): void {
  for (const [name, path] of presentOf(inputs)) {
    if (!isWithin(out, path)) continue;
    throw new UsageError(
      option,
      `must not replace a file in the ${name} that is read, got "${out}" in "${path}"; choose another ${option}`,
    );
  }
}

function presentOf(inputs: NonNullable<OutputRules['inputs']>): [string, string][] {
  return Object.entries(inputs).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && existsSync(entry[1]),
  );
}

/** Whether a path is another one or lies in it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

/** Whether a new entry can be made where the path, or the nearest folder above it that is there, lies. */
async function checkWritable(path: string): Promise<void> {
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(folder), { code: 'ENOTDIR' });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw surroundingsError(path, 'write', error);
  }
}

/** A file that each kind of folder holds which holdfast makes: bundle, run, report, adapter (ours or in PEFT's format), demo. */
const MARKS = [
  'manifest.json',
  'run.json',
  'report.html',
  'adapter.json',
  'adapter_config.json',
  'training.jsonl',
  'seeds.json',
  'demo.json',
];

/** What is in a folder that is to be written to; nothing, if it is not there. @throws UsageError if it is a file */
export async function namesIn(path: string, act: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new UsageError(path, 'must be a folder, got a file; choose another --out', error);
    }
    throw surroundingsError(path, act, error);
  }
}

/** Refuses to replace, even with --force, a folder that holdfast has not made: it may be somebody's home. */
export async function refuseForeignFolder(path: string): Promise<void> {
  const names = await namesIn(path, 'replace');
  if (names.length > 0 && !names.some((name) => MARKS.includes(name))) {
    throw new UsageError(
      path,
      `must be a folder that holdfast made (one of ${MARKS.join(', ')} in it) to be replaced, got another; choose another --out`,
    );
  }
}

/**
 * Makes a folder so that it is whole or absent: `fill` writes into a neighbour, which is then renamed.
 * With `force` an existing one is replaced, at the last moment only.
 */
export async function writeFolderAtomic<T>(
  path: string,
  force: boolean,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  await checkOutputFolder(path, { force });
  const target = resolve(path);
  const neighbour = join(dirname(target), `.${basename(target)}-${randomBytes(6).toString('hex')}`);
  try {
    await makeFolder(neighbour);
  } catch (error) {
    throw surroundingsError(path, 'write', error);
  }
  try {
    const result = await fill(neighbour);
    if (existsSync(target)) await rm(target, { recursive: true });
    await rename(neighbour, target);
    return result;
  } catch (error) {
    await rm(neighbour, { recursive: true, force: true }).catch((e: unknown) => e);
    if (error instanceof HoldfastError) throw error;
    throw surroundingsError(path, 'write', error);
  }
}
