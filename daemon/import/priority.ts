// Priority: the worker runs only when nobody else wants the processor or the disk. Worker process.
import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';

export function stepBack(): void {
  try {
    setPriority(19);
  } catch {
    // Without the right to it, it competes as a normal process.
  }
  // ionice (util-linux) is the only way to the idle class without a system call of our own; absent, nothing is lost.
  execFile('ionice', ['-c', '3', '-p', String(process.pid)], () => {});
}
