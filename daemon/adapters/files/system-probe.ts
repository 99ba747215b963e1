// What the machine says of its disk and memory, for Health. Main thread; reads two small things, never throws.
import { readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';

export interface SystemProbe {
  readonly diskFreeBytes: number | null;
  readonly memoryAvailableBytes: number | null;
}

/** The disk is that of the state directory. */
export function probeSystem(stateDir: string): SystemProbe {
  return { diskFreeBytes: diskFree(stateDir), memoryAvailableBytes: memoryAvailable() };
}

function diskFree(dir: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** What could be had without swapping, caches counted; freemem where the kernel does not say. */
function memoryAvailable(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}
