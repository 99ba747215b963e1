// Content key: recognises a file after it was moved or renamed, without reading all of it. Worker process, blocking:
// four short reads cost a quarter of what they do as promises (0.06 against 0.23 ms of processor time a file).
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 16 * 1024;
const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);

/** Hash of size, head, middle and tail (16 KiB each). Throws what the file system says. */
export function contentKey(path: string, sizeBytes: number): string {
  const hash = createHash('sha256').update(`${sizeBytes}\n`);
  const handle = openSync(path, 'r');
  try {
    const last = Math.max(0, sizeBytes - PIECE_BYTES);
    for (const position of new Set([0, Math.floor(last / 2), last]))
      hash.update(buffer.subarray(0, readSync(handle, buffer, 0, PIECE_BYTES, position)));
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex').slice(0, 32);
}
