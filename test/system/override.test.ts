// A mood that a person asks for, with the real daemon: it takes over, lets be what persons asked for, outlives a restart
// and is over when its time is.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Entry, History, Queue, Status, Why } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('override');
const music = join(folder.path, 'music');
const state = join(folder.path, 'state');
let daemon: Daemon;
const start = () => startDaemon({ state, music });
const status = () => daemon.get<Status>('/status');
const why = (entry: string) => daemon.get<Why>(`/why/${entry}`);
const queue = async () => (await daemon.get<Queue>('/queue')).entries;
const chosen = (entries: readonly Entry[]) =>
  entries.filter(({ source, sounding }) => source === 'auto' && !sounding).map(({ entry }) => entry);

before(async () => {
  writeMusic(music, 12, 40);
  daemon = await start();
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

test('it takes over what sounds and what was chosen; what a person asked for stays', async () => {
  await daemon.until('three entries', queue, (entries) => entries.length >= 3, 30_000);
  const analysed = () => daemon.get<{ status: { state: string } | null }>('/import');
  await daemon.until('the analysis', analysed, (at) => at.status?.state === 'done', 60_000);
  const before = await daemon.until('something sounds', queue, ([first]) => first?.sounding === true);
  const sounded = before[0] as Entry;
  const asked = await daemon.send<{ entries: string[] }>('POST', '/queue', { passage: 'p1' });
  const set = await daemon.send<{ override: Status['override'] }>('POST', '/override', {
    passage: 'p5',
    durationS: 3600,
    name: 'like five',
  });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  const now = await daemon.until(
    'another passage',
    status,
    ({ current }) => current !== null && current.entry !== sounded.entry,
  );
  assert.equal(now.override?.name, 'like five');
  assert.equal(now.override?.passage, 'p5');
  const facts = await why(now.current?.entry ?? '');
  assert.equal(facts.facts?.target.kind, 'override');
  assert.equal(facts.rule, 'ReplaceQueueWhenOverrideSet');
  assert.match(facts.sentence, /when the override “like five” holds/);
  const earlier = new Set(chosen(before));
  const after = await daemon.until(
    'a queue filled again',
    queue,
    (entries) => chosen(entries).length > 0 && !chosen(entries).some((entry) => earlier.has(entry)),
  );
  assert.ok(after.some(({ entry }) => entry === asked.body.entries[0]));
  for (const entry of chosen(after)) assert.equal((await why(entry)).facts?.target.kind, 'override');
  const ended = await daemon.until(
    'the end of what sounded',
    () => daemon.get<History>('/history'),
    ({ plays }) => plays.some((play) => play.entry === sounded.entry && play.ended === 'skipped'),
  );
  const play = ended.plays.find(({ entry }) => entry === sounded.entry);
  assert.ok(play);
});

test('it outlives a restart, and has less time then', async () => {
  assert.equal(await daemon.stop(), 0);
  daemon = await start();
  const { override } = await status();
  assert.equal(override?.name, 'like five');
  assert.ok((override?.leftMs ?? 0) < 3_600_000 && (override?.leftMs ?? 0) > 3_000_000);
});

test('cancelled it is gone, and what is queued stays', async () => {
  const before = await daemon.until('a queue', queue, (entries) => entries.length >= 3);
  assert.deepEqual((await daemon.send('DELETE', '/override')).body, { cancelled: true });
  assert.equal((await status()).override, null);
  const waiting = new Set((await queue()).map(({ entry }) => entry));
  for (const { entry, sounding } of before) assert.ok(sounding || waiting.has(entry));
});

test('set while paused it waits, and takes over when somebody presses play', async () => {
  await daemon.send('POST', '/pause');
  const paused = await status();
  await daemon.send('POST', '/override', { passage: 'p7', durationS: 3600 });
  await daemon.until(
    'a passage for it in front',
    async () => (await queue()).filter(({ sounding }) => !sounding)[0],
    (first) => first !== undefined && !paused.next.some(({ entry }) => entry === first.entry),
  );
  assert.equal((await status()).current?.entry, paused.current?.entry);
  await daemon.send('POST', '/play');
  await daemon.until(
    'another passage',
    status,
    ({ current, playing }) => playing && current !== null && current.entry !== paused.current?.entry,
    8000,
  );
});

test('one whose time is over while the daemon is off does not hold after it', async () => {
  await daemon.send('POST', '/override', { passage: 'p3', durationS: 60 });
  assert.equal((await status()).override?.name, 'Track 2');
  assert.equal(await daemon.stop(), 0);
  const db = new Database(join(state, 'segue.db'));
  db.prepare('UPDATE override SET until_ms = ?').run(Date.now() - 1);
  db.close();
  daemon = await start();
  assert.equal((await status()).override, null);
  type Flows = { flows: { records: { name: string; rule: string | null; output: object | null }[] }[] };
  const flows = async () => (await (await fetch(`${daemon.url}/dev/flows?limit=20`)).json()) as Flows;
  const ends = await daemon.until(
    'its end',
    async () => (await flows()).flows.flatMap(({ records }) => records),
    (records) => records.some(({ name }) => name === 'Override.expire'),
  );
  const end = ends.find(({ name }) => name === 'Override.expire');
  assert.deepEqual([end?.rule, end?.output], ['RestoreWhenOverrideExpires', { ended: 'Track 2' }]);
});
