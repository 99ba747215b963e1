// Lyrics from tags and from .lrc files, as plain lines.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lyricsBeside, lyricsOf, plainLines } from '../../../daemon/import/lyrics.ts';

const dir = mkdtempSync(join(tmpdir(), 'segue-lyrics-'));
after(() => rmSync(dir, { recursive: true }));

test('times and heads are left out, empty lines between verses stay', () => {
  const lrc =
    '\ufeff[ti:Song]\r\n[length: 3:12]\r\n[00:01.00]One\r\n[00:02.5][01:02.5] Two <00:03.10>words\r\n\r\n[1:00]Three';
  assert.equal(plainLines(lrc), 'One\nTwo words\n\nThree');
  assert.equal(plainLines('Plain [chorus]\nA\u0007B'), 'Plain [chorus]\nA B');
  assert.equal(plainLines(' \n[ar:X]\n'), null);
  assert.equal(plainLines('x'.repeat(30_000))?.length, 20_000);
});

test('of several tags the first that says anything', () => {
  assert.equal(lyricsOf(undefined), null);
  assert.equal(lyricsOf([{ text: '  ' }, { syncText: [] }, { text: 'A\nB' }, { text: 'C' }]), 'A\nB');
});

test('a file beside the music; none, an empty one and one that is no lyrics are none', () => {
  writeFileSync(join(dir, 'a.lrc'), '[00:01.00]One');
  writeFileSync(join(dir, 'empty.lrc'), '');
  writeFileSync(join(dir, 'long.lrc'), 'x'.repeat(200_001));
  const beside = (name: string) => lyricsBeside(join(dir, name));
  assert.deepEqual(
    [beside('a.flac'), beside('b.flac'), beside('empty.mp3'), beside('long.mp3')],
    ['One', null, null, null],
  );
});
