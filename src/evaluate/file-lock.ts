import { readFileSync } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { UsageError } from '../core/errors.ts';
import { surroundingsError } from '../core/files.ts';

/** A holder renews its lock this often; on another machine one that was not renewed for so long is gone. */
const RENEWED_MILLISECONDS = 5_000;
const GONE_MILLISECONDS = 30_000;

/** Locks of this process. */
const held = new Set<string>();

/**
 * Takes the lock `<path>.lock` of a file that one process at a time may write. A lock whose process is gone is taken over: on
 * this machine at once, of another one (a container that was started again has another name) when it is no longer renewed.
 *
 * @returns what gives it back
 * @throws UsageError while another process has it
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const place = `${path}.lock`;
  const own = `${process.pid} ${hostname()} ${processOf(process.pid)?.start ?? ''}`;
  while (!(await taken(place, own, path))) {
    const holder = await readFile(place, 'utf8').catch(() => '');
    const [pid = '', host = '', start = ''] = holder.split(' ');
    const isOver = host === hostname() ? holder === own || isGone(Number(pid), start) : await isStale(place);
    if (held.has(place) || !isOver) {
      throw new UsageError(
        path,
        `must be written by one process at a time, got one that process ${pid} on ${host} is writing; wait for it, or remove ${place} if it is gone`,
      );
    }
    await rm(place, { force: true });
  }
  held.add(place);
  const renewing = setInterval(() => void renew(place, own), RENEWED_MILLISECONDS).unref();
  return async () => {
    clearInterval(renewing);
    held.delete(place);
    await rm(place, { force: true });
  };
}

/** @returns whether the lock was free, and is taken now */
async function taken(place: string, own: string, path: string): Promise<boolean> {
  try {
    const file = await open(place, 'wx');
    await file.writeFile(own).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw surroundingsError(path, 'write', error);
  }
}

/** Writes the same again, which tells others that it is held; a lock that somebody took away is not made again. */
async function renew(place: string, own: string): Promise<void> {
  try {
    const file = await open(place, 'r+');
    await file.writeFile(own).finally(() => file.close());
  } catch {
    // The run goes on without its lock.
  }
}

/** Whether a process of this machine is gone: none of its number is alive, or another one has its number now. */
function isGone(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const found = processOf(pid);
  return found !== null && (found.isDead || (start !== '' && found.start !== start));
}

/** What Linux says of a process: when it was started, in ticks since boot, and whether it only waits to be buried. Null elsewhere. */
function processOf(pid: number): { readonly start: string; readonly isDead: boolean } | null {
  try {
    // The program's name, in parentheses, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { start: fields[19]!, isDead: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return null;
  }
}

/** Whether a lock was not renewed for long, by the clock of its own disk. */
async function isStale(place: string): Promise<boolean> {
  const probe = `${place}.${process.pid}`;
  try {
    await writeFile(probe, '');
    const [now, then] = await Promise.all([stat(probe), stat(place)]);
    return now.mtimeMs - then.mtimeMs > GONE_MILLISECONDS;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
  }
}
