import { type DoctorFacts, doctorFacts, type EngineFact, type PackageFact } from '../runtime/doctor.ts';

/** The facts of this machine, with `lines` for a person to read. */
export interface DoctorResult extends DoctorFacts {
  readonly lines: readonly string[];
}

/** `holdfast doctor`: what engines, cores, memory and packages are there; for what is missing, what it gives and the cure. */
export async function doctor(): Promise<DoctorResult> {
  const facts = await doctorFacts();
  return { ...facts, lines: doctorLines(facts) };
}

/** The facts as lines of text. */
export function doctorLines({ machine, engines, packages, healthy }: DoctorFacts): string[] {
  return [
    `node      ${machine.node} on ${machine.platform} ${machine.arch}`,
    `processor ${machine.cpu}, ${machine.cores} core${machine.cores === 1 ? '' : 's'}`,
    `features  ${machine.features.length === 0 ? 'not told by this system' : machine.features.join(' ')}`,
    `memory    ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    '',
    'engines',
    ...engines.flatMap(engineLines),
    '',
    'packages',
    ...packages.map(packageLine),
    '',
    healthy ? 'all that holdfast needs is there' : 'something that holdfast needs is missing: see above',
  ];
}

function engineLines({ name, gives, required, present, version, reason, cure }: EngineFact): string[] {
  if (present) return [`  ok       ${name} ${version ?? ''}: ${gives}`];
  return [
    `  ${required ? 'missing ' : 'not here'} ${name}: ${gives}`,
    ...(reason === null ? [] : [`           ${reason}`]),
    ...(cure === null ? [] : [`           to get it: ${cure}`]),
  ];
}

function packageLine({ name, required, wanted, found }: PackageFact): string {
  if (found === null) {
    const cure = required ? 'run "npm ci"' : 'optional; run "npm ci" where its install script may download';
    return `  ${required ? 'missing ' : 'not here'} ${name} ${wanted}: ${cure}`;
  }
  return `  ok       ${name} ${found}${found === wanted ? '' : `, package.json asks for ${wanted}`}`;
}
