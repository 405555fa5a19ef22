import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { shellLine } from '../../src/cli/interrupt.ts';

const HOST = new URL('../../src/cli/host.js', import.meta.url).href;
const RUN = new URL('../../src/cli/run.js', import.meta.url).href;
const SCREEN = new URL('../../src/cli/screen.js', import.meta.url).href;
const COMMANDER = import.meta.resolve('commander');

/** Runs a work in a process of its own, sends it SIGINT when it says `ready`, `times` times. */
async function interrupted(work: string, advice: string | undefined, times: number) {
  const source = `
    import { Command } from '${COMMANDER}';
    import { createHost } from '${HOST}';
    import { reportError } from '${RUN}';
    import { processScreen } from '${SCREEN}';
    const screen = processScreen();
    const host = createHost([], screen, () => {});
    const command = new Command('holdfast').command('evaluate');
    const work = ${work};
    try {
      await host.act(command, work, ${JSON.stringify(advice)});
    } catch (error) {
      process.exitCode = reportError(error, false, screen);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source]);
  let stderr = '';
  let sent = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const due = (stderr.match(/ready/g) ?? []).length + (stderr.match(/once\n/g) ?? []).length;
    while (sent < Math.min(due, times)) {
      sent++;
      child.kill('SIGINT');
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

const STOPPING = 'evaluate: stopping at the next safe point; press Ctrl-C again to stop at once\n';
const ADVICE = 'the same command resumes it: holdfast evaluate b';

test('a work that heeds the signal ends with 130 and what it can be resumed with', async (t) => {
  const work = `({ signal }) => new Promise((_, reject) => {
    const alive = setInterval(() => {}, 1000);
    signal.addEventListener('abort', () => { clearInterval(alive); reject(new Error('aborted in a pool')); });
    screen.err('ready\\n');
  })`;
  const { code, stderr } = await interrupted(work, ADVICE, 1);
  t.is(stderr, `ready\n\n${STOPPING}evaluate: interrupted; ${ADVICE}\n`);
  t.is(code, 130);
});

test('a second Ctrl-C ends at once a work that does not come to its safe point', async (t) => {
  const work = `() => new Promise(() => { setInterval(() => {}, 1000); screen.err('ready\\n'); })`;
  const { code, stderr } = await interrupted(work, ADVICE, 2);
  t.is(stderr, `ready\n\n${STOPPING}\nevaluate: interrupted; ${ADVICE}\n`);
  t.is(code, 130);
});

test('a work that heeds no signal ends at the first Ctrl-C', async (t) => {
  const work = `() => new Promise(() => { setInterval(() => {}, 1000); screen.err('ready\\n'); })`;
  const { code, stderr } = await interrupted(work, undefined, 1);
  t.is(stderr, 'ready\n\nevaluate: interrupted; nothing is kept of it; run the same command again\n');
  t.is(code, 130);
});

test('shellLine quotes what a shell would take apart', (t) => {
  t.is(
    shellLine(['holdfast', 'evaluate', 'my bundle', '--at', '0s,1h', "it's"]),
    "holdfast evaluate 'my bundle' --at 0s,1h 'it'\\''s'",
  );
});
