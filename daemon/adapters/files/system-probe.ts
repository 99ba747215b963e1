// What the machine says of its disk and memory, for Health. Main thread; reads a few small things, never throws.
import { readFileSync, statfsSync, statSync } from 'node:fs';
import { freemem, uptime } from 'node:os';

export interface SystemProbe {
  readonly diskFreeBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  /** Written to the partition, by whomever, since the system started. */
  readonly written: { readonly bytes: number; readonly forS: number } | null;
}

/** In the statistics of a block device, whatever its own. */
const SECTOR_BYTES = 512;

/** The disk is that of the state directory. */
export function probeSystem(stateDir: string): SystemProbe {
  return {
    diskFreeBytes: diskFree(stateDir),
    memoryAvailableBytes: memoryAvailable(),
    written: written(stateDir),
  };
}

function diskFree(dir: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Null where the folder is on no block device that tells: in memory, on the network. */
function written(dir: string): SystemProbe['written'] {
  try {
    const { dev } = statSync(dir);
    const [major, minor] = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
    const sectors = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8').trim().split(/ +/)[6];
    return { bytes: Number(sectors) * SECTOR_BYTES, forS: uptime() };
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
