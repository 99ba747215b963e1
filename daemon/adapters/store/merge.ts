// Puts what persons made, as an export has it, into a database that was put back from before. What refers to files that
// this database does not know yet is left over, and tried again when they have been imported. Main thread, inside the
// caller's transaction; never touches files.
import type { Db } from '../../ports.ts';

/** A line of an export. */
export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Merged {
  readonly merged: number;
  /** Lines whose passage, song, artist or work is not known. */
  readonly left: readonly Line[];
}

const POINTS = ['start', 'fade_in', 'lead_in', 'lead_out', 'fade_out', 'end'].map((name) => `${name}_ticks`);
/** What a person sets of a passage, by the names of the columns. */
export const EDITS = [...POINTS, 'fade_in_curve', 'fade_out_curve', 'gain_db'];
const ENTITIES = ['song', 'artist', 'work'] as const;

type Put = (line: Line) => readonly Line[];

/** All that persons made is afterwards as these lines have it. */
export function mergeAll(db: Db, lines: readonly Line[], nowMs: number): Merged {
  db.exec(`DELETE FROM settings; DELETE FROM alarms; DELETE FROM likes; DELETE FROM flavors WHERE source = 'user';
    UPDATE passages SET ${EDITS.map((name) => `${name} = NULL`).join(', ')};
    ${ENTITIES.map((kind) => `UPDATE ${kind}s SET base = 1, min_cooldown_s = NULL, ramp_cooldown_s = NULL;`).join('')}`);
  // There is at least one as soon as there is music: a day without any is one that nobody had made yet.
  if (lines.some(({ kind }) => kind === 'timeslot')) db.exec('DELETE FROM timeslots');
  return mergeMore(db, lines, nowMs);
}

/** These lines, and nothing else. */
export function mergeMore(db: Db, lines: readonly Line[], nowMs: number): Merged {
  const put = putters(db, nowMs);
  const left: Line[] = [];
  let merged = 0;
  for (const line of lines) {
    const over = put[line.kind]?.(line);
    if (over === undefined) continue;
    left.push(...over);
    if (!over.includes(line)) merged += 1;
  }
  return { merged, left };
}

const orNull = (value: unknown) => value ?? null;

function putters(db: Db, nowMs: number): Readonly<Record<string, Put>> {
  const passageOf = passageFinder(db);
  const setting = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
  const slot = db.prepare('INSERT INTO timeslots (name, start_minute, flavor, silent) VALUES (?, ?, ?, ?)');
  const refer = db.prepare(
    'INSERT OR IGNORE INTO timeslot_references (timeslot, passage) SELECT id, ? FROM timeslots WHERE start_minute = ?',
  );
  const alarm =
    db.prepare(`INSERT INTO alarms (minute, weekdays, timeslot, volume, ramp_ms, enabled, changed_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const edit = db.prepare(
    `UPDATE passages SET ${EDITS.map((name) => `${name} = @${name}`).join(', ')} WHERE id = @passage`,
  );
  const characteristic = db.prepare('INSERT OR IGNORE INTO characteristics (name, labels) VALUES (?, ?)');
  const flavor = db.prepare(
    "INSERT OR REPLACE INTO flavors (passage, source, version, value) VALUES (?, 'user', 1, ?)",
  );
  const like = db.prepare(`INSERT INTO likes (person, song, kind, weight, for_good, at_ms)
    SELECT @person, id, @opinion, @weight, @forGood, @atMs FROM songs s WHERE key = @song
      AND NOT EXISTS (SELECT 1 FROM likes WHERE song = s.id AND person = @person)`);
  const knowsSong = db.prepare('SELECT 1 FROM songs WHERE key = ?');

  const reference: Put = (line) => {
    const passage = passageOf(line);
    if (passage === null) return [line];
    refer.run(passage, line.startMinute);
    return [];
  };
  const entity = (kind: (typeof ENTITIES)[number]): Put => {
    const update = db.prepare(
      `UPDATE ${kind}s SET base = ?, min_cooldown_s = ?, ramp_cooldown_s = ? WHERE key = ?`,
    );
    return (line) => {
      const { base, min_cooldown_s: least, ramp_cooldown_s: ramp, key } = line;
      return update.run(base ?? 1, orNull(least), orNull(ramp), key).changes > 0 ? [] : [line];
    };
  };
  return {
    setting({ key, value }) {
      setting.run(key, JSON.stringify(value));
      return [];
    },
    timeslot({ name, startMinute, flavor: aim, silent, references }) {
      slot.run(name, startMinute, aim === null ? null : JSON.stringify(aim), silent === true ? 1 : 0);
      return ((references ?? []) as readonly object[]).flatMap((each) =>
        reference({ ...each, kind: 'reference', startMinute }),
      );
    },
    reference,
    alarm({ minute, weekdays, timeslot, volume, rampMs, enabled }) {
      alarm.run(minute, weekdays, orNull(timeslot), orNull(volume), rampMs, enabled, nowMs);
      return [];
    },
    passage(line) {
      const passage = passageOf(line);
      if (passage === null) return [line];
      edit.run({ ...Object.fromEntries(EDITS.map((name) => [name, orNull(line[name])])), passage });
      return [];
    },
    flavor(line) {
      const passage = passageOf(line);
      if (passage === null) return [line];
      for (const [name, values] of Object.entries(line.flavor as Record<string, object>))
        characteristic.run(name, JSON.stringify(Object.keys(values).sort()));
      flavor.run(passage, JSON.stringify(line.flavor));
      return [];
    },
    song: entity('song'),
    artist: entity('artist'),
    work: entity('work'),
    like(line) {
      if (knowsSong.get(line.song) === undefined) return [line];
      like.run({ ...line, forGood: line.forGood ?? 0 });
      return [];
    },
  };
}

/** By where its file is, else by what is in it; of several passages of one file, the one of that title. */
function passageFinder(db: Db): (line: Line) => number | null {
  interface Found {
    readonly id: number;
    readonly title: string;
  }
  const OF_FILE = `SELECT p.id, p.title FROM passages p JOIN files f ON f.id = p.file`;
  const byPlace = db.prepare<[unknown, unknown], Found>(
    `${OF_FILE} JOIN music_folders m ON m.id = f.folder WHERE p.retired = 0 AND m.path = ? AND f.path = ?`,
  );
  const byContent = db.prepare<[unknown], Found>(`${OF_FILE} WHERE p.retired = 0 AND f.content_key = ?`);
  const among = (found: readonly Found[], title: unknown) =>
    (found.length === 1 ? found[0] : found.find((each) => each.title === title))?.id ?? null;
  return ({ folder, path, content, title }) =>
    among(byPlace.all(folder, path), title) ?? among(byContent.all(orNull(content)), title);
}
