// Reads one audio file: tags, art, length, content key. Worker process; blocks it while the file is probed.
// What cannot be read is answered with a reason in words; nothing is thrown for what a file may contain.
import { basename, dirname, join } from 'node:path';
import { parseFile } from 'music-metadata';
import type { MediaTools, Probe } from '../../audio/media.ts';
import type { ImportedFile } from '../../sync/vocabulary/library.ts';
import type { FoundFile } from '../concepts/import/worker-port.ts';
import { folderArt, frontOf, keepArt } from './art.ts';
import { cueNames } from './beside.ts';
import { contentKey } from './content-key.ts';
import { parseCue, partsOf } from './cue.ts';
import { lyricsBeside } from './lyrics.ts';
import { readBeside } from './read-beside.ts';
import { readTags } from './read-tags.ts';
import { attempt, type Steps } from './steps.ts';
import { cueSheetOf, NO_TAGS, type Tags, tagsOf } from './tags.ts';

export type ReadResult = { readonly file: ImportedFile } | { readonly reason: string };
export type FileReader = (found: FoundFile, root: string) => Promise<ReadResult>;

/** Clicks and broken headers: nothing that could be a passage. */
const SHORTEST_TICKS = 28_224_000 / 10;
const MOST_REMEMBERED_ALBUMS = 10_000;

/** One file on its way through the steps. */
interface Reading {
  readonly found: FoundFile;
  readonly path: string;
  probe: Probe | null;
  contentKey: string;
  tags: Tags;
  /** A CUE sheet among its tags. */
  cueText: string | null;
  parts: ImportedFile['parts'];
  artFile: string | null;
}

export function createFileReader(media: MediaTools, artDir: string, steps: Steps): FileReader {
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

  // First what it takes to play it, then what it is called: a file without tags is called by its file name.
  const open = steps.chain<Reading>('open', 'strict').add(
    {
      name: 'probe',
      run(reading) {
        const probe = media.probe(reading.path);
        if ('error' in probe)
          return { error: probe.error, message: withoutPath(probe.message, reading.path) };
        if (probe.durationTicks < SHORTEST_TICKS)
          return { error: 'TOO_SHORT', message: 'It lasts less than 0.1 s: too short to be played.' };
        reading.probe = probe;
        return undefined;
      },
    },
    {
      name: 'key',
      run: (reading) =>
        attempt(
          () => {
            reading.contentKey = contentKey(reading.path, reading.found.sizeBytes);
          },
          (code) => `The file cannot be read (${code}). Check the disk, then scan again.`,
        ),
    },
  );
  const describe = steps.chain<Reading>('describe', 'strict').add(
    {
      name: 'tags',
      run: (reading) =>
        attempt(async () => {
          const metadata = await readTags(reading.path, reading.found.sizeBytes);
          reading.tags = tagsOf(metadata);
          reading.cueText = cueSheetOf(metadata);
        }),
    },
    {
      name: 'parts',
      run: (reading) =>
        attempt(() => {
          const text = cueBeside(reading.path) ?? reading.cueText;
          if (text === null || reading.probe === null) return;
          const sheet = parseCue(text);
          reading.parts = partsOf(sheet, basename(reading.path), reading.probe.durationTicks);
          if (reading.parts === null) return;
          const { album, albumArtist } = reading.tags;
          reading.tags = {
            ...reading.tags,
            album: album ?? sheet.title,
            albumArtist: albumArtist ?? sheet.artist,
          };
        }),
    },
    {
      name: 'lyrics',
      run: (reading) =>
        attempt(() => {
          if (reading.tags.lyrics !== null) return;
          reading.tags = { ...reading.tags, lyrics: lyricsBeside(reading.path) };
        }),
    },
    {
      name: 'cover',
      run: (reading) =>
        attempt(async () => {
          reading.artFile = await artFor(reading.path, dirname(reading.path), reading.tags);
        }),
    },
  );

  return async (found, root) => {
    const path = join(root, found.path);
    const reading: Reading = {
      ...{ found, path, probe: null, contentKey: '', tags: NO_TAGS },
      ...{ cueText: null, parts: null, artFile: null },
    };
    const { failures } = await open.run(reading);
    const { probe } = reading;
    if (failures[0] !== undefined || probe === null) return { reason: failures[0]?.message ?? '' };
    await describe.run(reading);
    return {
      file: {
        ...found,
        durationTicks: probe.durationTicks,
        codec: probe.codec,
        rateHz: probe.rateHz,
        channels: probe.channels,
        tags: reading.tags,
        parts: reading.parts,
        artFile: reading.artFile,
        contentKey: reading.contentKey,
        flavor: null,
      },
    };
  };
}

const MOST_CUE_BYTES = 200_000;

/** The text of the CUE sheet beside an audio file, in UTF-8 or, where it is not, in the Latin-1 of old rippers. */
function cueBeside(path: string): string | null {
  for (const name of cueNames(basename(path))) {
    const bytes = readBeside(join(dirname(path), name), MOST_CUE_BYTES);
    if (bytes === null) continue;
    const text = bytes.toString('utf8');
    return text.includes('\ufffd') ? bytes.toString('latin1') : text;
  }
  return null;
}

/** The list of failures names the file already. */
export function withoutPath(message: string, path: string): string {
  return message.replace(`: ${path}`, '').replace(path, 'this file');
}
