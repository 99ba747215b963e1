// Taste: what is said of songs and by whom, on disk; and what it sounds like together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTaste } from '../../../daemon/concepts/taste/taste.ts';
import type { Cycle } from '../../../daemon/policy/taste.ts';
import type { TasteVocabulary } from '../../../sync/vocabulary/taste.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage, setFlavor } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const mood = (yes: number) => ({ happy: { no: 1 - yes, yes } });

function fresh(options: { strength?: number; cycle?: Cycle } = {}) {
  const db = openMemory();
  const clock = handClock();
  const { emit, emitted } = recorder<TasteVocabulary>();
  const { strength = 0.25, cycle = 'none' } = options;
  const taste = createTaste({ db, clock, emit, strength: () => strength, cycle: () => cycle });
  const like = (passage: number, by = 'household', positionMs: number | null = null) =>
    taste.actions.like({ passage, positionMs, by });
  const dislike = (passage: number, by = 'household', forGood = false) =>
    taste.actions.dislike({ passage, positionMs: null, by, forGood });
  const bend = (atMs = clock.nowMs()) => taste.queries.bend({ atMs })[0];
  return { db, clock, emitted, ...taste, like, dislike, bend };
}

test('each says it for themselves, again is more, the opposite takes back, all of it together is told', () => {
  const { db, like, dislike, clock, emitted } = fresh();
  const passage = addPassage(db);
  assert.deepEqual(like(passage, 'ana'), { likes: 1, dislikes: 0 });
  assert.deepEqual(like(passage, 'ana'), { likes: 2, dislikes: 0 });
  assert.deepEqual(dislike(passage, 'bo'), { likes: 2, dislikes: 1 });
  assert.deepEqual(dislike(passage, 'ana'), { likes: 1, dislikes: 1 });
  clock.pass(6 * MINUTE);
  assert.deepEqual(dislike(passage, 'ana'), { likes: 1, dislikes: 2 });
  assert.deepEqual(
    emitted.map(({ payload }) => (payload as { dislikes: boolean }).dislikes),
    [false, false, true, false, true],
  );
});

test('taken back it is gone, for that person alone; twice is no fault', () => {
  const { db, like, actions, emitted } = fresh();
  const passage = addPassage(db);
  like(passage, 'ana');
  like(passage, 'bo');
  emitted.length = 0;
  const back = { passage, opinion: 'like', by: 'ana' } as const;
  assert.deepEqual(actions.takeBack(back), { likes: 1, dislikes: 0 });
  assert.deepEqual(actions.takeBack(back), { likes: 1, dislikes: 0 });
  assert.deepEqual(actions.takeBack({ ...back, opinion: 'dislike' }), { likes: 1, dislikes: 0 });
  assert.equal(emitted.length, 1);
});

test('for good is told so, takes no like back, and is taken back like any other', () => {
  const { db, like, dislike, queries, actions } = fresh();
  const passage = addPassage(db);
  like(passage, 'ana');
  assert.deepEqual(dislike(passage, 'ana', true), { likes: 1, dislikes: 1 });
  const isForGood = () => queries.all({ limit: 1 })[0]?.forGood;
  assert.equal(isForGood(), true);
  actions.takeBack({ passage, opinion: 'dislike', by: 'ana' });
  assert.equal(isForGood(), false);
});

test('of several songs the one that sounds counts twice, those to come not at all', () => {
  const { db, like, queries } = fresh();
  const passage = addPassage(db, { seconds: 300 });
  for (const [at, key] of [
    [100, 'second'],
    [200, 'third'],
  ] as const) {
    const song = db.prepare('INSERT INTO songs (key, title) VALUES (?, ?)').run(key, key).lastInsertRowid;
    db.prepare('INSERT INTO passage_songs (passage, song, from_ticks) VALUES (?, ?, ?)').run(
      passage,
      song,
      at * 28_224_000,
    );
  }
  like(passage, 'ana', 150_000);
  const weights = () => queries.all({ limit: 10 }).map(({ title, likes }) => [title, likes]);
  assert.deepEqual(weights(), [
    ['Title 1', 1 / 3],
    ['second', 2 / 3],
  ]);
  like(passage, 'bo');
  assert.deepEqual(
    weights().map(([, likes]) => Number(likes).toFixed(3)),
    ['0.667', '1.000', '0.333'],
  );
});

test('what is liked has a flavor: the mean by weight of what is known by its sound', () => {
  const { db, like, dislike, bend, actions } = fresh();
  const loud = addPassage(db, { flavor: mood(1) });
  const quiet = addPassage(db, { flavor: mood(0) });
  const unknown = addPassage(db);
  assert.equal(bend(), undefined);
  like(unknown);
  dislike(quiet);
  assert.equal(bend(), undefined);
  like(loud);
  like(loud);
  like(loud);
  assert.deepEqual(bend(), { flavor: mood(1), strength: 0.25 });
  like(quiet, 'bo');
  assert.deepEqual(bend(), { flavor: mood(0.75), strength: 0.25 });
  // A better source says otherwise, once the library is read again.
  setFlavor(db, loud, mood(0), 'user');
  assert.deepEqual(bend()?.flavor, mood(0.75));
  actions.reread({});
  assert.deepEqual(bend()?.flavor, mood(0));
});

test('with a cycle, what was liked at this time of the day counts more', () => {
  const { db, like, clock, bend } = fresh({ cycle: 'day' });
  const [morning, evening] = [addPassage(db, { flavor: mood(1) }), addPassage(db, { flavor: mood(0) })];
  const startMs = clock.nowMs();
  like(morning);
  clock.pass(12 * HOUR);
  like(evening);
  assert.deepEqual(bend(startMs)?.flavor, mood(1));
  assert.deepEqual(bend(startMs + 12 * HOUR)?.flavor, mood(0));
  assert.deepEqual(bend(startMs + 6 * HOUR)?.flavor, mood(0.5));
});

test('strength 0 bends nothing; no passage, no song are said', () => {
  const { db, like, bend, actions } = fresh({ strength: 0 });
  like(addPassage(db, { flavor: mood(1) }));
  assert.equal(bend(), undefined);
  const error = (answer: object) => ('error' in answer ? answer.error : 'none');
  assert.equal(error(like(99)), 'NO_SUCH_PASSAGE');
  assert.equal(error(like(addPassage(db, { song: null }))), 'NO_SONG');
  assert.equal(error(actions.takeBack({ passage: 99, opinion: 'like', by: 'x' })), 'NO_SUCH_PASSAGE');
});
