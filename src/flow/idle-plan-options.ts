import { type ErrorSource, parseSource } from '../chip/sources.ts';
import type { Program } from '../compile/program.ts';
import type { EvaluateJob } from './evaluate.ts';

type Asked = Pick<EvaluateJob, 'ablate' | 'compensate' | 'read' | 'reads'>;

/** A line on each option of an evaluation that is without effect on all its programs. */
export function idlePlanOptions(
  { ablate = [], compensate, read, reads }: Asked,
  programs: readonly Program[],
): string[] {
  const some = (has: (program: Program) => boolean): boolean => programs.some(has);
  const missing = ablate.map(parseSource).filter((source) => !some((program) => hasSource(program, source)));
  const isReadAnew = some((program) => hasSource(program, 'read') || hasThermalNoise(program));
  return [
    ...missing.map(
      (source) => `--ablate ${source}: without effect, as no bundle has it; these chips have no error at all`,
    ),
    ...(compensate === 'none' || some(drifts)
      ? []
      : [`--compensate ${compensate}: without effect, as no bundle's cells drift`]),
    ...(read === 'frozen' || some((program) => hasSource(program, 'read'))
      ? []
      : ["--read live: without effect, as no bundle's profile has read noise"]),
    ...(reads === 1 || isReadAnew
      ? []
      : ['--reads: without effect, as no read of a chip differs from another']),
  ];
}

function hasSource({ profile, options }: Program, source: ErrorSource): boolean {
  switch (source) {
    case 'all':
      return true;
    case 'read':
      return profile.readNoise !== null || profile.telegraph !== null;
    case 'converters':
      return options.dac.bits !== null || options.adc.bits !== null;
    default:
      return profile[source] !== null;
  }
}

function hasThermalNoise({ profile, options }: Program): boolean {
  return (['dac', 'adc'] as const).some(
    (kind) => options[kind].bits !== null && (profile.converters[kind].errors?.noiseStdLsb ?? 0) > 0,
  );
}

/** By a power law, or by relaxing to another mean. */
function drifts({ profile }: Program): boolean {
  return profile.drift !== null || profile.writing?.meanShift?.dependsOnAge === true;
}
