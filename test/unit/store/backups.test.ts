// Backups and exports as files: what is in them, that they are checked, that three are kept, and the second copy.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { newestGoodBackup } from '../../../daemon/adapters/store/backup.ts';
import { listBackupFiles, writeExport } from '../../../daemon/adapters/store/backup-files.ts';
import { exportFault, exportText } from '../../../daemon/adapters/store/export.ts';
import { type BackupOrder, obeyBackup } from '../../../daemon/adapters/store/obey-backup.ts';
import { openStore } from '../../../daemon/adapters/store/open.ts';
import { spawnBackup } from '../../../daemon/adapters/store/spawn-backup.ts';
import { createSettings } from '../../../daemon/concepts/settings/settings.ts';
import type { Db } from '../../../daemon/ports.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { scratchFolder } from '../../support/scratch.ts';

const scratch = scratchFolder('backups');
let state = '';
let count = 0;
beforeEach(() => {
  state = join(scratch, String(count++));
  mkdirSync(state);
});

function order(change: Partial<BackupOrder> = {}): BackupOrder {
  return {
    kind: 'database',
    database: join(state, 'segue.db'),
    stateDirectory: state,
    rulesDirectory: join(state, 'rules'),
    scriptsDirectory: join(state, 'scripts'),
    copyTo: null,
    atMs: 1000,
    ...change,
  };
}
function open(): Db {
  const opened = openStore({ stateDir: state, nowMs: 1 });
  return 'error' in opened ? assert.fail(opened.message) : opened.db;
}
const inBackups = (folder = join(state, 'backups')) => readdirSync(folder).sort();

test('a backup taken while the database is in use holds what was committed, and is sound', () => {
  const db = open();
  createSettings({ db, emit: () => {} }).actions.set({ key: 'crossfade_s', value: 9 });
  db.exec('BEGIN; DELETE FROM settings');
  const answer = obeyBackup(order());
  db.exec('ROLLBACK');
  db.close();
  assert.ok('name' in answer, JSON.stringify(answer));
  assert.equal(answer.written, true);
  const path = newestGoodBackup(state);
  assert.equal(path, join(state, 'backups', answer.name));
  const copy = new Database(path as string, { readonly: true });
  assert.equal(copy.prepare("SELECT value FROM settings WHERE key = 'crossfade_s'").pluck().get(), '9');
  copy.close();
});

test('by a process of its own, too', async () => {
  open().close();
  const answer = await spawnBackup(order()).answer;
  assert.ok('name' in answer, JSON.stringify(answer));
  assert.deepEqual(inBackups(), [answer.name]);
  const killed = spawnBackup(order({ atMs: 2000 }));
  killed.kill();
  const end = await killed.answer;
  assert.ok('fault' in end && /its process ended \(SIGKILL\)/.test(end.fault), JSON.stringify(end));
});

test('three of each kind are kept', () => {
  const db = open();
  const settings = createSettings({ db, emit: () => {} });
  for (let n = 1; n <= 5; n++) {
    settings.actions.set({ key: 'crossfade_s', value: n });
    obeyBackup(order({ atMs: n }));
    obeyBackup(order({ kind: 'export', atMs: n }));
  }
  db.close();
  const files = listBackupFiles(join(state, 'backups'));
  for (const kind of ['database', 'export'])
    assert.deepEqual(
      files.filter((each) => each.kind === kind).map(({ atMs }) => atMs),
      [5, 4, 3],
    );
  assert.ok(files.every(({ bytes }) => bytes > 100));
});

test('what cannot be written leaves nothing behind, and says why', () => {
  assert.ok('fault' in obeyBackup(order()), 'there is no database');
  open().close();
  writeFileSync(join(state, 'backups'), 'in the way');
  assert.ok('fault' in obeyBackup(order()));
  rmSync(join(state, 'backups'));
  writeFileSync(join(state, 'segue.db'), 'no database at all'.repeat(100));
  const answer = obeyBackup(order());
  assert.ok('fault' in answer && /not a database/.test(answer.fault), JSON.stringify(answer));
  assert.deepEqual(existsSync(join(state, 'backups')) ? inBackups() : [], []);
});

