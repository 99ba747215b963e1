// What others measured of recordings, over a real database in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { MeasuredRecording } from '../../../sync/vocabulary/library.ts';
import { setFlavor } from '../../support/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const mood = (happy: number): Flavor => ({ mood_happy: { happy, not_happy: 1 - happy } });
const measured = (more: Partial<MeasuredRecording>): MeasuredRecording => ({
  recording: null,
  artist: null,
  title: null,
  flavor: mood(0.75),
  ...more,
});

type Learnt = { byId: number; byName: number; unknown: number; unsound: number };

function fresh() {
  const library = openLibrary();
  library.actions.addFolder({ path: '/music' });
  const add = (path: string, tags: Parameters<typeof fileOf>[1]) =>
    library.actions.addFiles({ files: [fileOf(path, tags)] });
  const learn = (recordings: readonly MeasuredRecording[], byName = false) =>
    library.actions.learnFlavors({ recordings, byName }) as Learnt;
  const happy = (passage: number) => library.queries.flavor({ passage })[0]?.flavor.mood_happy?.happy ?? null;
  return { ...library, add, learn, happy };
}

test('a recording is found by its id in any case, and is believed before what was measured here', () => {
  const { db, add, learn, happy, events } = fresh();
  add('a.flac', { tags: { recordingMbid: A } });
  setFlavor(db, 1, mood(0.1));
  events.length = 0;
  const answer = learn([measured({ recording: A.toUpperCase() }), measured({ recording: B })]);
  assert.deepEqual(answer, { byId: 1, byName: 0, unknown: 1, unsound: 0 });
  assert.equal(happy(1), 0.75);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['changed'],
  );
  learn([measured({ recording: A, flavor: mood(0.5) })]);
  assert.equal(happy(1), 0.5);
  const odd = measured({ recording: A, flavor: { mood_happy: { happy: 0.5, not_happy: 0.25 } } });
  assert.deepEqual(learn([odd]), { byId: 1, byName: 0, unknown: 0, unsound: 1 });
  const labels = db.prepare("SELECT labels FROM characteristics WHERE name = 'mood_happy'").pluck().get();
  assert.equal(labels, '["happy","not_happy"]');
});

test('names are asked for only where no id is known, and only on request', () => {
  const { add, learn, happy, events } = fresh();
  add('a.flac', { tags: { artists: ['Björk'], title: 'Jóga' } });
  add('b.flac', { tags: { artists: ['Bjork', 'Other'], title: 'Joga!', recordingMbid: A } });
  add('c.flac', { tags: { artists: ['Björk'], title: 'Hunter' } });
  const named = measured({ recording: B, artist: 'BJÖRK', title: 'joga' });
  events.length = 0;
  assert.deepEqual(learn([named]), { byId: 0, byName: 0, unknown: 1, unsound: 0 });
  assert.equal(events.length, 0);
  assert.deepEqual(learn([named], true), { byId: 0, byName: 1, unknown: 0, unsound: 0 });
  assert.deepEqual([happy(1), happy(2), happy(3)], [0.75, 0.75, null]);
  assert.deepEqual(learn([measured({ artist: 'Nobody', title: 'joga' })], true).unknown, 1);
  assert.deepEqual(learn([measured({ title: 'joga' })], true).unknown, 1);
});

test('what is known of a song holds for files that come later, and not for what a file is no longer', () => {
  const { add, learn, happy } = fresh();
  add('a.flac', { tags: { recordingMbid: A } });
  learn([measured({ recording: A })]);
  add('b.flac', { tags: { recordingMbid: A } });
  assert.equal(happy(2), 0.75);
  add('a.flac', { tags: { recordingMbid: B } });
  assert.equal(happy(1), null);
});

test('a passage of several songs is like all of them, by how long each sounds', () => {
  const { db, add, learn, happy } = fresh();
  add('a.flac', { tags: { recordingMbid: A } });
  add('b.flac', { tags: { recordingMbid: B } });
  const quarter = 50 * 28_224_000;
  db.prepare('UPDATE passage_songs SET to_ticks = ? WHERE passage = 1').run(quarter);
  db.prepare('INSERT INTO passage_songs (passage, song, from_ticks) VALUES (1, 2, ?)').run(quarter);
  learn([measured({ recording: A, flavor: mood(1) }), measured({ recording: B, flavor: mood(0) })]);
  assert.ok(Math.abs((happy(1) ?? 0) - 0.25) < 1e-9, String(happy(1)));
  assert.equal(happy(2), 0);
});

test('forgotten, what was measured here is believed again', () => {
  const { db, add, learn, happy, actions } = fresh();
  add('a.flac', { tags: { recordingMbid: A } });
  setFlavor(db, 1, mood(0.1));
  learn([measured({ recording: A })]);
  assert.deepEqual(actions.forgetFlavors({}), { songs: 1 });
  assert.equal(happy(1), 0.1);
  assert.deepEqual(actions.forgetFlavors({}), { songs: 0 });
});
