// Priority: the worker runs only when nobody else wants the processor or the disk, and is what the kernel ends first when memory
// runs out: it is begun again, while the music goes on. Worker process.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Of -1000 (never) to 1000 (first); the unit gives what it starts -500. */
const OOM_SCORE = '500';

export function stepBack(): void {
  try {
    setPriority(19);
  } catch {
    // Without the right to it, it competes as a normal process.
  }
  try {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  } catch {
    // Where /proc is hidden, the kernel chooses by size.
  }
  // ionice (util-linux) is the only way to the idle class without a system call of our own; absent, nothing is lost.
  execFile('ionice', ['-c', '3', '-p', String(process.pid)], () => {});
}
