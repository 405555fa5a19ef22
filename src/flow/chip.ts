import { presentConductances } from '../chip/conductances.ts';
import { bundleAt, readBundle } from '../compile/bundle.ts';
import { writeFileAtomic } from '../core/files.ts';
import { checkOutputFile } from '../core/outputs.ts';
import type { Progress } from '../core/progress.ts';
import { encodeSafetensors } from '../core/safetensors-write.ts';

export interface ChipJob {
  readonly bundle: string;
  readonly seed: number;
  readonly at: number;
  readonly noise: number;
  /** Kelvin; default: the profile's reference. */
  readonly temperature?: number;
  /** Write cycles that each cell has been through; default: fresh cells. */
  readonly cycles?: number;
  readonly out: string;
  readonly force: boolean;
  readonly progress: Progress;
}

/** Writes the conductances that one simulated chip holds at a time: what a measurement without read noise would find. */
export async function chip(job: ChipJob): Promise<{ out: string; cells: number; lines: readonly string[] }> {
  await checkOutputFile(job.out, { force: job.force, inputs: { bundle: job.bundle } });
  const bundle = await bundleAt(await readBundle(job.bundle), job.temperature ?? null, job.cycles ?? null);
  job.progress.stage('write cells', bundle.program.layers.length);
  const cells = presentConductances(
    bundle.program,
    { chip: job.seed, seconds: job.at, noise: job.noise },
    () => job.progress.advance(),
  );
  const metadata = {
    bundle: bundle.sha256,
    seconds: String(job.at),
    kind: 'simulated',
    seed: String(job.seed),
    noise: String(job.noise),
    ...(job.temperature === undefined ? {} : { kelvin: String(job.temperature) }),
    ...(job.cycles === undefined ? {} : { cycles: String(job.cycles) }),
    unit: 'microsiemens',
  };
  await writeFileAtomic(job.out, encodeSafetensors(cells, metadata));
  const count = [...cells.values()].reduce((sum, tensor) => sum + tensor.data.length, 0);
  return { out: job.out, cells: count, lines: [`${count} cells of chip ${job.seed} in ${job.out}`] };
}
