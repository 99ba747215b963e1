// Art: keeps the cover of each album once, under the hash of its bytes. Worker process; writes the art folder only.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IPicture } from 'music-metadata';

const MOST_BYTES = 8 * 1024 * 1024;
const FOLDER_NAMES = /^(cover|folder|front|album)\.(jpe?g|png)$/i;

/** PNG, JPEG, GIF or WebP by their first bytes; null: anything else is not shown. */
export function pictureExtension(bytes: Uint8Array): 'png' | 'jpg' | 'gif' | 'webp' | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString('latin1');
  if (head.startsWith('\x89PNG')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpg';
  if (head.startsWith('GIF8')) return 'gif';
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'webp' : null;
}

/** Writes it if it is new; the name inside the art folder. */
export async function keepArt(artDir: string, bytes: Uint8Array): Promise<string | null> {
  const extension = pictureExtension(bytes);
  if (extension === null || bytes.byteLength > MOST_BYTES) return null;
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.${extension}`;
  const path = join(artDir, name);
  if (existsSync(path)) return name;
  await mkdir(artDir, { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
  return name;
}

/** The front cover, or whatever picture there is. */
export function frontOf(pictures: readonly IPicture[] | undefined): Uint8Array | null {
  const front = pictures?.find((picture) => /front/i.test(picture.type ?? '')) ?? pictures?.[0];
  return front?.data ?? null;
}

/** cover.jpg and the like beside the music. */
export async function folderArt(dir: string): Promise<Uint8Array | null> {
  const names = await readdir(dir).catch(() => []);
  const name = names.filter((candidate) => FOLDER_NAMES.test(candidate)).sort()[0];
  if (name === undefined) return null;
  const path = join(dir, name);
  const { size } = await stat(path);
  return size > MOST_BYTES ? null : readFile(path);
}
