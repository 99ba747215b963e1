// Content key: recognises a file after it was moved or renamed, without reading all of it. Worker process.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const PIECE_BYTES = 16 * 1024;

/** Hash of size, head, middle and tail (16 KiB each). */
export async function contentKey(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256').update(`${sizeBytes}\n`);
  const handle = await open(path, 'r');
  try {
    const last = Math.max(0, sizeBytes - PIECE_BYTES);
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (const position of new Set([0, Math.floor(last / 2), last])) {
      const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex').slice(0, 32);
}
