import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirector } from '../../../daemon/concepts/director/director.ts';
import { candidatesOf } from '../../../daemon/concepts/director/select.ts';
import { DEFAULT_COOLDOWNS } from '../../../daemon/policy/cooldown.ts';
import type { DirectorVocabulary, Flavor, SelectionFacts } from '../../../sync/vocabulary/director.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';

/** Of how many: 10,000 takes half a minute. */
const REACHED = Number(process.env.SEGUE_REACHED ?? 2000);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const mood = (happy: number): Flavor => ({ happy: { no: 1 - happy, yes: happy } });

const NONE = { minMs: 0, rampMs: 0 };

function fresh(options: { relax?: boolean; cooldowns?: boolean; overlapMs?: number } = {}) {
  const db = openMemory();
  const clock = handClock();
  const { emit, emitted } = recorder<DirectorVocabulary>();
  let seed = 100;
  const director = createDirector({
    db,
    clock,
    emit,
    newSeed: () => seed++,
    relaxCooldowns: () => options.relax ?? true,
    overlapMs: () => options.overlapMs ?? 0,
    cooldownDefaults: () =>
      options.cooldowns === false ? { song: NONE, artist: NONE, work: NONE } : DEFAULT_COOLDOWNS,
  });
  const ask = (more: Partial<DirectorVocabulary['actions']['select']['input']> = {}) =>
    director.actions.select({
      targetAtMs: clock.nowMs(),
      queued: [],
      targetName: 'day',
      target: mood(1),
      targetKind: 'timeslot',
      mustPlay: false,
      ...more,
    }) as Exclude<ReturnType<typeof director.actions.select>, Promise<unknown>>;
  const facts = (more = {}): SelectionFacts => {
    const answer = ask(more);
    if (!('selection' in answer)) return assert.fail(JSON.stringify(answer));
    const [row] = director.queries.facts({ selection: answer.selection });
    return row ?? assert.fail('no facts');
  };
  /** A play of a song, or of one by that artist or of that work; null: nothing that credits anybody. */
  const play = (songs: string | null, id = 0) => {
    const row = db.prepare(
      'INSERT INTO plays (entry, passage, started_at_ms) SELECT coalesce(max(entry), 0) + 1, 1, 0 FROM plays',
    );
    const number = row.run().lastInsertRowid;
    if (songs !== null)
      db.prepare(`INSERT INTO song_plays (play, song, at_ms) ${songs}`).run(number, clock.nowMs(), id);
    return number;
  };
  const songsOf = {
    songs: 'SELECT ?, id, ? FROM songs WHERE id = ?',
    artists: 'SELECT ?, min(song), ? FROM song_artists WHERE artist = ?',
    works: 'SELECT ?, min(song), ? FROM song_works WHERE work = ?',
  };
  const heard = (table: keyof typeof songsOf, id: number, agoMs: number) => {
    db.prepare(`UPDATE ${table} SET last_heard_ms = ? WHERE id = ?`).run(clock.nowMs() - agoMs, id);
    play(songsOf[table], id);
  };
  return { db, clock, director, emitted, ask, facts, heard, play };
}

test('an empty library, one without songs, and one where nothing may play each say so', () => {
  const { db, ask, director, emitted } = fresh();
  const reason = () => {
    director.actions.reload({});
    const answer = ask();
    return 'error' in answer ? answer.error : 'chosen';
  };
  assert.equal(reason(), 'NO_PASSAGES');
  addPassage(db, { song: null });
  assert.equal(reason(), 'NO_SONGS');
  addPassage(db, { base: 0 });
  assert.equal(reason(), 'ALL_EXCLUDED');
  assert.deepEqual(director.queries.state({}), [{ paused: false, reason: 'ALL_EXCLUDED', freeAtMs: null }]);
  addPassage(db);
  assert.equal(reason(), 'chosen');
  assert.deepEqual(director.queries.state({}), [{ paused: false, reason: null, freeAtMs: null }]);
  assert.deepEqual(
    emitted.map(({ event }) => event).filter((event) => event !== 'loaded'),
    ['nothingLeft', 'nothingLeft', 'nothingLeft', 'selected'],
  );
});

