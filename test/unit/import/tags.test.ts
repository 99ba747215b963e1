// Tags from music-metadata into the library's form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagsOf } from '../../../daemon/import/tags.ts';

type Input = Parameters<typeof tagsOf>[0];
const input = (common: object, native: object = {}): Input => ({ common, native }) as unknown as Input;

test('all that the library keeps', () => {
  const tags = tagsOf(
    input({
      title: ' A ',
      artists: ['X', 'Y'],
      artist: 'X feat. Y',
      album: 'B',
      albumartist: 'X',
      track: { no: 3 },
      disk: { no: 0 },
      year: 1999,
      genre: ['Rock', ''],
      musicbrainz_recordingid: 'r',
      musicbrainz_albumid: 'a',
      replaygain_track_gain: { dB: -7.5 },
      lyrics: [
        { syncText: [] },
        {
          syncText: [
            { text: 'One', timestamp: 1 },
            { text: 'Two', timestamp: 2 },
          ],
        },
      ],
    }),
  );
  assert.deepEqual(tags, {
    title: 'A',
    artists: ['X', 'Y'],
    album: 'B',
    albumArtist: 'X',
    track: 3,
    disc: null,
    year: 1999,
    genre: ['Rock'],
    recordingMbid: 'r',
    releaseMbid: 'a',
    replayGainTrackDb: -7.5,
    replayGainAlbumDb: null,
    lyrics: 'One\nTwo',
  });
});

test('R128 gains become ReplayGain ones', () => {
  const native = {
    vorbis: [
      { id: 'R128_TRACK_GAIN', value: '-512' },
      { id: 'R128_ALBUM_GAIN', value: 'x' },
    ],
  };
  const tags = tagsOf(input({}, native));
  assert.equal(tags.replayGainTrackDb, 3);
  assert.equal(tags.replayGainAlbumDb, null);
});

test('UTF-8 that was read as Latin-1 is mended, real Latin-1 is left alone', () => {
  assert.equal(tagsOf(input({ title: 'BjÃ¶rk' })).title, 'Björk');
  assert.equal(tagsOf(input({ title: 'Björk' })).title, 'Björk');
  assert.equal(tagsOf(input({ title: '日本' })).title, '日本');
  assert.equal(tagsOf(input({ title: 'a\u0000b\n' })).title, 'a b');
});

test('a number that no album and no calendar has says nothing', () => {
  for (const no of [1e20, 10_000, 0, -1, 1.5, Number.NaN]) {
    const { track, disc, year } = tagsOf(
      input({ track: { no, of: null }, disk: { no, of: null }, year: no }),
    );
    assert.deepEqual([track, disc, year], [null, null, null], `${no}`);
  }
  assert.equal(tagsOf(input({ track: { no: 9999, of: null } })).track, 9999);
});

test('a gain that is no number, or that nobody means, says nothing', () => {
  for (const dB of [Number.NaN, Number.POSITIVE_INFINITY, 400, -61]) {
    const replaygain_track_gain = { dB, ratio: 1 };
    const r128 = { vorbis: [{ id: 'R128_TRACK_GAIN', value: '-512' }] };
    const both = tagsOf(input({ replaygain_track_gain }, r128));
    assert.equal(both.replayGainTrackDb, 3, 'the other tag counts');
    assert.equal(tagsOf(input({ replaygain_track_gain })).replayGainTrackDb, null);
  }
  const wild = { vorbis: [{ id: 'R128_TRACK_GAIN', value: '99999' }] };
  assert.equal(tagsOf(input({}, wild)).replayGainTrackDb, null);
});
