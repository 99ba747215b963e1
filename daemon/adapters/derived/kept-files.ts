// Keeps what was made in a folder, one file each, below a bound; what was not read for longest goes first. Main thread,
// asynchronous. The folder may be deleted at any time: what cannot be kept or read is made again, nothing is ever an error.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptFiles {
  /** Names are the caller's, and plain: they never hold a slash. */
  read(name: string): Promise<Buffer | null>;
  write(name: string, bytes: Uint8Array | string): Promise<void>;
}

/** A read is noted in the file's change time, but not each of them: that would wear out an SD card. */
const NOTED_EVERY_MS = 24 * 3600 * 1000;
/** Removed down to this share of the bound, so that the folder is not walked for every file that is added. */
const KEPT_SHARE = 7 / 8;

export function createKeptFiles(dir: string, mostBytes: number, nowMs = Date.now): KeptFiles {
  /** Of the files in the folder. Null: not counted yet. Files deleted by hand make it too large, and it is counted anew. */
  let sumBytes: number | null = null;
  /** One write at a time: another's half would be counted, and what it has just put there be removed for it. */
  let last = Promise.resolve();

  /** Counts, and removes the oldest where there is too much. */
  async function prune(): Promise<number> {
    const files: { path: string; size: number; mtimeMs: number }[] = [];
    for (const name of await readdir(dir)) {
      const path = join(dir, name);
      const stats = await stat(path).catch(() => null);
      if (stats !== null) files.push({ path, size: stats.size, mtimeMs: stats.mtimeMs });
    }
    let sum = files.reduce((bytes, { size }) => bytes + size, 0);
    if (sum <= mostBytes) return sum;
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (sum <= mostBytes * KEPT_SHARE) break;
      await unlink(path).catch(() => {});
      sum -= size;
    }
    return sum;
  }

  async function keep(name: string, bytes: Uint8Array | string): Promise<void> {
    try {
      await mkdir(dir, { recursive: true });
      const path = join(dir, name);
      const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
      await writeFile(temporary, bytes);
      await rename(temporary, path);
      if (sumBytes !== null) sumBytes += bytes.length;
      if (sumBytes === null || sumBytes > mostBytes) sumBytes = await prune();
    } catch {
      // A full disk, or a folder that cannot be written: it is made again the next time.
    }
  }

  return {
    async read(name) {
      const file = await open(join(dir, name)).catch(() => null);
      if (file === null) return null;
      try {
        const { mtimeMs } = await file.stat();
        const now = nowMs();
        if (Math.abs(now - mtimeMs) > NOTED_EVERY_MS) await file.utimes(now / 1000, now / 1000);
        return await file.readFile();
      } catch {
        return null;
      } finally {
        await file.close();
      }
    },
    write(name, bytes) {
      last = last.then(() => keep(name, bytes));
      return last;
    },
  };
}
