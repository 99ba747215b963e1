import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCooldown } from '../../../daemon/concepts/cooldown/cooldown.ts';
import { createHistory } from '../../../daemon/concepts/history/history.ts';
import { DEFAULT_COOLDOWNS } from '../../../daemon/policy/cooldown.ts';
import type { CooldownVocabulary } from '../../../sync/vocabulary/cooldown.ts';
import type { HistoryVocabulary } from '../../../sync/vocabulary/history.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T = Date.UTC(2026, 0, 5);

function fresh(db = openMemory()) {
  const emit = recorder<CooldownVocabulary>().emit;
  const cooldown = createCooldown({ db, emit, defaults: () => DEFAULT_COOLDOWNS });
  const factor = (passage: number, atMs: number) => cooldown.queries.factor({ passage, atMs })[0]?.factor;
  const hear = (passage: number, atMs: number, songsOnly = false) =>
    cooldown.actions.recordHeard({ passage, atMs, songsOnly });
  return { db, cooldown, factor, hear };
}

test('never heard is free; heard, everything of it cools down with the defaults of its kind', () => {
  const { db, factor, hear } = fresh();
  const a = addPassage(db, { artist: 'A', work: 'W' });
  const sameArtist = addPassage(db, { artist: 'A' });
  const sameWork = addPassage(db, { artist: 'B', work: 'W' });
  assert.equal(factor(a, T), 1);
  assert.deepEqual(hear(a, T), { passage: a, songs: 1 });
  assert.equal(factor(a, T + 7 * DAY), 0);
  assert.equal(factor(a, T + 14 * DAY), 0.5);
  assert.equal(factor(sameArtist, T + 2 * HOUR), 0);
  assert.equal(factor(sameArtist, T + 4 * HOUR), 0.5);
  assert.equal(factor(sameWork, T + 3 * DAY), 0);
  assert.equal(factor(sameWork, T + 6.5 * DAY), 0.5);
  assert.equal(factor(sameWork, T - HOUR), 0, 'a clock that went back');
});

test('an early skip cools the song alone', () => {
  const { db, factor, hear } = fresh();
  const a = addPassage(db, { artist: 'A' });
  const b = addPassage(db, { artist: 'A' });
  hear(a, T, true);
  assert.deepEqual([factor(a, T), factor(b, T)], [0, 1]);
});

test('the lowest of several artists and of several songs, works multiplied, own cooldowns first', () => {
  const { db, factor, hear } = fresh();
  const a = addPassage(db, { artist: 'A', work: 'V' });
  const b = addPassage(db, { artist: 'B', work: 'W' });
  db.exec("INSERT INTO works (key, title) VALUES ('x', 'X'); INSERT INTO song_works VALUES (1, 2)");
  db.exec(
    'UPDATE works SET min_cooldown_s = 0, ramp_cooldown_s = 7200; UPDATE artists SET min_cooldown_s = 0, ramp_cooldown_s = 0',
  );
  db.exec('UPDATE songs SET min_cooldown_s = 0, ramp_cooldown_s = 0');
  hear(a, T);
  hear(b, T);
  assert.equal(factor(a, T + HOUR), 0.25);
  assert.equal(factor(b, T + HOUR), 0.5);
  db.prepare('INSERT INTO passage_songs VALUES (?, 1, 5, NULL)').run(b);
  assert.equal(factor(b, T + HOUR), 0.25);
  assert.equal(factor(b, T), 0);
});

test('hearing something older changes nothing', () => {
  const { db, factor, hear } = fresh();
  const a = addPassage(db);
  hear(a, T);
  hear(a, T - 30 * DAY);
  assert.equal(factor(a, T + DAY), 0);
});

test('rebuilt from the history it is the same; what was wrong is put right', () => {
  const { db, cooldown, hear } = fresh();
  const history = createHistory({ db, clock: handClock(), emit: recorder<HistoryVocabulary>().emit });
  for (let n = 0; n < 6; n += 1) addPassage(db, { artist: `A${n % 2}`, work: `W${n % 3}` });
  const states = () =>
    ['songs', 'artists', 'works'].map((table) =>
      db.prepare(`SELECT last_heard_ms FROM ${table}`).pluck().all(),
    );
  for (let n = 0; n < 40; n += 1) {
    const passage = (n * n) % 6 === 0 ? 1 : ((n * 7) % 5) + 1;
    const [heard, atMs] = [n % 4 !== 0, T + n * 1000];
    history.actions.begin({ entry: n + 1, passage, atMs });
    history.actions.end({ entry: n + 1, heardMs: 1, heard, reason: heard ? 'natural' : 'skipped', atMs });
    hear(passage, atMs, !heard);
  }
  const before = states();
  assert.equal(cooldown.rebuild(), 0);
  db.exec('UPDATE songs SET last_heard_ms = 5 WHERE id = 1; UPDATE artists SET last_heard_ms = NULL');
  assert.equal(cooldown.rebuild(), 3);
  assert.deepEqual(states(), before);
});

test('a play that was closed after a crash is applied at the next start', () => {
  const { db } = fresh();
  const a = addPassage(db);
  db.prepare("INSERT INTO plays (entry, passage, started_at_ms, ended) VALUES (1, ?, 0, 'natural')").run(a);
  db.prepare('INSERT INTO song_plays VALUES (1, 1, ?, 0)').run(T);
  assert.equal(fresh(db).factor(a, T + HOUR), 0);
});
