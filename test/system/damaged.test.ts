// A database that a power cut has damaged where the first look at a start does not reach: found by what begins, or while it
// plays, and it plays on with a sound one, with what persons made.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Health, Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('damaged');
const music = join(folder.path, 'music');
const state = join(folder.path, 'state');
const path = join(state, 'segue.db');
let daemon: Daemon;

const playing = (status: Status) => status.playing && (status.current?.positionMs ?? 0) > 0;
const panels = (text: string) => [...text.matchAll(/Panel on (http:\S+)/g)].map(([, url]) => url as string);
const log = async () => daemon.log();
/** On a port that the system chose it comes back on another one. */
const get = async <T>(route: string) =>
  (await (await fetch(`${panels(daemon.log()).at(-1)}/api/v1${route}`)).json()) as T;
const plays = () => daemon.until('it plays', () => get<Status>('/status'), playing);
/** All the music of the folder is in the library. */
const imported = (files: number) =>
  daemon.until(
    `${files} files`,
    () => get<{ status: { state: string } | null; counts: { files: number } }>('/import'),
    ({ status, counts }) => status?.state === 'done' && counts.files === files,
    30_000,
  );
/** What was read when it was closed. */
function rows(sql: string): unknown[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

before(async () => {
  writeMusic(music, 4, 20);
  daemon = await startDaemon({ state, music });
  await imported(4);
  await daemon.stop();
  // Years of history.
  const db = new Database(path);
  const play = db.prepare(
    "INSERT INTO plays (entry, passage, started_at_ms, ended_at_ms, ended) VALUES (?, 1, ?, ?, 'natural')",
  );
  const selection = db.prepare(
    "INSERT INTO selections (passage, chosen_at_ms, seed, target, facts) VALUES (1, ?, 1, 1, '{}')",
  );
  db.transaction(() => {
    db.exec("INSERT OR IGNORE INTO selection_targets (id, flavor) VALUES (1, '{}')");
    for (let n = 1; n <= 20_000; n++) {
      play.run(-n, n, n + 1);
      selection.run(n);
    }
  })();
  db.close();
});
after(async () => {
  await daemon.kill();
  folder.remove();
});

/** Noise in the middle of a table, in its place on the disk. */
function damage(table: string): void {
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const pages = db
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path")
    .pluck()
    .all(table) as number[];
  const size = db.pragma('page_size', { simple: true }) as number;
  db.close();
  assert.ok(pages.length > 5, `${table} has ${pages.length} pages`);
  const page = pages[pages.length >> 1] as number;
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(path, bytes);
  // Of a daemon that was killed there is a log.
  writeFileSync(`${path}-wal`, '');
}

/** A backup, music that came after it, what persons made since, and a power cut that damages `table`. */
async function liveAndDie(files: number, person: string, table: string): Promise<void> {
  daemon = await startDaemon({ state, music });
  await plays();
  assert.equal((await daemon.send('POST', '/backups')).status, 201);
  writeMusic(music, 1, 20, files - 1);
  await daemon.send('POST', '/import');
  await imported(files);
  await daemon.send('PUT', '/settings', { crossfade_s: files });
  for (const passage of ['p2', `p${files}`])
    assert.equal((await daemon.send('POST', `/passages/${passage}/like`, { by: person })).status, 200);
  await daemon.kill();
  damage(table);
}

async function assertMadeAnew(files: number, person: string): Promise<void> {
  assert.match(daemon.log(), /The backup .* was put in its place/);
  assert.match(daemon.log(), /What persons made is put back from the damaged file/);
  await plays();
  const { settings } = await get<{ settings: { key: string; value: unknown }[] }>('/settings');
  assert.equal(settings.find(({ key }) => key === 'crossfade_s')?.value, files);
  const likes = async () => rows(`SELECT song FROM likes WHERE person = '${person}'`);
  assert.ok((await likes()).length > 0);
  // The other one as soon as its music has been imported again.
  await daemon.until('both likes', likes, (songs) => songs.length === 2, 30_000);
  const { checks } = await get<Health>('/health');
  const told = checks.find(({ name }) => name === 'database');
  assert.equal(told?.ok, false);
  assert.match(String(told?.message), /was damaged .*kept as/);
}

test('what is found when it begins is mended before it does', async () => {
  await liveAndDie(5, 'Ana', 'plays');
  daemon = await startDaemon({ state, music });
  await assertMadeAnew(5, 'Ana');
  assert.equal(await daemon.stop(), 0);
});

test('what nothing reads is found while the music plays, and it plays on', async () => {
  await liveAndDie(6, 'Bo', 'selections');
  daemon = await startDaemon({ state, music });
  await plays();
  await daemon.until('the damage is told', log, (text) => /The database is damaged/.test(text), 30_000);
  await daemon.until('it begins anew', log, (text) => panels(text).length === 2, 30_000);
  await assertMadeAnew(6, 'Bo');
  assert.equal(await daemon.stop(), 0);
  assert.equal(readdirSync(state).filter((name) => /damaged-\d+$/.test(name)).length, 2);
});

test('after a kill it is looked at and found sound, after a stop it is not looked at', async () => {
  daemon = await startDaemon({ state, music });
  await plays();
  await daemon.kill();
  daemon = await startDaemon({ state, music });
  const isSound = (text: string) => /All of it was looked at, and it is sound/.test(text);
  await daemon.until('all of it to be looked at', log, isSound, 30_000);
  assert.equal(existsSync(`${path}.unchecked`), false);
  await daemon.stop();
  daemon = await startDaemon({ state, music });
  await plays();
  await daemon.stop();
  assert.doesNotMatch(daemon.log(), /looked/);
});
