// Identity: the keys by which songs, artists and albums are recognised again. Pure functions.
// A MusicBrainz id wins; otherwise names are compared without case, accents and punctuation.
import type { ImportedFile } from '../../../sync/vocabulary/library.ts';

const SEPARATOR = '\u001f';

/** Lower case, no accents, anything but letters and digits one space. A name made of signs alone stays as it is. */
export function normalise(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return plain === '' ? name.trim().toLowerCase() : plain;
}

/** The file as the tags of one of its parts have it: what the sheet does not say is the album's. */
export function fileOfPart(file: ImportedFile, index: number): ImportedFile {
  const part = file.parts?.[index];
  if (part === undefined) return file;
  const { tags, contentKey } = file;
  const artists = part.artist === null ? tags.artists : [part.artist];
  return {
    ...file,
    // Where neither title nor artist is known, the part of the content is the identity.
    contentKey: `${contentKey}#${part.part}`,
    tags: {
      ...tags,
      title: part.title ?? `${tags.album ?? tags.title ?? titleOf(file)} ${part.part}`,
      artists,
      album: tags.album ?? tags.title,
      track: part.part,
      recordingMbid: null,
      lyrics: null,
    },
  };
}

/** What a passage is called: its tag, or its file name without extension. */
export function titleOf(file: ImportedFile): string {
  const tagged = file.tags.title?.trim();
  if (tagged) return tagged;
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? name.slice(0, dot) : name).trim() || name;
}

/** Credited artists, each once, in order. */
export function artistsOf(file: ImportedFile): { key: string; name: string }[] {
  const seen = new Map<string, string>();
  for (const tagged of file.tags.artists) {
    const name = tagged.trim();
    if (name === '') continue;
    const key = normalise(name);
    if (!seen.has(key)) seen.set(key, name);
  }
  return [...seen].map(([key, name]) => ({ key, name }));
}

/** Of a song whose recording MusicBrainz knows. */
export function recordingKey(mbid: string): string {
  return `mbid:${mbid.toLowerCase()}`;
}

/** Without an artist a title says too little ("Track 01"): then the content itself is the identity. */
export function songKey(file: ImportedFile): string {
  if (file.tags.recordingMbid) return recordingKey(file.tags.recordingMbid);
  const artists = artistsOf(file);
  if (artists.length === 0 || !file.tags.title?.trim()) return `content:${file.contentKey}`;
  const names = artists.map((artist) => artist.key).join(SEPARATOR);
  return `name:${names}${SEPARATOR}${SEPARATOR}${normalise(titleOf(file))}`;
}

/** Null: the file belongs to no album. An album without an album artist is one folder's: a compilation must not
 *  fall apart into one album per artist. */
export function albumKey(file: ImportedFile): string | null {
  if (file.tags.releaseMbid) return `mbid:${file.tags.releaseMbid.toLowerCase()}`;
  const album = file.tags.album?.trim();
  if (!album) return null;
  const albumArtist = file.tags.albumArtist?.trim();
  const slash = file.path.lastIndexOf('/');
  const owner = albumArtist
    ? `artist:${normalise(albumArtist)}`
    : `folder:${file.folder}:${slash < 0 ? '' : file.path.slice(0, slash)}`;
  return `name:${owner}${SEPARATOR}${normalise(album)}`;
}
