// CUE sheets: what they say, and which of them divide a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsToTicks } from '../../../audio/ticks.ts';
import { cueText, parseCue, partsOf } from '../../../daemon/import/cue.ts';

const s = secondsToTicks;
const SHEET = `\ufeffREM GENRE Rock\r
PERFORMER "The Band"\r
TITLE "The Album"\r
FILE "The Album.wav" WAVE\r
  TRACK 01 AUDIO\r
    TITLE "First \\ one"\r
    INDEX 01 00:00:00\r
  TRACK 02 AUDIO\r
    TITLE Second\r
    PERFORMER "A Guest"\r
    INDEX 00 03:00:00\r
    INDEX 01 03:02:37\r
  TRACK 03 AUDIO\r
    INDEX 01 61:00:74\r
`;

test('titles, artists and starts to the sector; the pregap belongs to the piece before', () => {
  const sheet = parseCue(SHEET);
  assert.deepEqual([sheet.title, sheet.artist, sheet.files.length], ['The Album', 'The Band', 1]);
  const sector = s(1) / 75;
  assert.deepEqual(partsOf(sheet, 'anything.flac', s(4000)), [
    { part: 1, title: 'First \\ one', artist: 'The Band', startTicks: 0, endTicks: s(182) + 37 * sector },
    {
      part: 2,
      title: 'Second',
      artist: 'A Guest',
      startTicks: s(182) + 37 * sector,
      endTicks: s(3660) + 74 * sector,
    },
    { part: 3, title: null, artist: 'The Band', startTicks: s(3660) + 74 * sector, endTicks: null },
  ]);
});

test('of several files the one of that name, whatever it was converted to', () => {
  const sheet = parseCue(`
FILE "Disc 1.wav" WAVE
 TRACK 01 AUDIO
  INDEX 01 00:00:00
 TRACK 02 AUDIO
  INDEX 01 01:00:00
FILE DISC2.WAV WAVE
 TRACK 03 AUDIO
  INDEX 01 00:00:00
 TRACK 04 AUDIO
  INDEX 01 02:00:00`);
  const numbers = (name: string) => partsOf(sheet, name, s(300))?.map(({ part }) => part) ?? null;
  assert.deepEqual(['disc 1.flac', 'disc2.flac', 'other.flac'].map(numbers), [[1, 2], [3, 4], null]);
});

test('a sheet that does not divide the file divides nothing', () => {
  const tracks = (...starts: string[]) =>
    parseCue(`FILE "a" WAVE\n${starts.map((at) => `TRACK 01 AUDIO\nINDEX 01 ${at}`).join('\n')}`);
  const parts = (...starts: string[]) => partsOf(tracks(...starts), 'a.flac', s(100));
  assert.equal(parts('00:00:00', '00:50:00')?.length, 2);
  assert.equal(parts('00:00:00'), null);
  assert.equal(parts('00:00:00', '01:40:00'), null, 'beyond the end');
  assert.equal(parts('00:50:00', '00:20:00'), null, 'not in order');
  assert.equal(parts('00:50:00', '00:50:00'), null, 'of no length');
  for (const text of [
    '',
    'FILE',
    'TRACK 01 AUDIO\nINDEX 01 00:00:00',
    'INDEX 01 99',
    '\u0000\u0001',
    'FILE "x'.repeat(1000),
  ])
    assert.equal(partsOf(parseCue(text), 'a.flac', s(100)), null, JSON.stringify(text.slice(0, 40)));
});

test('a sheet that is written is read as it was meant, to the sector', () => {
  const sector = s(1) / 75;
  const tracks = [
    { title: 'Side "A" 1', startTicks: 0 },
    { title: 'Zwei', startTicks: s(75) + 12 * sector + 7 },
    { title: '3', startTicks: s(7000) },
  ];
  const parts = partsOf(parseCue(cueText('Side A.flac', tracks)), 'Side A.flac', s(8000));
  assert.deepEqual(
    parts?.map(({ title, startTicks }) => [title, startTicks]),
    [
      ["Side 'A' 1", 0],
      ['Zwei', s(75) + 12 * sector],
      ['3', s(7000)],
    ],
  );
});
