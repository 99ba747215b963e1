// The daemon as its owner meets it: it plays a folder by itself, obeys, says why, and stops cleanly.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Card, History, Status, Why } from '../../daemon/adapters/http/shapes.ts';
import { replayFacts, unpackFacts } from '../../daemon/concepts/director/facts.ts';
import { createDirectorStore } from '../../daemon/concepts/director/store.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { readFact } from '../support/why.ts';

const folder = temporaryFolder('plays');
let daemon: Daemon;
const status = () => daemon.get<Status>('/status');

before(async () => {
  writeMusic(join(folder.path, 'music'), 8, 9);
  daemon = await startDaemon({ state: join(folder.path, 'state'), music: join(folder.path, 'music') });
  await daemon.until('playing', status, (now) => (now.current?.positionMs ?? 0) > 0);
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

/** Not spawnSync: a blocked test would let its kept-alive connections die. */
async function segue(...words: string[]) {
  const child = spawn(process.execPath, ['deploy/segue.mjs', '--state', daemon.state, ...words]);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

test('it plays by itself and fills its queue', async () => {
  const now = await daemon.until('a queue', status, ({ next }) => next.length >= 1);
  assert.equal(now.playing, true);
});

test('a crossfade is heard and shown, then the next passage is the current one', async () => {
  const fading = await daemon.until('a crossfade', status, ({ crossfade }) => crossfade !== null, 20_000);
  assert.ok(fading.crossfade && fading.crossfade.progress >= 0 && fading.crossfade.progress <= 1);
  assert.notEqual(fading.crossfade?.from.entry, fading.crossfade?.to.entry);
  const after = await daemon.until('its end', status, ({ crossfade }) => crossfade === null);
  assert.equal(after.current?.entry, fading.crossfade?.to.entry);
});

test('what was played is in the history, with how it ended', async () => {
  const { plays } = await daemon.until(
    'a play that has ended',
    () => daemon.get<History>('/history'),
    (answer) => answer.plays.some((play) => play.ended !== null),
  );
  assert.ok(plays.some((play) => play.ended === 'natural' && (play.heardMs ?? 0) > 5000));
});

test('pause, seek, volume and skip do what they say', async () => {
  await daemon.send('POST', '/pause');
  assert.equal((await status()).playing, false);
  await daemon.send('POST', '/seek', { positionMs: 1000 });
  const sought = await daemon.until(
    'the new position',
    status,
    (now) => Math.abs((now.current?.positionMs ?? 0) - 1000) < 30,
  );
  await daemon.send('POST', '/volume', { volume: 0.25 });
  assert.equal((await status()).volume, 0.25);
  await daemon.send('POST', '/play');
  await daemon.until('it plays again', status, (now) => now.playing && (now.current?.positionMs ?? 0) > 1000);
  const before = sought.current?.entry;
  await daemon.send('POST', '/skip');
  await daemon.until(
    'another passage',
    status,
    (now) => now.current !== null && now.current.entry !== before,
  );
});

test('a passage asked for next comes next; removed, it does not; removed again, it is no error', async () => {
  const { passages: items } = await daemon.get<{ passages: Card[] }>('/library/search?q=Track');
  const wanted = items[0] as Card;
  const asked = await daemon.send<{ entries: string[] }>('POST', '/queue', {
    passage: wanted.passage,
    where: 'next',
  });
  const [entry] = asked.body.entries;
  const now = await daemon.until('it in the queue', status, ({ next }) => next[0]?.entry === entry);
  assert.equal(now.next[0]?.title, wanted.title);
  assert.equal((await daemon.send('DELETE', `/queue/${entry}`)).status, 200);
  assert.ok(!(await status()).next.some((waiting) => waiting.entry === entry));
  assert.equal((await daemon.send('DELETE', `/queue/${entry}`)).status, 200);
});

test('the command line says what plays and why', async () => {
  const shown = await segue('status', '--json');
  assert.equal(shown.code, 0, shown.err);
  assert.equal(JSON.parse(shown.out).playing, true);
  const why = await segue('why');
  assert.equal(why.code, 0, why.err);
  assert.match(why.out, /\w.*\./s);
  assert.equal((await segue('no-such-command')).code, 2);
});

test('why: every fact of the sentence is in the stored selection, which replays to the same choice', async () => {
  const waiting = await daemon.until('an automatic entry', status, ({ next }) =>
    next.some(({ source }) => source === 'auto'),
  );
  const entry = waiting.next.find(({ source }) => source === 'auto')?.entry as string;
  const why = await daemon.get<Why>(`/why/${entry}`);
  assert.equal(why.rule, 'AutoSelectWhenQueueLow');
  // What is stored, read from the database itself.
  const db = new Database(join(daemon.state, 'segue.db'), { readonly: true });
  const selection = db
    .prepare('SELECT selection FROM queue WHERE id = ?')
    .pluck()
    .get(Number(entry.slice(1))) as number;
  const row = createDirectorStore(db).find(selection);
  db.close();
  assert.ok(row, 'the selection is not stored');
  const stored = unpackFacts(row);
  const names = {
    names: { title: why.title, artist: why.artist },
    entry: { source: why.source },
    passage: stored.passage,
  };
  assert.ok(why.said.length >= 5, 'a sentence with hardly a fact');
  for (const { name, text, path, value } of why.said) {
    assert.ok(why.sentence.includes(text), `${name}: "${text}" is not in the sentence`);
    assert.deepEqual(
      readFact({ ...stored, ...names }, path),
      value,
      `${name} is not what is stored at ${path}`,
    );
  }
  assert.deepEqual(
    replayFacts(stored),
    { passage: stored.passage, matches: true },
    'the seed leads elsewhere',
  );
  // And the trace has the same: the flow in which the rule chose and enqueued it.
  const answer = await fetch(`${daemon.url}/dev/flows/${why.flow}`, { headers: { connection: 'close' } });
  const flow = (await answer.json()) as {
    records: { name: string; rule: string | null; output: Record<string, unknown> }[];
  };
  const selected = flow.records.find(({ name }) => name === 'Director.select');
  assert.equal(selected?.rule, 'AutoSelectWhenQueueLow');
  assert.equal(selected?.output.selection, selection);
  assert.equal(selected?.output.passage, stored.passage);
});

test('metrics of a rule have the promised keys', async () => {
  const answer = await fetch(`${daemon.url}/dev/syncs/AutoSelectWhenQueueLow/metrics`);
  const metrics = (await answer.json()) as Record<string, unknown>;
  for (const key of ['activations', 'avg_duration_us', 'max_duration_us', 'p95_duration_us'])
    assert.equal(typeof metrics[key], 'number', key);
  assert.ok((metrics.activations as number) > 0);
});

test('SIGTERM: it fades, saves and exits with 0; started again it goes on where it was', async () => {
  const before = await daemon.until(
    'some position',
    status,
    (now) => (now.current?.positionMs ?? 0) > 1500 && now.crossfade === null,
  );
  assert.equal(await daemon.stop(), 0);
  daemon = await startDaemon({ state: daemon.state, music: join(folder.path, 'music') });
  const resumed = await daemon.until('playing', status, (now) => (now.current?.positionMs ?? 0) > 0);
  assert.equal(resumed.current?.entry, before.current?.entry);
  assert.ok(
    (resumed.current?.positionMs ?? 0) >= (before.current?.positionMs ?? 0),
    'it resumed earlier than it stopped',
  );
});
