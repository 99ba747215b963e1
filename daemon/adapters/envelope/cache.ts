// Keeps envelopes on disk, one small file each, below a bound. Main thread, asynchronous. What cannot be kept or read is
// made again: nothing of it is ever an error.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvelopeView } from '../../import/envelope-worker.ts';

/** Changes with the form of what is kept. */
const FORM = 1;
/** Some 500 files of 2,000 spans. */
export const MOST_BYTES = 16 * 1024 * 1024;

export interface EnvelopeCache {
  read(key: string): Promise<EnvelopeView | null>;
  write(key: string, envelope: EnvelopeView): Promise<void>;
}

/** The same file with the same content has the same key: another size or change time is another content. */
export function keyOf(path: string, sizeBytes: number, mtimeMs: number): string {
  return createHash('sha256').update(`${FORM}\n${sizeBytes}\n${mtimeMs}\n${path}`).digest('hex').slice(0, 32);
}

export function createEnvelopeCache(dir: string, mostBytes = MOST_BYTES): EnvelopeCache {
  const pathOf = (key: string) => join(dir, `${key}.json`);

  /** Removes what is oldest until the rest is below the bound. */
  async function prune(): Promise<void> {
    const files: { path: string; size: number; mtimeMs: number }[] = [];
    for (const name of await readdir(dir)) {
      const path = join(dir, name);
      const { size, mtimeMs } = await stat(path);
      files.push({ path, size, mtimeMs });
    }
    let sum = files.reduce((bytes, { size }) => bytes + size, 0);
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (sum <= mostBytes) return;
      await unlink(path);
      sum -= size;
    }
  }

  return {
    async read(key) {
      try {
        const value = JSON.parse(await readFile(pathOf(key), 'utf8')) as EnvelopeView;
        return Array.isArray(value.peaks) && value.peaks.length === value.rms.length ? value : null;
      } catch {
        return null;
      }
    },
    async write(key, envelope) {
      try {
        await mkdir(dir, { recursive: true });
        const temporary = `${pathOf(key)}.${randomBytes(4).toString('hex')}.part`;
        await writeFile(temporary, JSON.stringify(envelope));
        await rename(temporary, pathOf(key));
        await prune();
      } catch {
        // A full disk, or a folder that cannot be written: it is made again the next time.
      }
    },
  };
}
