import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What numbers may depend on: bits are promised only between equal machines. */
export interface Machine {
  /** Version of Node, without the v. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Model name of the processor. */
  readonly cpu: string;
  /** Its vector instruction sets, sorted; empty where the system does not tell them. */
  readonly features: readonly string[];
  /** Cores that this process may use. */
  readonly cores: number;
  /** All memory, in bytes. */
  readonly memoryBytes: number;
}

/** The instruction sets that numeric libraries choose their kernels by. */
const FEATURES = /^(sse4_[12]|avx\w*|fma|f16c|amx_\w+|neon|asimd\w*|sve\w*|i8mm|bf16)$/;

/** The facts of this machine. */
export async function machineFacts(): Promise<Machine> {
  return {
    node: process.versions.node,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    features: await processorFeatures(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

async function processorFeatures(): Promise<string[]> {
  if (platform() !== 'linux') return [];
  try {
    return featuresOf(await readFile('/proc/cpuinfo', 'utf8'));
  } catch {
    // A system without /proc tells nothing, and that is what the empty list says.
    return [];
  }
}

/** The vector instruction sets named in the text of /proc/cpuinfo (`flags` on x86, `Features` on ARM), sorted. */
export function featuresOf(cpuinfo: string): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return [...new Set(line.split(/\s+/).filter((word) => FEATURES.test(word)))].sort();
}
