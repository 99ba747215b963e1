// What the analysis found, as the library keeps it and hands it to the player: beside a person's points, never in their
// place; and the loudness of a file and of its album.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsToTicks } from '../../../audio/ticks.ts';
import { NOTHING_MEASURED } from '../../../daemon/policy/local-flavor.ts';
import type { AnalysedFile } from '../../../sync/vocabulary/library.ts';
import { fileOf, openLibrary } from '../../support/library-fixture.ts';

const s = secondsToTicks;
const CONTENT = { startTicks: s(2), leadInTicks: s(5), leadOutTicks: s(190), endTicks: s(197) };

function analysedOf(path: string, changes: Partial<AnalysedFile> = {}): AnalysedFile {
  return {
    folder: 1,
    path,
    durationTicks: s(200),
    peakDb: -3,
    audioKey: null,
    loudnessLufs: -16,
    truePeakDb: -3,
    content: CONTENT,
    measures: NOTHING_MEASURED,
    parts: null,
    flavorVersion: 1,
    analysisVersion: 1,
    remark: null,
    ...changes,
  };
}

function withFile(options: Parameters<typeof openLibrary>[0] = {}) {
  const library = openLibrary(options);
  library.actions.addFolder({ path: '/music' });
  library.actions.addFiles({ files: [fileOf('a.flac')] });
  const analyse = (changes: Partial<AnalysedFile> = {}) =>
    library.actions.setAnalysis({ files: [analysedOf('a.flac', changes)] });
  const points = () => {
    const p = library.queries.playable({ passage: 1 })[0]?.points;
    return [p?.startTicks, p?.leadInTicks, p?.leadOutTicks, p?.endTicks];
  };
  const durationMs = () => library.queries.card({ passage: 1 })[0]?.durationMs;
  /** What an editor of passages will do. */
  const set = (columns: string) => library.db.exec(`UPDATE passages SET ${columns} WHERE id = 1`);
  return { ...library, analyse, points, durationMs, set };
}

test('found points are the passage’s where nobody set any, and its length follows', () => {
  const { analyse, points, durationMs } = withFile();
  assert.deepEqual(points(), [0, null, null, s(200)]);
  analyse();
  assert.deepEqual(points(), [s(2), s(5), s(190), s(197)]);
  assert.equal(durationMs(), 195_000);
});

test('where the analysis has nothing to say the points stay open', () => {
  const { analyse, points } = withFile();
  analyse({ content: null, loudnessLufs: null });
  assert.deepEqual(points(), [0, null, null, s(200)]);
});

test('a file’s own start and end are not kept as found: its length may still be corrected', () => {
  const { analyse, db } = withFile();
  analyse({ content: { startTicks: 0, leadInTicks: 0, leadOutTicks: s(200), endTicks: s(200) } });
  const row = db.prepare('SELECT found_start_ticks, found_end_ticks FROM passages').raw().get();
  assert.deepEqual(row, [null, null]);
});

test('a person’s points stand, before and after any analysis', () => {
  const { analyse, points, set, db } = withFile();
  set(`start_ticks = 0, lead_out_ticks = ${s(150)}`);
  analyse();
  assert.deepEqual(points(), [0, s(5), s(150), s(197)]);
  analyse({ content: { startTicks: s(3), leadInTicks: s(4), leadOutTicks: s(180), endTicks: s(190) } });
  assert.deepEqual(points(), [0, s(4), s(150), s(190)]);
  const own = db.prepare('SELECT start_ticks, lead_in_ticks, lead_out_ticks, end_ticks FROM passages');
  assert.deepEqual(own.raw().get(), [0, null, s(150), null]);
  set('start_ticks = NULL, lead_out_ticks = NULL');
  assert.deepEqual(points(), [s(3), s(4), s(180), s(190)]);
});

test('the setting turns found points off, not a person’s', () => {
  const { analyse, points, durationMs, set } = withFile({ usesContentPoints: false });
  analyse();
  assert.deepEqual(points(), [0, null, null, s(200)]);
  assert.equal(durationMs(), 200_000);
  set(`lead_in_ticks = ${s(9)}`);
  assert.deepEqual(points(), [0, s(9), null, s(200)]);
});

test('other content at the same place is analysed anew; a moved file keeps what was found', () => {
  const { analyse, points, actions, queries } = withFile();
  analyse();
  actions.reconcile({ folder: 1, seen: ['b.flac'] });
  actions.addFiles({ files: [fileOf('b.flac', { contentKey: 'key of a.flac' })] });
  assert.deepEqual(points(), [s(2), s(5), s(190), s(197)]);
  assert.equal(queries.knownFiles({ folder: 1 })[0]?.analysisVersion, 1);
  actions.addFiles({ files: [fileOf('b.flac', { contentKey: 'other', durationTicks: s(100) })] });
  assert.deepEqual(points(), [0, null, null, s(100)]);
  assert.equal(queries.knownFiles({ folder: 1 })[0]?.analysisVersion, null);
});

test('the parts of a divided file get no points from its ends', () => {
  const { analyse, db, queries } = withFile();
  db.exec(`UPDATE passages SET end_ticks = ${s(100)} WHERE id = 1;
    INSERT INTO passages (id, file, title, start_ticks) VALUES (2, 1, 'second half', ${s(100)})`);
  analyse();
  const halves = [1, 2].map((passage) => queries.playable({ passage })[0]?.points);
  assert.deepEqual(
    halves.map((p) => [p?.startTicks, p?.leadInTicks, p?.leadOutTicks, p?.endTicks]),
    [
      [0, null, null, s(100)],
      [s(100), null, null, s(200)],
    ],
  );
});

test('gain: measured where no tag says it, the true peak as limit, an album as one', () => {
  for (const [loudness, gains] of [
    ['track', [4, -1.5, 2, 0]],
    ['album', [-1.5, -1.5, 2, 0]],
    ['off', [0, 0, 0, 0]],
  ] as const) {
    const { actions, queries } = openLibrary({ loudness });
    actions.addFolder({ path: '/music' });
    const album = { album: 'One', albumArtist: 'A' };
    actions.addFiles({
      files: [
        fileOf('1.flac', { tags: album }),
        fileOf('2.flac', { tags: album }),
        fileOf('tagged.flac', { tags: { replayGainTrackDb: 0 } }),
        fileOf('unknown.flac'),
      ],
    });
    actions.setAnalysis({
      files: [
        analysedOf('1.flac', { loudnessLufs: -20, truePeakDb: -9 }),
        analysedOf('2.flac', { loudnessLufs: -17, truePeakDb: 0.5 }),
        analysedOf('tagged.flac', { loudnessLufs: -30, truePeakDb: -20 }),
      ],
    });
    assert.deepEqual(
      [1, 2, 3, 4].map((passage) => queries.playable({ passage })[0]?.gainDb),
      gains,
      loudness,
    );
  }
});

test('a gain that a person set counts in every mode', () => {
  const { analyse, set, queries } = withFile({ loudness: 'off' });
  analyse();
  set('gain_db = -4.5');
  assert.equal(queries.playable({ passage: 1 })[0]?.gainDb, -4.5);
});
