// Which file a crash is blamed on, from the note that the core leaves.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { blame, type NotedFile, parseCrashNote, readLastRun } from '../../daemon/crash-note.ts';

const SIGSEGV = 11;
const folder = mkdtempSync(join(tmpdir(), 'segue-crash-note-'));
after(() => rmSync(folder, { recursive: true }));

/** As native/core/crash_note.h says. */
function noteOf(signal: number, ...files: readonly [number, number, string][]): Buffer {
  const bytes = Buffer.alloc(4096 * 17);
  bytes.write('SEGUE-1\n', 'latin1');
  bytes[8] = signal;
  files.forEach(([state, hit, path], index) => {
    const at = 4096 * (index + 2);
    bytes[at] = state;
    bytes[at + 1] = hit;
    if (endianness() === 'LE') bytes.writeUInt32LE(Buffer.byteLength(path), at + 4);
    else bytes.writeUInt32BE(Buffer.byteLength(path), at + 4);
    bytes.write(path, at + 8);
  });
  return bytes;
}

test('a note is read as it was written; what is no note is none', () => {
  const note = parseCrashNote(
    noteOf(SIGSEGV, [1, 0, '/m/öpening.flac'], [0, 0, '/m/gone.flac'], [2, 11, '/m/b.mp3']),
  );
  assert.deepEqual(note, {
    signal: SIGSEGV,
    files: [
      { path: '/m/öpening.flac', state: 'opening', signal: null },
      { path: '/m/b.mp3', state: 'open', signal: SIGSEGV },
    ],
  });
  assert.equal(parseCrashNote(Buffer.alloc(0)), null);
  assert.equal(parseCrashNote(Buffer.from('something else altogether')), null);
});

const opening: NotedFile = { path: '/m/a.flac', state: 'opening', signal: null };
const open: NotedFile = { path: '/m/b.flac', state: 'open', signal: null };

test('the file whose thread crashed is to blame, and no other', () => {
  const { blamed } = blame({ signal: SIGSEGV, files: [opening, { ...open, signal: SIGSEGV }] }, []);
  assert.deepEqual(
    blamed.map(({ path }) => path),
    ['/m/b.flac'],
  );
  assert.match(blamed[0]?.reason ?? '', /^Reading it crashed Segue \(SIGSEGV\)/);
});

test('a crash elsewhere is blamed on what was being opened, not on what was merely open', () => {
  const { blamed } = blame({ signal: SIGSEGV, files: [opening, open] }, []);
  assert.deepEqual(
    blamed.map(({ path }) => path),
    ['/m/a.flac'],
  );
});

test('a kill makes a suspect of what was being opened; a second one at the same file in a row blames it', () => {
  const killed = { signal: null, files: [opening, open] };
  assert.deepEqual(blame(killed, []), { blamed: [], suspects: ['/m/a.flac'] });
  const again = blame(killed, ['/m/a.flac']);
  assert.deepEqual(again.suspects, []);
  assert.match(again.blamed[0]?.reason ?? '', /killed twice in a row/);
});

test('suspects are kept from one start to the next only, and a clean stop leaves nothing', () => {
  const run = () => readLastRun(folder);
  const { noteFile, forget, blamed } = run();
  assert.deepEqual(blamed, []);
  const killed = () => writeFileSync(noteFile, noteOf(0, [1, 0, '/m/a.flac']));
  killed();
  assert.deepEqual(run().blamed, []);
  forget();
  assert.ok(!existsSync(noteFile));
  run();
  killed();
  assert.deepEqual(run().blamed, [], 'the clean stop in between was forgotten');
  killed();
  assert.equal(run().blamed.length, 1);
});
