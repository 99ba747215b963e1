// Memory of this process by what it is for, from the kernel's own account (/proc/self/smaps) and V8's of its heap. Read
// when somebody asks, on a thread of the pool; the parsing is pure.
import { readFile } from 'node:fs/promises';
import type { MemoryParts } from './adapters/http/shapes.ts';

type Part = MemoryParts['parts'][number];

const RINGS = 'rings: decoded sound, locked';
const JS_HEAP = "JavaScript's heap";
const REST = 'thread stacks, buffers, other allocations';

/** `heapTotalBytes`: what V8 says it has taken; null where it is not known. */
export function memoryParts(smaps: string, heapTotalBytes: number | null): MemoryParts {
  const parts = new Map<string, { residentBytes: number; anonymousBytes: number }>();
  const add = (part: string, residentBytes: number, anonymousBytes: number) => {
    const before = parts.get(part) ?? { residentBytes: 0, anonymousBytes: 0 };
    parts.set(part, {
      residentBytes: before.residentBytes + residentBytes,
      anonymousBytes: before.anonymousBytes + anonymousBytes,
    });
  };
  for (const mapping of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const bytes = (key: string) =>
      1024 * Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(mapping)?.[1] ?? 0);
    if (bytes('Rss') > 0) add(partOf(mapping), bytes('Rss'), bytes('Anonymous'));
  }
  const rest = parts.get(REST)?.anonymousBytes ?? 0;
  if (heapTotalBytes !== null) {
    // V8's pages are among the anonymous ones, without a name; what it has taken it has touched.
    const heap = Math.min(heapTotalBytes, rest);
    add(JS_HEAP, heap, heap);
    add(REST, -heap, -heap);
  }
  const list = [...parts].map(([part, sizes]): Part => ({ part, ...sizes }));
  const sum = (of: (part: Part) => number) => list.reduce((total, part) => total + of(part), 0);
  return {
    residentBytes: sum(({ residentBytes }) => residentBytes),
    anonymousBytes: sum(({ anonymousBytes }) => anonymousBytes),
    parts: list.sort((a, b) => b.residentBytes - a.residentBytes),
  };
}

function partOf(mapping: string): string {
  const path = /^\S+ \S+ \S+ \S+ \S+ *(.*)$/m.exec(mapping)?.[1] ?? '';
  if (path === '' || path.startsWith('[anon')) {
    // The arena of the rings alone is kept from child processes ("dc"); it is locked where that is allowed.
    const isArena = /^VmFlags:.* dc( |$)/m.test(mapping) && /^Size:\s+\d{4,} kB/m.test(mapping);
    return isArena ? RINGS : REST;
  }
  if (path === '[heap]') return 'C and C++ heap';
  if (path.startsWith('[')) return 'main stack and kernel pages';
  if (/\/(node|nodejs)$/.test(path)) return 'Node';
  if (/segue\.node$/.test(path)) return "Segue's core";
  if (/better_sqlite3/.test(path)) return 'better-sqlite3';
  if (/lib(av|sw)\w+\.so/.test(path)) return 'libav';
  if (/\.so(\.|$)/.test(path)) return 'other libraries';
  return 'other files';
}

export async function readMemoryParts(): Promise<MemoryParts> {
  return memoryParts(await readFile('/proc/self/smaps', 'utf8'), process.memoryUsage().heapTotal);
}
