// Starts the backup process. Main thread; a disk that hangs holds that process up and nobody else.
import { execFile, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BackupDone, BackupJob } from '../../concepts/backup/worker-port.ts';
import type { BackupOrder, CheckAnswer, CheckOrder } from './obey-backup.ts';

/** A large database on a slow card takes a minute. */
const LONGEST_MS = 900_000;

export function spawnBackup(order: BackupOrder): BackupJob {
  return spawnJob<BackupDone>(order);
}

/** Looks at all of a database, which may be in use. */
export function spawnCheck(database: string) {
  return spawnJob<CheckAnswer>({ kind: 'check', database });
}

/** The answer never rejects. */
function spawnJob<Done>(order: BackupOrder | CheckOrder) {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(`./backup-worker.${isSource ? 'ts' : 'js'}`, import.meta.url);
  const child = fork(fileURLToPath(url), [], {
    execArgv: [...(isSource ? ['--import', 'tsx'] : []), '--max-old-space-size=64'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  stepBack(child.pid);
  const answer = new Promise<Done | { readonly fault: string }>((resolve) => {
    const end = (fault: string) => {
      clearTimeout(timer);
      resolve({ fault });
    };
    const timer = setTimeout(() => {
      // What hangs in the kernel does not even die: nobody waits for it.
      child.kill('SIGKILL');
      end(`no answer for ${LONGEST_MS / 60_000} minutes`);
    }, LONGEST_MS).unref();
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message as Done);
    });
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => {
      // The last message may still be in the channel.
      const how = `its process ended (${signal ?? code})`;
      if (child.connected) child.once('disconnect', () => end(how));
      else end(how);
    });
  });
  child.send(order, () => {});
  return { answer, kill: () => void child.kill('SIGKILL') };
}

/** It runs only when nobody else wants the processor or the disk. */
function stepBack(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, 19);
  } catch {
    // Without the right to it, or gone already: it competes as a normal process.
  }
  execFile('ionice', ['-c', '3', '-p', String(pid)], () => {});
}
