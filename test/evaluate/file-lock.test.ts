import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { lockFile } from '../../src/evaluate/file-lock.ts';

async function pathIn(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-lock-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'samples.jsonl');
}

const busy = (path: string, holder: string) => ({
  instanceOf: UsageError,
  message: `${path}: must be written by one process at a time, got one that ${holder} is writing; wait for it, or remove ${path}.lock if it is gone`,
});

/** Takes the lock that stands there, and gives it back. */
async function takesOver(t: ExecutionContext, path: string): Promise<void> {
  const unlock = await lockFile(path);
  t.regex(await readFile(`${path}.lock`, 'utf8'), new RegExp(`^${process.pid} `));
  await unlock();
  t.deepEqual(await readdir(join(path, '..')), []);
}

test('lockFile: one at a time, until it is given back', async (t) => {
  const path = await pathIn(t);
  const unlock = await lockFile(path);
  await t.throwsAsync(lockFile(path), busy(path, `process ${process.pid} on ${hostname()}`));
  await unlock();
  await takesOver(t, path);
});

test('lockFile: a process that runs keeps its lock, one that is gone has none', async (t) => {
  const path = await pathIn(t);
  const alive = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await writeFile(`${path}.lock`, `${alive.pid} ${hostname()} `);
  await t.throwsAsync(lockFile(path), busy(path, `process ${alive.pid} on ${hostname()}`));
  alive.kill('SIGKILL');
  await once(alive, 'exit');
  await takesOver(t, path);
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(`${path}.lock`, `${pid} ${hostname()} `);
  await takesOver(t, path);
});

test('lockFile: a lock by the number of this process that it does not hold is an earlier one', async (t) => {
  const path = await pathIn(t);
  const unlock = await lockFile(path);
  const own = await readFile(`${path}.lock`, 'utf8');
  await unlock();
  await writeFile(`${path}.lock`, own);
  await takesOver(t, path);
});

test('lockFile: a number that another process has now, or a dead process that waits for its parent, is gone', async (t) => {
  if (process.platform !== 'linux') {
    t.pass('only Linux tells when a process was started');
    return;
  }
  const path = await pathIn(t);
  await writeFile(`${path}.lock`, `${process.ppid} ${hostname()} 1`);
  await takesOver(t, path);
  // A shell that does not wait for its child, which stays a zombie.
  const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 30']);
  t.teardown(() => parent.kill('SIGKILL'));
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.regex(await readFile(`/proc/${Number(pid)}/stat`, 'utf8'), /\) Z /);
  await writeFile(`${path}.lock`, `${Number(pid)} ${hostname()} `);
  await takesOver(t, path);
});

test('lockFile: of another machine a lock holds while it is renewed', async (t) => {
  const path = await pathIn(t);
  await writeFile(`${path}.lock`, '17 elsewhere 1');
  await t.throwsAsync(lockFile(path), busy(path, 'process 17 on elsewhere'));
  const before = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, before, before);
  await takesOver(t, path);
});
