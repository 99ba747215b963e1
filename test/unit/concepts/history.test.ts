import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistory } from '../../../daemon/concepts/history/history.ts';
import type { HistoryVocabulary } from '../../../sync/vocabulary/history.ts';
import type { EndReason } from '../../../sync/vocabulary/player.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';

const clock = handClock();
function fresh(db = openMemory()) {
  return { db, history: createHistory({ db, clock, emit: recorder<HistoryVocabulary>().emit }) };
}
function inQueue(db: ReturnType<typeof openMemory>, passage: number): number {
  const sql = "INSERT INTO queue (passage, place, source, added_at_ms) VALUES (?, 1, 'person', 0)";
  return Number(db.prepare(sql).run(passage).lastInsertRowid);
}
const end = (entry: number, heardMs: number, heard: boolean, reason: EndReason = 'natural') => ({
  entry,
  heardMs,
  heard,
  reason,
  atMs: 9000,
});
const credits = (db: ReturnType<typeof openMemory>) =>
  db.prepare('SELECT play, song, at_ms AS atMs, songs_only AS songsOnly FROM song_plays').all();

test('a play begins and ends, and counts for the songs of its passage', () => {
  const { db, history } = fresh();
  const passage = addPassage(db);
  const entry = inQueue(db, passage);
  const { play } = history.actions.begin({ entry, passage, atMs: 1000 }) as { play: number };
  const open = { play, entry, passage, selection: null, startedAtMs: 1000, heardMs: null, ended: null };
  assert.deepEqual(history.queries.openPlays({}), [open]);
  assert.deepEqual(history.actions.end(end(entry, 8000.4, true)), { play });
  assert.deepEqual(history.queries.ofEntry({ entry }), [{ ...open, heardMs: 8000, ended: 'natural' }]);
  assert.deepEqual(credits(db), [{ play, song: 1, atMs: 9000, songsOnly: 0 }]);
  assert.equal(db.prepare('SELECT source FROM plays').pluck().get(), 'person');
});

test('an early skip counts for the song alone, a failure for nothing', () => {
  const { db, history } = fresh();
  const [a, b] = [addPassage(db), addPassage(db)];
  history.actions.begin({ entry: 1, passage: a, atMs: 1 });
  history.actions.end(end(1, 500, false, 'skipped'));
  history.actions.begin({ entry: 2, passage: b, atMs: 2 });
  history.actions.end(end(2, 500, false, 'failed'));
  assert.deepEqual(credits(db), [{ play: 1, song: 1, atMs: 9000, songsOnly: 1 }]);
});

test('a resumed entry goes on with its play, open or stopped', () => {
  const { db, history } = fresh();
  const passage = addPassage(db);
  const entry = inQueue(db, passage);
  const first = history.actions.begin({ entry, passage, atMs: 1000 });
  const again = fresh(db).history;
  assert.deepEqual(again.actions.begin({ entry, passage, atMs: 5000 }), first);
  again.actions.end(end(entry, 4000, true, 'stopped'));
  assert.deepEqual(again.actions.begin({ entry, passage, atMs: 7000 }), first);
  again.actions.end(end(entry, 1000, true));
  const [play] = again.queries.ofEntry({ entry });
  assert.deepEqual([play?.startedAtMs, play?.heardMs, play?.ended], [1000, 4000, 'natural']);
  assert.equal(credits(db).length, 1);
});

test('an end without a beginning, or a second one, changes nothing', () => {
  const { db, history } = fresh();
  assert.deepEqual(history.actions.end(end(7, 1, true)), { play: null });
  history.actions.begin({ entry: 1, passage: addPassage(db), atMs: 1 });
  history.actions.end(end(1, 100, false));
  assert.deepEqual(history.actions.end(end(1, 99_000, true, 'skipped')), { play: null });
  assert.deepEqual(history.queries.ofEntry({ entry: 1 })[0]?.heardMs, 100);
});

test('a play whose entry is gone was heard to its end; one that waits again stays open', () => {
  const { db, history } = fresh();
  const [a, b] = [addPassage(db, { seconds: 10 }), addPassage(db)];
  const startedAtMs = clock.nowMs() - 60_000;
  history.actions.begin({ entry: 900, passage: a, atMs: startedAtMs });
  const waits = inQueue(db, b);
  history.actions.begin({ entry: waits, passage: b, atMs: startedAtMs });
  const again = fresh(db).history;
  const [gone] = again.queries.ofEntry({ entry: 900 });
  assert.deepEqual([gone?.ended, gone?.heardMs], ['natural', 10_000]);
  assert.deepEqual(
    again.queries.openPlays({}).map(({ entry }) => entry),
    [waits],
  );
  assert.deepEqual(credits(db), [{ play: 1, song: 1, atMs: startedAtMs + 10_000, songsOnly: 0 }]);
});

test('recent is newest first, in pages', () => {
  const { db, history } = fresh();
  const passage = addPassage(db);
  for (let entry = 1; entry <= 5; entry += 1) history.actions.begin({ entry, passage, atMs: entry });
  const page = history.queries.recent({ limit: 2 }).map(({ play }) => play);
  assert.deepEqual(page, [5, 4]);
  assert.deepEqual(
    history.queries.recent({ limit: 10, before: 4 }).map(({ play }) => play),
    [3, 2, 1],
  );
});

test('full plays are those that came to their own end', () => {
  const { db, history } = fresh();
  const passage = addPassage(db);
  const other = addPassage(db);
  const endings: [number, number, EndReason][] = [
    [1, passage, 'natural'],
    [2, passage, 'skipped'],
    [3, passage, 'natural'],
    [4, other, 'natural'],
  ];
  for (const [entry, of, reason] of endings) {
    history.actions.begin({ entry, passage: of, atMs: entry });
    history.actions.end(end(entry, 8000, true, reason));
  }
  history.actions.begin({ entry: 5, passage, atMs: 5 });
  assert.deepEqual(history.queries.fullPlays({ passage }), [{ plays: 2 }]);
  assert.deepEqual(history.queries.fullPlays({ passage: 99 }), [{ plays: 0 }]);
});
