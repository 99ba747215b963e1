// Passages that are parts of a file: where they lie, what they are called, and what becomes of them when the sheet changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsToTicks } from '../../../audio/ticks.ts';
import { loadCatalogue } from '../../../daemon/concepts/director/load.ts';
import { NOTHING_MEASURED } from '../../../daemon/policy/local-flavor.ts';
import type { AnalysedFile } from '../../../sync/vocabulary/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

const s = secondsToTicks;
const parts = (...starts: number[]) =>
  starts.map((start, i) => ({
    part: i + 1,
    title: `Track ${i + 1}`,
    artist: i === 1 ? 'A Guest' : 'The Band',
    startTicks: s(start),
    endTicks: starts[i + 1] === undefined ? null : s(starts[i + 1] as number),
  }));

function fresh() {
  const library = openLibrary();
  library.actions.addFolder({ path: '/music' });
  const put = (divided: ReturnType<typeof parts> | null) =>
    library.actions.addFiles({
      files: [
        fileOf('album.flac', {
          parts: divided,
          tags: { title: null, album: 'The Album', artists: ['The Band'] },
        }),
      ],
    });
  const shown = () =>
    library.queries
      .search({ text: '', limit: 50 })
      .map(({ passage, title, artist, durationMs }) => [passage, title, artist, durationMs / 1000]);
  return { ...library, put, shown };
}

test('each part is a passage with its own name, and they follow each other to the tick', () => {
  const { put, shown, queries } = fresh();
  put(parts(0, 60, 150));
  assert.deepEqual(shown(), [
    [1, 'Track 1', 'The Band', 60],
    [2, 'Track 2', 'A Guest', 90],
    [3, 'Track 3', 'The Band', 50],
  ]);
  const points = [1, 2, 3].map((passage) => queries.playable({ passage })[0]);
  assert.deepEqual(
    points.map((each) => [each?.points.startTicks, each?.points.endTicks, each?.track]),
    [
      [0, s(60), 1],
      [s(60), s(150), 2],
      [s(150), s(200), 3],
    ],
  );
  assert.deepEqual(points[1]?.part, { startTicks: s(60), endTicks: s(150) });
  assert.deepEqual(points[2]?.part, { startTicks: s(150), endTicks: s(200) });
  assert.equal(new Set(points.map((each) => each?.album)).size, 1);
  assert.deepEqual(queries.albumOf({ passage: 2 })[0]?.passages, [1, 2, 3]);
  assert.deepEqual(
    queries.search({ text: 'guest', limit: 5 }).map(({ passage }) => passage),
    [2],
  );
});

test('a sheet that comes later divides what was one passage, and when it goes that is back', () => {
  const { db, put, shown, queries } = fresh();
  put(null);
  assert.deepEqual(shown(), [[1, 'album', 'The Band', 200]]);
  put(parts(0, 100));
  assert.deepEqual(
    shown().map(([passage]) => passage),
    [2, 3],
  );
  assert.deepEqual(queries.playable({ passage: 1 }), [], 'what is queued of it is passed over');
  assert.equal(queries.card({ passage: 1 })[0]?.state, 'missing', 'the history still knows it');
  assert.deepEqual(
    queries.search({ text: 'album', limit: 5 }).map(({ passage }) => passage),
    [2, 3],
  );
  assert.deepEqual([...loadCatalogue(db).state], [1, 0, 0]);
  assert.equal(queries.counts({})[0]?.passages, 2);
  put(null);
  assert.deepEqual(
    shown().map(([passage]) => passage),
    [1],
  );
  put(parts(0, 100));
  assert.deepEqual(
    shown().map(([passage]) => passage),
    [2, 3],
    'the same rows as before',
  );
});

test('other starts move the parts; one part less retires the last', () => {
  const { put, shown } = fresh();
  put(parts(0, 60, 150));
  put(parts(0, 70));
  assert.deepEqual(
    shown().map(([passage, , , seconds]) => [passage, seconds]),
    [
      [1, 70],
      [2, 130],
    ],
  );
});

test('each has its own loudness, music and flavor; when the sheet goes, the file has what is its own', () => {
  const { put, queries, actions, db } = fresh();
  const analysis = (lufs: number, from: number, to: number) => ({
    loudnessLufs: lufs,
    truePeakDb: lufs + 8,
    content: { startTicks: s(from), leadInTicks: s(from), leadOutTicks: s(to), endTicks: s(to) },
    measures: { ...NOTHING_MEASURED, levelDb: lufs },
  });
  const analyse = (own: AnalysedFile['parts']) =>
    actions.setAnalysis({
      files: [
        {
          ...{
            folder: 1,
            path: 'album.flac',
            durationTicks: s(200),
            peakDb: -2,
            audioKey: null,
            remark: null,
          },
          ...{ ...analysis(-14, 0, 200), parts: own, flavorVersion: 2, analysisVersion: 1 },
        },
      ],
    });
  const shown = () =>
    queries.search({ text: '', limit: 9 }).map(({ passage }) => {
      const [playable] = queries.playable({ passage });
      return [playable?.points.startTicks, playable?.points.endTicks, playable?.gainDb];
    });
  put(parts(0, 60, 150));
  analyse([
    { part: 1, ...analysis(-20, 0, 58) },
    { part: 2, ...analysis(-12, 61, 150) },
    // Nothing of it is loud enough.
    { part: 3, ...analysis(-80, 150, 200), loudnessLufs: null, content: null },
  ]);
  assert.deepEqual(shown(), [
    [0, s(58), 4],
    [s(61), s(150), -4],
    [s(150), s(200), -2],
  ]);
  const levels = db.prepare('SELECT passage, level_db FROM measures ORDER BY passage').raw().all();
  assert.deepEqual(levels, [
    [1, -20],
    [2, -12],
    [3, -80],
  ]);
  put(null);
  analyse(null);
  assert.deepEqual(shown(), [[0, s(200), -2]]);
});

test('what a tag says of all of the file is not what a part needs', () => {
  const { queries, actions } = fresh();
  const tags = { title: null, album: 'The Album', artists: ['The Band'], replayGainTrackDb: -9 };
  actions.addFiles({ files: [fileOf('album.flac', { parts: parts(0, 100), tags })] });
  const gains = () => [1, 2].map((passage) => queries.playable({ passage })[0]?.gainDb);
  assert.deepEqual(gains(), [-7, -7], 'until it is measured');
  const part = { loudnessLufs: -15, truePeakDb: -3, content: null, measures: NOTHING_MEASURED };
  actions.setAnalysis({
    files: [
      {
        ...{ folder: 1, path: 'album.flac', durationTicks: s(200), peakDb: -2, audioKey: null, remark: null },
        ...{
          ...part,
          parts: [
            { part: 1, ...part },
            { part: 2, ...part, loudnessLufs: -18 },
          ],
        },
        ...{ flavorVersion: 2, analysisVersion: 1 },
      },
    ],
  });
  assert.deepEqual(gains(), [-1, 2]);
});

test('the catalogue knows their lengths, and each is a song', () => {
  const { db, put } = fresh();
  put(parts(0, 60, 150));
  const catalogue = loadCatalogue(db);
  assert.deepEqual([...catalogue.durationMs], [60_000, 90_000, 50_000]);
  assert.equal(catalogue.songs.count, 3);
});
