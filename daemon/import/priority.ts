// Priority: the worker runs only when nobody else wants the processor or the disk, takes so much memory at most, and is what the
// kernel ends first when memory runs out: it is begun again, while the music goes on. Worker process.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Of -1000 (never) to 1000 (first); the unit gives what it starts -500. */
const OOM_SCORE = '500';
/**
 * Of memory of its own, everything counted that may be written to, stacks of threads too: it begins with 130 MB of that, most of
 * which takes no room. Beyond the limit it ends, as it would in a control group of its own, which the unit's sandbox could not make.
 */
const MOST_DATA_BYTES = 320 * 1024 ** 2;

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
  // Programs of util-linux are the only way to these without a system call of our own; absent, nothing is lost.
  execFile('ionice', ['-c', '3', '-p', String(process.pid)], () => {});
  execFile('prlimit', [`--data=${MOST_DATA_BYTES}`, '--pid', String(process.pid)], () => {});
}
