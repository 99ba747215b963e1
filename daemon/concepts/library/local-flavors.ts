// What Segue measured of passages, and what they are like by it: the scales follow the library. Prepared statements; main
// thread, inside the caller's transaction.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { LocalMeasures } from '../../../sync/vocabulary/library.ts';
import { calibrationOf, isOutgrown } from '../../policy/calibration.ts';
import { type Calibration, FIRST_CALIBRATION, localFlavor } from '../../policy/local-flavor.ts';
import type { Db } from '../../ports.ts';

/** A few milliseconds of work. */
const FOLLOW_AT_ONCE = 200;
/** So many say enough of where the middle and the quarters of a library are. */
const MOST_SAMPLED = 2000;

export interface CalibrationStep {
  readonly version: number;
  /** How many followed in this step. */
  readonly passages: number;
  readonly done: boolean;
}

export interface LocalFlavors {
  put(passage: PassageId, measures: LocalMeasures, version: number): void;
  /** A step towards the calibration that the library needs. */
  calibrate(): CalibrationStep;
}

interface Row {
  readonly passage: number;
  readonly level_db: number | null;
  readonly onsets: number | null;
  readonly centroid_octaves: number | null;
  readonly high_decades: number | null;
  readonly dynamics_octaves: number | null;
  readonly rhythm_clarity: number | null;
  readonly tempo_octaves: number | null;
  readonly tonality: number | null;
  readonly is_major: number;
}

const measuresOf = (row: Row): LocalMeasures => ({
  levelDb: row.level_db,
  onsets: row.onsets,
  centroidOctaves: row.centroid_octaves,
  highDecades: row.high_decades,
  dynamicsOctaves: row.dynamics_octaves,
  rhythmClarity: row.rhythm_clarity,
  tempoOctaves: row.tempo_octaves,
  tonality: row.tonality,
  isMajor: row.is_major === 1,
});

export function createLocalFlavors(db: Db): LocalFlavors {
  const putMeasures = db.prepare(
    `INSERT OR REPLACE INTO measures (passage, level_db, onsets, centroid_octaves, high_decades, dynamics_octaves,
       rhythm_clarity, tempo_octaves, tonality, is_major)
     VALUES (@passage, @levelDb, @onsets, @centroidOctaves, @highDecades, @dynamicsOctaves, @rhythmClarity, @tempoOctaves,
       @tonality, @isMajor)`,
  );
  const putFlavor =
    db.prepare(`INSERT INTO flavors (passage, source, version, value) VALUES (?, 'local', ?, ?)
    ON CONFLICT (passage, source) DO UPDATE SET version = excluded.version, value = excluded.value`);
  const setFlavor = db.prepare("UPDATE flavors SET value = ? WHERE passage = ? AND source = 'local'");
  const read = db.prepare<[], { version: number; passages: number; scales: string; upTo: number | null }>(
    'SELECT version, passages, scales, up_to AS upTo FROM calibration',
  );
  const write = db.prepare(
    'INSERT OR REPLACE INTO calibration (id, version, passages, scales, up_to) VALUES (1, ?, ?, ?, 0)',
  );
  const reach = db.prepare('UPDATE calibration SET up_to = ?');
  const count = db.prepare<[], number>('SELECT count(*) FROM measures').pluck();
  const sample = db.prepare<[number], Row>('SELECT * FROM measures WHERE passage % ? = 0');
  const following = db.prepare<[number, number], Row>(
    'SELECT * FROM measures WHERE passage > ? ORDER BY passage LIMIT ?',
  );

  function present(): Calibration {
    const row = read.get();
    return row === undefined ? FIRST_CALIBRATION : (JSON.parse(row.scales) as Calibration);
  }

  /** The next passages that have not followed yet. */
  function follow(version: number, upTo: number): CalibrationStep {
    const calibration = present();
    const rows = following.all(upTo, FOLLOW_AT_ONCE);
    for (const row of rows)
      setFlavor.run(JSON.stringify(localFlavor(measuresOf(row), calibration)), row.passage);
    const done = rows.length < FOLLOW_AT_ONCE;
    reach.run(done ? null : rows.at(-1)?.passage);
    return { version, passages: rows.length, done };
  }

  return {
    put(passage, measures, version) {
      putMeasures.run({ passage, ...measures, isMajor: measures.isMajor ? 1 : 0 });
      putFlavor.run(passage, version, JSON.stringify(localFlavor(measures, present())));
    },
    calibrate() {
      const row = read.get();
      if (row !== undefined && row.upTo !== null) return follow(row.version, row.upTo);
      const passages = count.get() ?? 0;
      const version = row?.version ?? 0;
      if (!isOutgrown(passages, row?.passages ?? null)) return { version, passages: 0, done: true };
      const every = Math.max(1, Math.ceil(passages / MOST_SAMPLED));
      const calibration = calibrationOf(sample.all(every).map(measuresOf), passages);
      write.run(version + 1, passages, JSON.stringify(calibration));
      return follow(version + 1, 0);
    },
  };
}
