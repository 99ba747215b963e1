// What a machine wrote to its disk, in order, as QEMU's blklogwrites records it, and the disks that a cut of the power could have
// left behind: everything up to the last flush before the cut, and of what came after it any part, in any order.
// The format is the one of the kernel's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst): little-endian; a
// header, then for each write a header of its own, in whole sectors both, and its data.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const MAGIC = 0x6a736677736872n;
const [FLUSH, FUA, DISCARD] = [1n, 2n, 4n];

export interface Write {
  /** Byte of the disk at which it goes. */
  readonly at: number;
  readonly bytes: number;
  /** Everything before it is on the disk. */
  readonly flush: boolean;
  /** It is on the disk itself when it is over. */
  readonly fua: boolean;
  readonly discard: boolean;
  /** Byte of the log at which its data begin, and at which the entry is over. */
  readonly dataAt: number;
  readonly endsAt: number;
}

/** All whole entries of a log; a last one that was cut off is left out. */
export function readWriteLog(path: string): Write[] {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const head = Buffer.alloc(32);
    readSync(file, head, 0, 32, 0);
    if (head.readBigUInt64LE(0) !== MAGIC) throw new Error(`${path} is no log of writes.`);
    const sector = head.readUInt32LE(24);
    const writes: Write[] = [];
    for (let at = sector; at + sector <= size; ) {
      readSync(file, head, 0, 32, at);
      const flags = head.readBigUInt64LE(16);
      const bytes = Number(head.readBigUInt64LE(8)) * sector;
      const discard = (flags & DISCARD) !== 0n;
      const dataAt = at + sector;
      const endsAt = dataAt + (discard ? 0 : bytes);
      // Nothing has been written there yet: no entry is empty and has no flag.
      if (bytes === 0 && flags === 0n) break;
      if (endsAt > size) break;
      writes.push({
        ...{ at: Number(head.readBigUInt64LE(0)) * sector, bytes, discard, dataAt, endsAt },
        flush: (flags & FLUSH) !== 0n,
        fua: (flags & FUA) !== 0n,
      });
      at = endsAt;
    }
    return writes;
  } finally {
    closeSync(file);
  }
}

/** Which of `writes` (indices, in order) are on the disk when the power goes after the first `count` of them: all before the
 *  last flush, and those that went past the cache; of the rest each one that `isLucky` says. */
export function survivors(writes: readonly Write[], count: number, isLucky: () => boolean): number[] {
  let safe = 0;
  for (let i = 0; i < count; i++) if (writes[i]?.flush) safe = i;
  const left: number[] = [];
  for (let i = 0; i < count; i++) if (i < safe || writes[i]?.fua || isLucky()) left.push(i);
  return left;
}

/** Writes to the open file `disk`, which begins at byte `from` of the logged one and is `bytes` long, what of `write` is its. */
export function apply(log: number, write: Write, disk: number, from: number, bytes: number): void {
  const begin = Math.max(write.at, from);
  const end = Math.min(write.at + write.bytes, from + bytes);
  if (end <= begin) return;
  const data = Buffer.alloc(end - begin);
  if (!write.discard) readSync(log, data, 0, data.length, write.dataAt + begin - write.at);
  writeSync(disk, data, 0, data.length, begin - from);
}
