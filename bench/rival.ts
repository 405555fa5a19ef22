import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program of another tool that does a job for each line it reads, and answers each with a line of JSON. */
export interface Rival {
  readonly versions: string;
  /** Does the job once; how long it took, in milliseconds, by its own clock. */
  run(job: string): Promise<number>;
  ask<T>(what: string): Promise<T>;
  end(): void;
}

/** Starts a rival and waits until it says `{"ready": versions}`. @throws Error if it ends before it has answered */
export async function startRival(command: string, words: readonly string[]): Promise<Rival> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = startFailure(child);
  const answer = async (): Promise<Record<string, unknown>> => {
    const line = await Promise.race([lines.next(), failed]);
    if (line.done === true) throw new Error(`${command} ${words.join(' ')} ended before it had answered`);
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  const ask = async <T>(what: string): Promise<T> => {
    child.stdin.write(`${what}\n`);
    return (await answer()) as T;
  };
  const { ready } = await answer();
  return {
    versions: String(ready),
    run: async (job) => (await ask<{ milliseconds: number }>(job)).milliseconds,
    ask,
    end: () => child.stdin.end(),
  };
}

function startFailure(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => child.once('error', reject));
}
