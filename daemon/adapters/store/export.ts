// The export of what persons made: lines of JSON with names that outlive the database (paths, contents, keys; never row
// ids). Backup process; reads the database, writes nothing. Two exports of the same things are the same text.
import type { Db } from '../../ports.ts';
import { EDITS } from './merge.ts';

export interface OwnerFile {
  readonly kind: 'rule' | 'script';
  readonly file: string;
  readonly text: string;
}

const VERSION = 1;

/** What is read for it: where these are sound, so is the export. */
export const TABLES_EXPORTED = [
  ...['settings', 'timeslots', 'timeslot_references', 'alarms', 'likes'],
  ...['music_folders', 'files', 'passages', 'flavors', 'songs', 'artists', 'works'],
];

type Row = Record<string, unknown>;

/** Nulls say nothing. */
function said(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

const FILE = 'm.path AS folder, f.path, f.content_key AS content';
const OF_FILE = 'JOIN files f ON f.id = p.file JOIN music_folders m ON m.id = f.folder';

function settings(db: Db): Row[] {
  const rows = db.prepare('SELECT key, value FROM settings ORDER BY key').all() as {
    key: string;
    value: string;
  }[];
  return rows.map(({ key, value }) => ({ kind: 'setting', key, value: JSON.parse(value) as unknown }));
}

function timeslots(db: Db): Row[] {
  const references = db.prepare(
    `SELECT ${FILE}, p.title FROM timeslot_references r JOIN passages p ON p.id = r.passage ${OF_FILE}
     WHERE r.timeslot = ? ORDER BY m.path, f.path, p.id`,
  );
  const rows = db
    .prepare('SELECT id, name, start_minute, flavor, silent FROM timeslots ORDER BY start_minute')
    .all();
  return (
    rows as { id: number; name: string; start_minute: number; flavor: string | null; silent: number }[]
  ).map(({ id, name, start_minute, flavor, silent }) => ({
    kind: 'timeslot',
    name,
    startMinute: start_minute,
    flavor: flavor === null ? null : (JSON.parse(flavor) as unknown),
    references: (references.all(id) as Row[]).map(said),
    ...(silent === 1 && { silent: true }),
  }));
}

function alarms(db: Db): Row[] {
  const rows = db.prepare(
    `SELECT minute, weekdays, timeslot, volume, ramp_ms AS rampMs, enabled FROM alarms ORDER BY minute, id`,
  );
  return (rows.all() as Row[]).map((row) => ({ kind: 'alarm', ...said(row) }));
}

/** What a person set of a passage; those the analysis found come back by themselves. */
function passages(db: Db): Row[] {
  const isSet = EDITS.map((name) => `p.${name} IS NOT NULL`).join(' OR ');
  const rows = db.prepare(
    `SELECT ${FILE}, p.title, ${EDITS.map((name) => `p.${name}`).join(', ')} FROM passages p ${OF_FILE}
     WHERE ${isSet} ORDER BY m.path, f.path, p.id`,
  );
  return (rows.all() as Row[]).map((row) => ({ kind: 'passage', ...said(row) }));
}

/** What the owner says passages are like. */
function ownFlavors(db: Db): Row[] {
  const rows = db.prepare(
    `SELECT ${FILE}, p.title, l.value FROM flavors l JOIN passages p ON p.id = l.passage ${OF_FILE}
     WHERE l.source = 'user' ORDER BY m.path, f.path, p.id`,
  );
  return (rows.all() as (Row & { value: string })[]).map(({ value, ...row }) => ({
    kind: 'flavor',
    ...said(row),
    flavor: JSON.parse(value) as unknown,
  }));
}

/** How likely songs, artists and works are, and their own cooldowns. */
function entities(db: Db): Row[] {
  return (['song', 'artist', 'work'] as const).flatMap((kind) => {
    const rows = db.prepare(
      `SELECT key, base, min_cooldown_s, ramp_cooldown_s FROM ${kind}s
       WHERE base <> 1 OR min_cooldown_s IS NOT NULL OR ramp_cooldown_s IS NOT NULL ORDER BY key`,
    );
    return (rows.all() as Row[]).map((row) => ({ kind, ...said(row) }));
  });
}

/** What is liked and disliked, and by whom. */
function likes(db: Db): Row[] {
  const rows = db.prepare(
    `SELECT l.kind AS opinion, l.person, s.key AS song, l.weight, nullif(l.for_good, 0) AS forGood, l.at_ms AS atMs FROM likes l JOIN songs s ON s.id = l.song
     ORDER BY l.at_ms, l.id`,
  );
  return (rows.all() as Row[]).map((row) => ({ kind: 'like', ...said(row) }));
}

/** The last line says how many there are: one that was cut short is no export. */
export function exportText(db: Db, ownerFiles: readonly OwnerFile[]): string {
  const lines: Row[] = [
    { kind: 'segue-export', version: VERSION },
    ...settings(db),
    ...timeslots(db),
    ...alarms(db),
    ...passages(db),
    ...ownFlavors(db),
    ...entities(db),
    ...likes(db),
    ...ownerFiles.map((file) => ({ ...file })),
  ];
  lines.push({ kind: 'end', lines: lines.length });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What is wrong with the text of an export; null: it is whole. */
export function exportFault(text: string): string | null {
  const lines = text.split('\n');
  if (lines.pop() !== '') return 'it does not end with a whole line';
  try {
    const rows = lines.map((line) => JSON.parse(line) as Row);
    const last = rows.at(-1);
    if (rows[0]?.kind !== 'segue-export') return 'it is no export of Segue';
    return last?.kind === 'end' && last.lines === rows.length - 1 ? null : 'lines of it are missing';
  } catch {
    return 'a line of it is no JSON';
  }
}
