// Reads one audio file: tags, art, length, content key. Worker process; blocks it while the file is probed.
// What cannot be read is answered with a reason in words; nothing is thrown for what a file may contain.
import { dirname, join } from 'node:path';
import { parseFile } from 'music-metadata';
import type { MediaTools } from '../../audio/media.ts';
import type { ImportedFile } from '../../sync/vocabulary/library.ts';
import type { FoundFile } from '../concepts/import/worker-port.ts';
import { folderArt, frontOf, keepArt } from './art.ts';
import { contentKey } from './content-key.ts';
import { readTags } from './read-tags.ts';
import { NO_TAGS, type Tags, tagsOf } from './tags.ts';

export type ReadResult = { readonly file: ImportedFile } | { readonly reason: string };
export type FileReader = (found: FoundFile, root: string) => Promise<ReadResult>;

/** Clicks and broken headers: nothing that could be a passage. */
const SHORTEST_TICKS = 28_224_000 / 10;
const MOST_REMEMBERED_ALBUMS = 10_000;

export function createFileReader(media: MediaTools, artDir: string): FileReader {
  // Pictures are the largest part of a header: they are read once an album.
  const artOfAlbum = new Map<string, string | null>();

  async function artFor(path: string, dir: string, tags: Tags): Promise<string | null> {
    const key = tags.album === null ? null : `${dir}\n${tags.album}`;
    if (key !== null && artOfAlbum.has(key)) return artOfAlbum.get(key) ?? null;
    const { common } = await parseFile(path, { duration: false });
    const bytes = frontOf(common.picture) ?? (await folderArt(dir));
    const art = bytes === null ? null : await keepArt(artDir, bytes);
    if (artOfAlbum.size >= MOST_REMEMBERED_ALBUMS) artOfAlbum.clear();
    if (key !== null) artOfAlbum.set(key, art);
    return art;
  }

  return async (found, root) => {
    const path = join(root, found.path);
    const probe = media.probe(path);
    if ('error' in probe) return { reason: withoutPath(probe.message, path) };
    if (probe.durationTicks < SHORTEST_TICKS)
      return { reason: 'It lasts less than 0.1 s: too short to be played.' };
    let tags = NO_TAGS;
    let artFile: string | null = null;
    try {
      tags = tagsOf(await readTags(path, found.sizeBytes));
      artFile = await artFor(path, dirname(path), tags);
    } catch {
      // It can be played, only its tags cannot be read: it is called by its file name.
    }
    try {
      return {
        file: {
          ...found,
          durationTicks: probe.durationTicks,
          codec: probe.codec,
          rateHz: probe.rateHz,
          channels: probe.channels,
          tags,
          artFile,
          contentKey: contentKey(path, found.sizeBytes),
          flavor: null,
        },
      };
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      return { reason: `The file cannot be read (${code}). Check the disk, then scan again.` };
    }
  };
}

/** The list of failures names the file already. */
export function withoutPath(message: string, path: string): string {
  return message.replace(`: ${path}`, '').replace(path, 'this file');
}
