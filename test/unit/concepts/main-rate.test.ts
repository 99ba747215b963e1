// The rate of most of the music, by its length, of files that can be played.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mainRateHz } from '../../../daemon/concepts/library/main-rate.ts';
import { openMemory } from '../../support/database.ts';

test('most of the music counts by its length, and only what can be played', () => {
  const db = openMemory();
  assert.equal(mainRateHz(db), null);
  const folder = db.prepare("INSERT INTO music_folders (path) VALUES ('/music')").run().lastInsertRowid;
  const put =
    db.prepare(`INSERT INTO files (folder, path, size_bytes, mtime_ms, duration_ticks, rate_hz, state, added_at_ms)
    VALUES (${folder}, ?, 1, 1, ?, ?, ?, 1)`);
  put.run('unknown', 900, null, 'ok');
  assert.equal(mainRateHz(db), null);
  put.run('a', 100, 44_100, 'ok');
  put.run('b', 100, 44_100, 'ok');
  put.run('long', 300, 48_000, 'ok');
  put.run('gone', 900, 44_100, 'missing');
  assert.equal(mainRateHz(db), 48_000);
  put.run('c', 200, 44_100, 'ok');
  assert.equal(mainRateHz(db), 44_100);
});