test('an export has what persons made by names that outlive the database, and the owner’s files', () => {
  const db = open();
  createSettings({ db, emit: () => {} }).actions.set({ key: 'loudness', value: 'off' });
  const passages = [addPassage(db, { song: 'a song', base: 2 }), addPassage(db), addPassage(db)];
  db.prepare('UPDATE passages SET lead_out_ticks = 77, gain_db = -3 WHERE id = ?').run(passages[1]);
  db.prepare('UPDATE artists SET min_cooldown_s = 60 WHERE id = 3').run();
  db.prepare("INSERT INTO timeslots (id, name, start_minute) VALUES (4, 'night', 0)").run();
  db.prepare('INSERT INTO timeslot_references VALUES (4, ?)').run(passages[2]);
  const like = db.prepare(
    'INSERT INTO likes (person, song, kind, weight, at_ms, for_good) VALUES (?, 1, ?, 1, ?, ?)',
  );
  like.run('Ana', 'like', 5, 0);
  like.run('Bo', 'dislike', 6, 1);
  db.close();
  mkdirSync(join(state, 'rules'));
  writeFileSync(join(state, 'rules', 'quiet.yaml'), '- name: Quiet\n');
  writeFileSync(join(state, 'rules', 'notes.txt'), 'no rule');
  assert.ok('name' in obeyBackup(order({ kind: 'export' })));
  const lines = readFileSync(join(state, 'backups', 'export-000000000001000.jsonl'), 'utf8')
    .trim()
    .split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { kind: 'segue-export', version: 1 },
      { kind: 'setting', key: 'loudness', value: 'off' },
      {
        kind: 'timeslot',
        name: 'night',
        startMinute: 0,
        flavor: null,
        references: [{ folder: '/music', path: '3.flac', title: 'Title 3' }],
      },
      {
        kind: 'passage',
        folder: '/music',
        path: '2.flac',
        title: 'Title 2',
        lead_out_ticks: 77,
        gain_db: -3,
      },
      { kind: 'song', key: 'a song', base: 2 },
      { kind: 'artist', key: 'Artist 3', base: 1, min_cooldown_s: 60 },
      { kind: 'like', opinion: 'like', person: 'Ana', song: 'a song', weight: 1, atMs: 5 },
      { kind: 'like', opinion: 'dislike', person: 'Bo', song: 'a song', weight: 1, forGood: 1, atMs: 6 },
      { kind: 'rule', file: 'quiet.yaml', text: '- name: Quiet\n' },
      { kind: 'end', lines: 9 },
    ],
  );
});

test('an export that would be the same is not written again', () => {
  const db = open();
  const first = obeyBackup(order({ kind: 'export' }));
  const again = obeyBackup(order({ kind: 'export', atMs: 2000 }));
  assert.deepEqual(again, { ...first, written: false });
  createSettings({ db, emit: () => {} }).actions.set({ key: 'loudness', value: 'off' });
  const changed = obeyBackup(order({ kind: 'export', atMs: 3000 }));
  assert.ok('written' in changed && changed.written);
  db.close();
  assert.equal(inBackups().length, 2);
});

test('an export that was cut short is found out, wherever it was cut', () => {
  const text = exportText(openMemory(), [{ kind: 'rule', file: 'a.yaml', text: 'x\ny' }]);
  assert.equal(exportFault(text), null);
  for (let length = 0; length < text.length; length++)
    assert.ok(exportFault(text.slice(0, length)), `${length}`);
  const lines = text.split('\n');
  assert.ok(exportFault([lines[0], ...lines.slice(2)].join('\n')), 'a line is missing');
  assert.throws(() => writeExport(join(state, 'backups'), text.slice(0, 20), 1), /not sound/);
  assert.deepEqual(inBackups(), []);
});

test('a second copy is checked, kept three times too, and refused where the folder is not', () => {
  const db = open();
  const stick = join(state, 'stick');
  const missing = obeyBackup(order({ copyTo: stick, atMs: 1 }));
  assert.ok('copyFault' in missing && /is not there/.test(missing.copyFault ?? ''), JSON.stringify(missing));
  assert.equal(inBackups().length, 1);
  mkdirSync(stick);
  const settings = createSettings({ db, emit: () => {} });
  for (let n = 2; n <= 6; n++) {
    settings.actions.set({ key: 'crossfade_s', value: n });
    for (const kind of ['database', 'export'] as const)
      assert.equal(
        (obeyBackup(order({ kind, copyTo: stick, atMs: n })) as { copyFault: unknown }).copyFault,
        null,
      );
  }
  db.close();
  assert.deepEqual(inBackups(stick), inBackups());
  assert.equal(inBackups(stick).length, 6);
});
