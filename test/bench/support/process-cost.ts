// What a process has cost so far, from /proc: CPU seconds, and its memory.
import { readFileSync } from 'node:fs';

const TICKS_PER_S = 100;

/** User and system CPU seconds of a process, all threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** The most that a process ever had resident, MB; 0 when it is gone. */
export function peakMb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Those that this process has started and that live. */
export function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
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
