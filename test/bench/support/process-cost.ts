// What a process has cost so far, from /proc: CPU seconds, and its memory.
import { readFileSync } from 'node:fs';

const TICKS_PER_S = 100;

/** User and system CPU seconds of a process, all threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

export interface Memory {
  readonly residentMb: number;
  readonly anonymousMb: number;
  readonly fileMb: number;
}

export function memory(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kb = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const residentMb = kb('Rss') / 1024;
  const anonymousMb = kb('Anonymous') / 1024;
  return { residentMb, anonymousMb, fileMb: residentMb - anonymousMb };
}
