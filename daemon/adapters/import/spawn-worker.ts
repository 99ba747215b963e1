// Starts the import worker as a child process and puts it behind the Import concept's port. Main thread.
import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FoundFile, FromWorker, WorkerEnd, WorkerHandle } from '../../concepts/import/worker-port.ts';
import type { Log } from '../../ports.ts';

/** From a checkout the worker is TypeScript, run by tsx; from dist it is the compiled file beside this one. */
function workerProgram(): { file: string; execArgv: string[] } {
  const isSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`../../import/worker.${isSource ? 'ts' : 'js'}`, import.meta.url));
  return { file, execArgv: isSource ? ['--import', 'tsx'] : [] };
}

/** A worker that neither reads nor says anything for so long waits for a disk that does not answer. */
const SILENCE_MS = 120_000;
/** Counted in looks, not by the clock: a machine that was stopped itself is no silence of the worker. */
const LOOKS = 24;

export function spawnImportWorker(log: Log, silenceMs = SILENCE_MS): WorkerHandle {
  const { file, execArgv } = workerProgram();
  // Descriptors: input, output, errors, IPC, trail, pulse. A small heap: it must leave memory to the music; what lives
  // shortly is collected often, which takes 20 MB less and no more time.
  const child = fork(file, [], {
    execArgv: [...execArgv, '--max-old-space-size=192', '--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe', 'pipe'],
  });
  let at: FoundFile | null = null;
  let unread = '';
  let silentLooks = 0;
  const heard = () => {
    silentLooks = 0;
  };
  // More than the five that Node's types know.
  const [, , , , trail, pulse] = child.stdio as readonly unknown[] as readonly Readable[];
  pulse?.on('data', heard);
  child.on('message', heard);
  trail?.on('data', (chunk: Buffer) => {
    heard();
    const lines = (unread + chunk.toString()).split('\n');
    unread = lines.pop() ?? '';
    const last = lines.at(-1);
    if (last !== undefined) at = JSON.parse(last) as FoundFile | null;
  });
  let isEnded = false;
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2000);
  });
  return {
    send(message) {
      heard();
      // A worker that has just died: its end is on the way.
      if (child.connected) child.send(message, () => {});
    },
    onMessage(listener) {
      child.on('message', (message) => {
        if (!isEnded) listener(message as FromWorker);
      });
    },
    onEnd(listener) {
      const end = (how: string) => {
        if (isEnded) return;
        isEnded = true;
        clearInterval(looking);
        if (lastWords !== '') log.warn('import worker', { said: lastWords.trim() });
        listener({ how, at } satisfies WorkerEnd);
      };
      const looking = setInterval(() => {
        if (++silentLooks < LOOKS) return;
        // What hangs in the kernel does not even die: nobody waits for it.
        child.kill('SIGKILL');
        end(`no answer for ${Math.round(silenceMs / 1000)} s`);
      }, silenceMs / LOOKS);
      looking.unref();
      child.on('error', (error) => end(error.message));
      // 'close' comes after the exit, when every pipe but the IPC channel was read to its end; that one says so itself.
      child.on('close', (code, signal) => {
        const how = signal === null ? `code ${code}` : `signal ${signal}`;
        if (child.connected) child.once('disconnect', () => end(how));
        else end(how);
      });
    },
    at: () => at,
    kill() {
      child.kill('SIGKILL');
    },
  };
}
