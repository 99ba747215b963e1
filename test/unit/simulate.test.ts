// Days of radio in seconds: that the real rules keep what was promised, that a broken promise is caught, and that the
// library they are played from stays as it was.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { migrations } from '../../daemon/adapters/store/migrations/index.ts';
import { openStore } from '../../daemon/adapters/store/open.ts';
import type { Db } from '../../daemon/ports.ts';
import { copyLibrary } from '../../daemon/simulate/library-copy.ts';
import { createSimulatedPlayer } from '../../daemon/simulate/player.ts';
import { simulate } from '../../daemon/simulate/simulate.ts';
import { createTimeline } from '../../daemon/simulate/timeline.ts';
import type { PlayerVocabulary } from '../../sync/vocabulary/player.ts';
import { openMemory } from '../support/database.ts';
import { addPassage, moodyLibrary } from '../support/library.ts';
import { playable } from '../support/playables.ts';
import { recorder } from '../support/ports.ts';
import { scratchFolder } from '../support/scratch.ts';

const START_MS = Date.UTC(2026, 2, 28, 12);
const scratch = scratchFolder('simulate');

/** Lengths that are no whole milliseconds. */
const library = (size: number, artists: number, db: Db = openMemory()): Db =>
  moodyLibrary(db, size, artists, 400.0137).db;
const run = (db: Db, more: { days?: number; seed?: number; skips?: number } = {}) =>
  simulate({ db, startMs: START_MS, days: 1, seed: 1, ...more });

test('the same seed is the same radio, another one another; never silent, no cooldown broken', async () => {
  const first = await run(library(60, 12));
  assert.ok(first.plays > 150, `${first.plays} plays`);
  assert.deepEqual([first.silentMs, first.broken, first.skipped], [0, 0, 0]);
  assert.ok(first.relaxed > 0 && first.relaxed < first.plays, 'some cooldowns were shortened, not all');
  assert.equal(first.passages.played, 60);
  assert.deepEqual(await run(library(60, 12)), first);
  assert.notDeepEqual(await run(library(60, 12), { seed: 2 }), first);
});

test('with cooldowns that can be kept nothing is shortened, and each slot sounds more like itself than chance', async () => {
  const report = await run(library(800, 160));
  assert.deepEqual([report.relaxed, report.broken, report.silentMs], [0, 0, 0]);
  assert.equal(report.slots.length, 4);
  for (const { name, meanDistance, randomDistance } of report.slots)
    assert.ok(meanDistance < 0.8 * randomDistance, `${name}: ${meanDistance} of ${randomDistance}`);
});

test('what is skipped early does not come back next', async () => {
  const report = await run(library(200, 100), { skips: 0.2 });
  assert.ok(report.skipped > 0.1 * report.plays && report.skipped < 0.3 * report.plays, `${report.skipped}`);
  assert.equal(report.broken, 0, JSON.stringify(report.brokenExamples));
});

test('a radio that forgets what it has played is caught', async () => {
  const db = library(60, 12);
  db.exec(
    'CREATE TRIGGER forget AFTER UPDATE OF last_heard_ms ON songs BEGIN UPDATE songs SET last_heard_ms = NULL WHERE id = NEW.id; END',
  );
  const report = await run(db);
  assert.ok(report.broken > 0);
  assert.equal(report.brokenExamples[0]?.what, 'song');
});

test('a library without music is silent, and says for how long', async () => {
  const report = await run(openMemory());
  assert.deepEqual([report.plays, report.silentMs], [0, 86_400_000]);
});

test('in a silent timeslot it pauses, and goes on where it was; that silence was asked for', async () => {
  const db = library(200, 100);
  db.exec(`
    INSERT INTO settings VALUES ('time_zone', '"UTC"');
    INSERT INTO timeslots (name, start_minute, flavor, silent) VALUES
      ('night', 0, '{}', 1), ('day', 480, '{"local.energy":{"high":0.5,"low":0.5}}', 0)`);
  const report = await run(db, { days: 2 });
  assert.deepEqual([report.silentMs, report.broken], [0, 0]);
  // Both nights, but for the seconds of fading out.
  assert.ok(Math.abs(report.pausedMs - 16 * 3_600_000) < 120_000, `${report.pausedMs} ms`);
  const ends = db.prepare("SELECT count(*) FROM plays WHERE ended <> 'natural'").pluck().get();
  assert.equal(ends, 0, 'nothing was cut off');
  const playing = await run(library(200, 100), { days: 2 });
  const share = report.plays / playing.plays;
  assert.ok(share > 0.62 && share < 0.72, `plays two thirds as much: ${share}`);
});

test('it ends early when it is told to', async () => {
  const told: number[] = [];
  const report = await simulate({
    db: library(20, 20),
    startMs: START_MS,
    days: 5,
    seed: 1,
    onDay: async (days) => {
      told.push(days);
      return days < 2;
    },
  });
  assert.deepEqual([told, report.days], [[1, 2], 2]);
});

test('passages overlap and end when they would', () => {
  const timeline = createTimeline(0);
  const { emit, emitted } = recorder<PlayerVocabulary>();
  const settings = {
    globalCrossfadeTicks: 4 * 28_224_000,
    defaultCurve: 'linear',
    albumAware: true,
  } as const;
  const player = createSimulatedPlayer(timeline, emit, () => settings);
  const long = (passage: number) => playable({ passage, fileSeconds: 200 });
  const happened = () => emitted.splice(0).map(({ event }) => `${event} ${timeline.nowMs()}`);
  player.concept.actions.prepare({ entry: 1, playable: long(1) });
  player.step();
  assert.deepEqual(happened(), ['voiceStarted 0']);
  player.concept.actions.prepare({ entry: 2, playable: long(2) });
  for (const [atMs, events] of [
    [196_000, ['voiceStarted 196000']],
    [200_000, ['voiceEnded 200000']],
    [392_000 + 4000, ['voiceEnded 396000']],
  ] as const) {
    assert.equal(player.nextMs(), atMs);
    timeline.moveTo(atMs);
    player.step();
    assert.deepEqual(happened(), events);
  }
  assert.equal(player.nextMs(), Number.POSITIVE_INFINITY);
});

test('it plays from a copy, of an earlier version too; the library and its folder stay as they were', () => {
  const state = join(scratch, 'state');
  mkdirSync(state);
  const old = openStore({ stateDir: state, nowMs: 1, migrations: migrations.slice(0, 2) });
  if ('error' in old) assert.fail(old.message);
  addPassage(old.db);
  const path = join(state, 'segue.db');
  const copy = copyLibrary(path);
  if ('error' in copy) assert.fail(copy.message);
  copy.db.exec('DELETE FROM passage_songs; DELETE FROM passages');
  assert.equal(copy.db.prepare('SELECT count(*) FROM likes').pluck().get(), 0);
  assert.ok(existsSync(copy.db.name));
  copy.close();
  assert.ok(!existsSync(dirname(copy.db.name)));
  assert.equal(old.db.prepare('SELECT count(*) FROM passages').pluck().get(), 1);
  old.db.close();
  const none = copyLibrary(join(scratch, 'nothing', 'segue.db'));
  assert.ok('error' in none && none.error === 'NOT_FOUND' && /start Segue once/.test(none.message));
  assert.ok(!existsSync(join(scratch, 'nothing')));
});
