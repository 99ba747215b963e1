// The key of the coded audio: the same whatever the tags say, another one for other music, in every format.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mediaTools } from '../../audio/addon.ts';
import type { EncodeOptions } from '../../audio/media.ts';
import { scratchFolder } from '../support/scratch.ts';

const scratch = scratchFolder('audio-key');
const media = mediaTools();
const RATE_HZ = 48_000;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const CODECS: readonly (readonly [EncodeOptions['codec'], string, boolean])[] = [
  ['flac', 'flac', true],
  ['mp3', 'mp3', true],
  ['opus', 'opus', true],
  ['vorbis', 'ogg', true],
  ['aac', 'm4a', true],
  ['alac', 'm4a', true],
  ['wavpack', 'wv', false],
  ['aiff', 'aiff', false],
  ['wav16', 'wav', false],
];

function tone(hz: number): Float32Array {
  return Float32Array.from(
    { length: 2 * RATE_HZ * 3 },
    (_, n) => 0.4 * Math.sin((2 * Math.PI * hz * (n >> 1)) / RATE_HZ),
  );
}
function keyOf(path: string): string {
  const answer = media.audioKey(path);
  return 'key' in answer ? answer.key : assert.fail(answer.message);
}

for (const [codec, extension, takesCover] of CODECS)
  test(`${codec} in ${extension}: tags and pictures say nothing, the music does`, () => {
    const write = (name: string, hz: number, tags: Record<string, string>, cover?: Uint8Array) => {
      const path = join(scratch, `${codec}-${name}.${extension}`);
      const written = media.encode({
        ...{ path, codec, rateHz: RATE_HZ, samples: tone(hz), tags },
        ...(cover && takesCover ? { cover } : {}),
      });
      assert.ok(!('error' in written), JSON.stringify(written));
      return path;
    };
    const one = write('one', 440, {});
    const two = write('two', 440, { title: 'A name '.repeat(500), artist: 'Somebody', album: 'Else' }, PNG);
    const other = write('other', 441, {});
    assert.notDeepEqual(readFileSync(one), readFileSync(two));
    assert.match(keyOf(one), /^[0-9a-f]{32}$/);
    assert.equal(keyOf(two), keyOf(one));
    assert.notEqual(keyOf(other), keyOf(one));
    const cut = join(scratch, `${codec}-cut.${extension}`);
    copyFileSync(one, cut);
    truncateSync(cut, Math.floor(readFileSync(one).length * 0.7));
    const answer = media.audioKey(cut);
    assert.ok('error' in answer || answer.key !== keyOf(one));
  });

test('the old tags at the end of an MP3 are no music', () => {
  const plain = join(scratch, 'plain.mp3');
  media.encode({ path: plain, codec: 'mp3', rateHz: RATE_HZ, samples: tone(500), tags: {} });
  const tagged = join(scratch, 'tagged.mp3');
  copyFileSync(plain, tagged);
  const id3v1 = Buffer.alloc(128);
  id3v1.write('TAGA title');
  appendFileSync(tagged, id3v1);
  assert.equal(keyOf(tagged), keyOf(plain));
});

test('what is no audio is said in words', () => {
  const answer = media.audioKey('test/golden/audio-key.test.ts');
  assert.ok('error' in answer && answer.error === 'NOT_AUDIO');
  const missing = media.audioKey(join(scratch, 'nothing.flac'));
  assert.ok('error' in missing && missing.error === 'NOT_FOUND');
});