test('each passage is counted once: chosen from, or dropped for one reason', () => {
  const { db, facts, heard, director } = fresh();
  addPassage(db, { state: 'missing' });
  addPassage(db, { state: 'broken', song: null });
  addPassage(db, { song: null });
  addPassage(db, { base: 0 });
  const queued = addPassage(db);
  addPassage(db, { song: 'heard' });
  heard('songs', 4, DAY);
  const free = [addPassage(db), addPassage(db)];
  const row = facts({ queued: [queued] });
  assert.deepEqual(row.dropped, { queued: 1, cooldown: 1, broken: 1, missing: 1, noSong: 1, zeroBase: 1 });
  assert.equal(row.eligible, 2);
  assert.deepEqual(row.candidates.map(({ passage }) => passage).sort(), free);
  assert.deepEqual(director.queries.eligible({}), [{ count: 4 }]);
});

test('a file that is silent throughout has no song in it; one that was not measured may have', () => {
  const { db, facts } = fresh();
  const [silent, quiet, unknown] = [addPassage(db), addPassage(db), addPassage(db)];
  db.prepare('UPDATE files SET peak_db = -78 WHERE id = ?').run(silent);
  db.prepare('UPDATE files SET peak_db = -59 WHERE id = ?').run(quiet);
  const row = facts();
  assert.deepEqual([row.eligible, row.dropped.noSong], [2, 1]);
  assert.deepEqual(row.candidates.map(({ passage }) => passage).sort(), [quiet, unknown]);
});

test('the nearest hundred, nearest first, and the weight decides alone among them', () => {
  const { db, facts } = fresh();
  for (let n = 0; n < 850; n += 1) addPassage(db, { flavor: mood(n / 850), base: n === 849 ? 3 : 1 });
  const row = facts();
  assert.equal(row.candidates.length, 100);
  assert.equal(row.eligible, 850);
  assert.deepEqual(
    row.candidates.map(({ passage }) => passage),
    Array.from({ length: 100 }, (_, i) => 850 - i),
  );
  assert.equal(row.candidates[0]?.weight, 3);
  assert.ok(Math.abs((row.candidates[1]?.distance ?? 0) - ((2 / 850) ** 2 + 1) / 2) < 1e-6);
});

test('of a small library the nearest eighth of what is free, never fewer than five where there are five', () => {
  const free = [1, 4, 5, 40, 41, 80, 799, 800, 10_000];
  assert.deepEqual(free.map(candidatesOf), [5, 5, 5, 5, 6, 10, 100, 100, 100]);
  const { db, facts } = fresh();
  for (let n = 0; n < 60; n += 1) addPassage(db, { flavor: mood(n / 60) });
  assert.deepEqual(
    facts().candidates.map(({ passage }) => passage),
    [60, 59, 58, 57, 56, 55, 54, 53],
  );
});

test('without any flavor everything is at distance 1, in an order of the seed', () => {
  const { db, facts } = fresh();
  for (let n = 0; n < 120; n += 1) addPassage(db);
  const [a, b] = [facts({ seed: 1 }), facts({ seed: 2 })];
  assert.ok(a.candidates.every(({ distance }) => distance === 1));
  const order = ({ candidates }: SelectionFacts) => candidates.map(({ passage }) => passage);
  assert.notDeepEqual(order(a), order(b));
  assert.notDeepEqual([...order(a)].sort(), [...order(b)].sort());
  assert.deepEqual(order(a), order(facts({ seed: 1 })));
});

test('without flavors and cooldowns everything is reached: a fifth at most is left after two choices for each', () => {
  const { db, director, clock } = fresh({ cooldowns: false });
  db.transaction(() => {
    for (let n = 0; n < REACHED; n += 1) addPassage(db);
  })();
  const played = new Set<number>();
  for (let n = 0; n < 2 * REACHED; n += 1) {
    const answer = director.actions.select({
      targetAtMs: clock.nowMs(),
      queued: [],
      targetName: 'day',
      target: mood(1),
      targetKind: 'timeslot',
      mustPlay: false,
      // As they come from a machine's generator: not one after the other.
      seed: Math.imul(n + 1, 0x9e3779b1) >>> 0,
    });
    assert.ok('passage' in answer);
    played.add(answer.passage);
  }
  assert.ok(played.size > 0.8 * REACHED, `${played.size} of ${REACHED}`);
});

test('song, artist and work cool down together, at the target time', () => {
  const { db, facts, heard, clock } = fresh();
  addPassage(db, { artist: 'A', work: 'W' });
  addPassage(db, { artist: 'B' });
  heard('songs', 1, 14 * DAY);
  heard('artists', 1, 4 * HOUR);
  heard('works', 1, 3 * DAY + 3.5 * DAY);
  const of = (row: SelectionFacts) => row.candidates.find(({ passage }) => passage === 1)?.cooldown;
  assert.equal(of(facts()), 0.5 * 0.5 * 0.5);
  assert.equal(
    of(facts({ targetAtMs: clock.nowMs() + HOUR })),
    Math.round(1e6 * (0.5 + 1 / 336) * 0.75 * (0.5 + 1 / 168)) / 1e6,
  );
});

