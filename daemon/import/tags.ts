// Tags: what music-metadata read, in the form of the library. Pure.
import type { IAudioMetadata } from 'music-metadata';
import type { ImportedFile } from '../../sync/vocabulary/library.ts';
import { lyricsOf } from './lyrics.ts';

export type Tags = ImportedFile['tags'];

export const NO_TAGS: Tags = {
  title: null,
  artists: [],
  album: null,
  albumArtist: null,
  track: null,
  disc: null,
  year: null,
  genre: [],
  recordingMbid: null,
  releaseMbid: null,
  replayGainTrackDb: null,
  replayGainAlbumDb: null,
  lyrics: null,
};

/** R128 gains count from -23 LUFS in 1/256 dB, ReplayGain from -18. */
const R128_TO_REPLAYGAIN_DB = 5;

export function tagsOf(metadata: Pick<IAudioMetadata, 'common' | 'native'>): Tags {
  const { common, native } = metadata;
  const artists = common.artists?.length ? common.artists : [common.artist];
  return {
    title: text(common.title),
    artists: artists.map(text).filter((name) => name !== null),
    album: text(common.album),
    albumArtist: text(common.albumartist),
    track: count(common.track?.no),
    disc: count(common.disk?.no),
    year: count(common.year),
    genre: (common.genre ?? []).map(text).filter((name) => name !== null),
    recordingMbid: text(common.musicbrainz_recordingid),
    releaseMbid: text(common.musicbrainz_albumid),
    replayGainTrackDb: decibels(common.replaygain_track_gain?.dB) ?? r128(native, 'R128_TRACK_GAIN'),
    replayGainAlbumDb: decibels(common.replaygain_album_gain?.dB) ?? r128(native, 'R128_ALBUM_GAIN'),
    lyrics: lyricsOf(common.lyrics),
  };
}

/** A CUE sheet that a ripper put among the tags. */
export function cueSheetOf({ native }: Pick<IAudioMetadata, 'native'>): string | null {
  for (const tags of Object.values(native ?? {}))
    for (const { id, value } of tags)
      if (/^(TXXX:)?CUESHEET$/i.test(id) && typeof value === 'string') return value;
  return null;
}

function text(value: string | undefined): string | null {
  const plain = mended(value ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return plain === '' ? null : plain.slice(0, 1000);
}

/** UTF-8 that was read as Latin-1 ("Ã©"), as RIFF and old ID3 tags suggest: only where every byte fits. */
function mended(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  const decoded = bytes.toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}

/** No album has more tracks, and no year is later; a tag that says more says nothing. */
const HIGHEST_COUNT = 9999;

function count(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= HIGHEST_COUNT
    ? value
    : null;
}

/** No tagger means more than this; a tag that says more, or no number, says nothing. */
const HIGHEST_TAGGED_DB = 60;

function decibels(value: number | undefined): number | null {
  return value !== undefined && Math.abs(value) <= HIGHEST_TAGGED_DB ? value : null;
}

function r128(native: IAudioMetadata['native'], name: string): number | null {
  for (const tags of Object.values(native))
    for (const tag of tags) {
      if (tag.id.toUpperCase() !== name) continue;
      const q = Number(tag.value);
      const gainDb = decibels(q / 256);
      if (Number.isInteger(q) && gainDb !== null) return gainDb + R128_TO_REPLAYGAIN_DB;
    }
  return null;
}
