// Reads a small file beside the music, if there is one. Worker process, blocking: a look that finds nothing costs a
// thirtieth of what it does as a promise, and nearly all find nothing.
import { readFileSync, statSync } from 'node:fs';

/** Null: there is no such file, it is empty, or larger than `mostBytes`. Throws what reading it throws. */
export function readBeside(path: string, mostBytes: number): Buffer | null {
  const size = sizeOf(path);
  return size === 0 || size > mostBytes ? null : readFileSync(path);
}

function sizeOf(path: string): number {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : 0;
  } catch {
    return 0;
  }
}