test('what is queued counts as heard when it will have been', () => {
  const { db, facts, clock } = fresh();
  const queued = addPassage(db, { artist: 'A', seconds: 3600 });
  const last = addPassage(db, { artist: 'C', seconds: 3 * 3600 });
  const same = addPassage(db, { artist: 'A' });
  const other = addPassage(db, { artist: 'B' });
  const row = facts({ queued: [queued, last], targetAtMs: clock.nowMs() + 4 * HOUR });
  // A ends an hour from now, so at the target time it is three hours old: a quarter up its ramp.
  assert.equal(row.candidates.find(({ passage }) => passage === same)?.cooldown, 0.25);
  assert.equal(row.candidates.find(({ passage }) => passage === other)?.cooldown, 1);
  assert.equal(
    facts().candidates.find(({ passage }) => passage === same)?.cooldown,
    1,
    'and is forgotten after',
  );
});

test('what is queued overlaps, so that it ends later than if one came after the other', () => {
  const inCooldown = (overlapMs: number) => {
    const { db, facts, clock } = fresh({ overlapMs });
    const queued = addPassage(db, { artist: 'A', seconds: 3600 });
    const last = addPassage(db, { artist: 'C', seconds: 2 * 3600 + 6 });
    addPassage(db, { artist: 'A' });
    addPassage(db, { artist: 'B' });
    return facts({ queued: [queued, last], targetAtMs: clock.nowMs() + 3 * HOUR }).dropped.cooldown;
  };
  // Two hours and six seconds before the target A has ended; with two overlaps of four seconds it is two hours less two.
  assert.equal(inCooldown(0), 0);
  assert.equal(inCooldown(4000), 1);
});

test('a heard song is noticed without a reload, a broken file too', () => {
  const { db, facts, heard } = fresh();
  for (let n = 0; n < 4; n += 1) addPassage(db);
  assert.equal(facts().eligible, 4);
  heard('songs', 2, 1000);
  db.prepare("UPDATE files SET state = 'broken' WHERE id = 3").run();
  const row = facts();
  assert.deepEqual([row.eligible, row.dropped.cooldown, row.dropped.broken], [2, 1, 1]);
});

test('what was heard before the calendar clock was set back is noticed too', () => {
  const { db, facts, heard, clock } = fresh();
  for (let n = 0; n < 4; n += 1) addPassage(db);
  facts();
  clock.set(clock.nowMs() - 300 * DAY);
  clock.pass(5000);
  heard('songs', 2, 1000);
  assert.equal(facts().dropped.cooldown, 1);
});

test('what is credited to a play that began long before the last choice is noticed, however many came between', () => {
  const { db, facts, play } = fresh();
  for (let n = 0; n < 4; n += 1) addPassage(db);
  for (let n = 0; n < 300; n += 1) play(null);
  const begun = play(null);
  facts();
  for (let n = 0; n < 200; n += 1) play(null);
  db.prepare('INSERT INTO song_plays (play, song, at_ms) VALUES (?, 3, 5)').run(begun);
  db.exec(`UPDATE songs SET last_heard_ms = ${Date.now()} WHERE id = 3`);
  assert.equal(facts().dropped.cooldown, 1);
});

test('with nothing free, cooldowns shrink until five are free, and the facts say by how much', () => {
  const { db, facts, heard } = fresh();
  for (let n = 1; n <= 20; n += 1) {
    addPassage(db);
    heard('songs', n, n * 0.25 * DAY);
  }
  // Half of the minimum is 3.5 d: those heard 3.75 to 5 d ago are free, six of them.
  const row = facts();
  assert.equal(row.relaxedTo, 0.5);
  assert.equal(row.eligible, 6);
  assert.equal(row.dropped.cooldown, 14);
});

test('when no scale helps, the least recently heard song plays', () => {
  const { db, facts, heard } = fresh();
  for (let n = 1; n <= 20; n += 1) {
    addPassage(db);
    heard('songs', n, 60_000 + (n === 13 ? 1 : 0));
  }
  const row = facts();
  assert.deepEqual([row.passage, row.relaxedTo, row.eligible, row.candidates.length], [13, 0, 0, 1]);
});

