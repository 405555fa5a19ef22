import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { EngineName } from './engine.ts';
import type { Machine } from './machine.ts';
import { machineFacts } from './machine.ts';
import { ENGINES, openEngine } from './open.ts';

/** One engine, tried for real. */
export interface EngineFact {
  readonly name: EngineName;
  /** What it is for. */
  readonly gives: string;
  /** Whether commands need it unless told otherwise. */
  readonly required: boolean;
  readonly present: boolean;
  readonly version: string | null;
  /** What was tried and why it failed; null where it is present. */
  readonly reason: string | null;
  /** How to get it; null where it is present. */
  readonly cure: string | null;
}

/** One package of package.json's `dependencies` and `optionalDependencies`. */
export interface PackageFact {
  readonly name: string;
  readonly required: boolean;
  /** The version that package.json asks for. */
  readonly wanted: string;
  /** The version found; null where it is absent. */
  readonly found: string | null;
}

export interface DoctorFacts {
  readonly machine: Machine;
  readonly engines: readonly EngineFact[];
  readonly packages: readonly PackageFact[];
  /** Whether all that commands need by default is there. */
  readonly healthy: boolean;
}

const PURPOSE: Readonly<
  Record<(typeof ENGINES)[number], { readonly gives: string; readonly required: boolean }>
> = {
  onnxruntime: { gives: 'runs and trains every graph; the default engine', required: true },
  'tfjs-node': { gives: 'a second engine, on the TensorFlow library, to check the first', required: false },
};

/** Looks at the machine, tries each engine and finds each package. Nothing is installed or changed. */
export async function doctorFacts(): Promise<DoctorFacts> {
  const engines: EngineFact[] = [];
  for (const name of ENGINES) engines.push(await engineFact(name));
  const packages = packageFacts(packageRoot());
  return {
    machine: await machineFacts(),
    engines,
    packages,
    healthy:
      engines.every((engine) => engine.present || !engine.required) &&
      packages.every((one) => one.found !== null || !one.required),
  };
}

async function engineFact(name: (typeof ENGINES)[number]): Promise<EngineFact> {
  try {
    const { version } = await openEngine(name);
    return { name, ...PURPOSE[name], present: true, version, reason: null, cure: null };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Our messages end in `; what to do`.
    const end = error.message.lastIndexOf('; ');
    const [reason, cure] = [error.message.slice(0, end), error.message.slice(end + 2)];
    return { name, ...PURPOSE[name], present: false, version: null, reason, cure };
  }
}

/** The packages that the package.json in `root` asks for, with the versions found from there. */
export function packageFacts(root: string): PackageFact[] {
  const json = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<
    Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>> | undefined>
  >;
  const facts = (wanted: Readonly<Record<string, string>> | undefined, required: boolean): PackageFact[] =>
    Object.entries(wanted ?? {}).map(([name, version]) => ({
      name,
      required,
      wanted: version,
      found: installedVersion(root, name),
    }));
  return [...facts(json.dependencies, true), ...facts(json.optionalDependencies, false)];
}

/** Node's own search: node_modules here, then in each folder above. */
function installedVersion(root: string, name: string): string | null {
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
    if (dirname(folder) === folder) return null;
  }
}
