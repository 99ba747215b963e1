// What a process has cost so far, from /proc: CPU seconds, and memory by part.
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

/** Resident memory by what is mapped: name -> MB. */
export function memoryByPart(pid: number): { part: string; residentMb: number }[] {
  const parts = new Map<string, number>();
  let part = '';
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    const header = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+\s*(.*)$/.exec(line);
    if (header) part = partOf(header[1] ?? '');
    const rss = /^Rss:\s+(\d+)/.exec(line);
    if (rss) parts.set(part, (parts.get(part) ?? 0) + Number(rss[1]) / 1024);
  }
  return [...parts]
    .map(([name, residentMb]) => ({ part: name, residentMb }))
    .sort((a, b) => b.residentMb - a.residentMb);
}

function partOf(path: string): string {
  if (path === '' || path.startsWith('[anon')) return 'anonymous: JavaScript heap, thread stacks, buffers';
  if (path === '[heap]') return 'anonymous: C and C++ heap';
  if (path.startsWith('[')) return 'kernel pages and stacks';
  if (/segue-arena|memfd:segue/.test(path)) return 'rings (locked arena)';
  if (/\/node$/.test(path)) return 'Node itself (file)';
  if (/segue\.node$/.test(path)) return 'the addon (file)';
  if (/better_sqlite3/.test(path)) return 'better-sqlite3 (file)';
  if (/libav|libsw/.test(path)) return 'libav (file)';
  if (/\.so/.test(path)) return 'other shared libraries (file)';
  return 'other files';
}