test('without relaxing, it says when the first one is free', () => {
  const { db, ask, heard, clock, director } = fresh({ relax: false });
  for (let n = 1; n <= 3; n += 1) {
    addPassage(db);
    heard('songs', n, n * DAY);
  }
  const answer = ask({ mustPlay: true });
  assert.ok('error' in answer && answer.error === 'ALL_IN_COOLDOWN');
  assert.equal(answer.freeAtMs, clock.nowMs() + 4 * DAY + 1);
  clock.pass(4 * DAY + 1);
  assert.ok('selection' in ask());
  assert.equal(director.queries.state({})[0]?.reason, null);
});

test('a library that is all queued repeats the oldest when something must play, and only then', () => {
  const { db, ask, facts, heard } = fresh();
  const p = [addPassage(db), addPassage(db)];
  heard('songs', 2, HOUR);
  const without = ask({ queued: p });
  assert.ok('error' in without && without.error === 'ALL_EXCLUDED');
  const row = facts({ queued: p, mustPlay: true });
  assert.equal(row.passage, p[0], 'the one that will have sounded first');
  assert.deepEqual([row.relaxedTo, row.dropped.queued], [0, 2]);
});

test('the third failure within a minute pauses for ten; time or a person ends it', () => {
  const { db, director, ask, clock, emitted } = fresh();
  addPassage(db);
  const fail = () => director.actions.noteFailure({ passage: 1 });
  fail();
  clock.pass(30_000);
  fail();
  clock.pass(30_000);
  assert.deepEqual(fail(), { failures: 2, paused: false });
  assert.deepEqual(fail(), { failures: 3, paused: true });
  const answer = ask({ mustPlay: true });
  assert.ok('error' in answer && answer.error === 'PAUSED' && answer.freeAtMs === clock.nowMs() + 600_000);
  assert.deepEqual(director.queries.state({})[0]?.reason, 'PAUSED');
  assert.equal(emitted.filter(({ event }) => event === 'nothingLeft').length, 1);
  clock.pass(600_000);
  assert.ok('selection' in ask());
  fail();
  fail();
  fail();
  assert.deepEqual(director.actions.resumeAfterFailures({}), { wasPaused: true });
  assert.ok('selection' in ask());
});

test('a stored selection replays to the same choice, and a changed one does not match', () => {
  const { db, director, ask, heard } = fresh();
  for (let n = 1; n <= 300; n += 1) {
    addPassage(db, n % 3 === 0 ? {} : { flavor: mood((n % 7) / 7), base: 1 + (n % 5) });
    if (n % 4 === 0) heard('songs', n, n * 0.1 * DAY);
  }
  for (let n = 0; n < 50; n += 1) {
    const answer = ask();
    assert.ok('selection' in answer);
    assert.deepEqual(director.queries.replay(answer), [{ passage: answer.passage, matches: true }]);
  }
  db.prepare('UPDATE selections SET seed = seed + 1 WHERE id = 1').run();
  assert.equal(director.queries.replay({ selection: 1 })[0]?.matches, false);
  assert.deepEqual(director.queries.facts({ selection: 999 }), []);
});

test('the same seed on the same library chooses the same, also after a reload', () => {
  const { db, facts, director } = fresh();
  for (let n = 0; n < 200; n += 1) addPassage(db, { flavor: mood((n % 10) / 10) });
  const first = facts({ seed: 77 });
  director.actions.reload({});
  const second = facts({ seed: 77 });
  assert.deepEqual({ ...second, selection: 0 }, { ...first, selection: 0 });
});

test('several songs: the base is their mean by duration, the cooldown the lowest', () => {
  const { db, facts, heard, director } = fresh();
  const medley = addPassage(db, { seconds: 100, base: 4 });
  addPassage(db, { base: 0.5 });
  const ticks = 28_224_000;
  db.prepare('UPDATE passage_songs SET to_ticks = ? WHERE passage = ?').run(25 * ticks, medley);
  db.prepare('INSERT INTO passage_songs VALUES (?, 2, ?, NULL)').run(medley, 25 * ticks);
  heard('songs', 2, 14 * DAY);
  director.actions.reload({});
  const row = facts().candidates.find(({ passage }) => passage === medley);
  assert.deepEqual([row?.base, row?.cooldown], [4 * 0.25 + 0.5 * 0.75, 0.5]);
});

test('several artists: the base is their mean by share, the cooldown the lowest', () => {
  const { db, facts, heard } = fresh();
  const duet = addPassage(db, { artist: 'A' });
  db.prepare("INSERT INTO artists (key, name, base) VALUES ('b', 'B', 3)").run();
  db.prepare('UPDATE song_artists SET weight = 0.25').run();
  db.prepare('INSERT INTO song_artists VALUES (1, 2, 0.75, 1)').run();
  heard('artists', 2, 3 * HOUR);
  const row = facts().candidates.find(({ passage }) => passage === duet);
  assert.deepEqual([row?.base, row?.cooldown], [1 * 0.25 + 3 * 0.75, 0.25]);
});

test('what is set aside is not chosen, also after a reload, until the same name says otherwise', () => {
  const { db, director, ask, facts } = fresh();
  const [a, b] = [addPassage(db, { base: 3 }), addPassage(db)];
  const aside = (name: string, passages: number[]) => director.actions.setAside({ name, passages });
  assert.deepEqual(aside('x', [a, 999]), { passages: 2, changed: true });
  assert.deepEqual(aside('x', [a, 999]), { passages: 2, changed: false });
  assert.equal(facts().passage, b);
  assert.equal(facts().dropped.zeroBase, 1);
  director.actions.reload({});
  assert.equal(facts().passage, b);
  aside('y', [a, b]);
  assert.deepEqual(director.queries.eligible({}), [{ count: 0 }]);
  const answer = ask();
  assert.equal('error' in answer && answer.error, 'ALL_EXCLUDED');
  aside('y', []);
  aside('x', []);
  assert.deepEqual(director.queries.eligible({}), [{ count: 2 }]);
  assert.equal(facts().candidates.find(({ passage }) => passage === a)?.base, 3);
});

test('each dislike halves what it is about from the next choice on, and is in the facts', () => {
  const { db, director, facts } = fresh();
  const [disliked, other] = [addPassage(db, { base: 4 }), addPassage(db)];
  director.actions.reload({});
  const dislike = (weight: number) =>
    db
      .prepare("INSERT INTO likes (person, song, kind, weight, at_ms) VALUES ('ana', 1, 'dislike', ?, 0)")
      .run(weight);
  const bases = () => facts().candidates.map(({ passage, base }) => [passage, base]);
  const sorted = () => bases().sort(([a = 0], [b = 0]) => a - b);
  dislike(1);
  assert.deepEqual(sorted(), [
    [disliked, 4],
    [other, 1],
  ]);
  assert.deepEqual(director.actions.reweigh({}), { disliked: 1 });
  dislike(2);
  assert.deepEqual(sorted()[0], [disliked, 2]);
  // Set aside meanwhile it stays so, and comes back with what it weighs by then.
  director.actions.setAside({ name: 'x', passages: [disliked] });
  director.actions.reweigh({});
  assert.deepEqual(sorted(), [[other, 1]]);
  director.actions.setAside({ name: 'x', passages: [] });
  assert.deepEqual(sorted()[0], [disliked, 0.5]);
  director.actions.reload({});
  assert.deepEqual(sorted()[0], [disliked, 0.5]);
  for (let n = 0; n < 100; n++) {
    const row = facts();
    assert.equal(row.dislikes, row.passage === disliked ? 3 : 0);
  }
});

test('what is disliked for good is dropped, and comes back when that is taken back', () => {
  const { db, director, facts } = fresh();
  const [, other] = [addPassage(db), addPassage(db)];
  director.actions.reload({});
  db.prepare(
    "INSERT INTO likes (person, song, kind, weight, at_ms, for_good) VALUES ('ana', 1, 'dislike', 1, 0, 1)",
  ).run();
  assert.deepEqual(director.actions.reweigh({}), { disliked: 1 });
  const row = facts();
  assert.deepEqual([row.passage, row.dropped.zeroBase, row.candidates.length], [other, 1, 1]);
  db.prepare('DELETE FROM likes').run();
  assert.deepEqual(director.actions.reweigh({}), { disliked: 0 });
  assert.equal(facts().candidates.length, 2);
});

test('what is liked bends the target, is in the facts, and replays', () => {
  const { db, director, facts } = fresh();
  const [sad, happy] = [addPassage(db, { flavor: mood(0.2) }), addPassage(db, { flavor: mood(1) })];
  const order = (row: SelectionFacts) => row.candidates.map(({ passage }) => passage);
  const aimed = { target: mood(0.3) };
  assert.deepEqual(order(facts(aimed)), [sad, happy]);
  const bent = facts({ ...aimed, taste: { flavor: mood(1), strength: 0.75 } });
  assert.deepEqual(order(bent), [happy, sad]);
  assert.equal(bent.tasteStrength, 0.75);
  assert.ok(Math.abs((bent.target.flavor.happy?.yes ?? 0) - 0.825) < 1e-12);
  assert.equal(director.queries.replay({ selection: bent.selection })[0]?.matches, true);
  assert.equal(facts(aimed).tasteStrength, 0);
});
