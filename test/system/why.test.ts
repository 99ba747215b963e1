// Why, with the real daemon: ten kinds of play, and a sentence that is true of each. The tenth, after one that failed, is in
// crash.test.ts, where one does.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Entry, History, Queue, Status, Why } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeTone } from '../support/import-rig.ts';

const TRACKS = 8;
const SECONDS = 60;
const folder = temporaryFolder('why');
const music = join(folder.path, 'music');
const state = join(folder.path, 'state');
const rules = join(state, 'rules');
const scripts = join(state, 'scripts');
let daemon: Daemon;
const start = () => startDaemon({ state, music });
const why = (entry: string | undefined) => daemon.get<Why>(`/why/${entry}`);
const queue = async () => (await daemon.get<Queue>('/queue')).entries;
const sounding = async (): Promise<Entry> =>
  (
    await daemon.until('something sounds', queue, (entries) => entries.some((each) => each.sounding))
  ).findLast((each) => each.sounding) as Entry;

before(async () => {
  for (let n = 0; n < TRACKS; n++) {
    const tags = {
      title: `Piece ${n}`,
      artist: `Artist ${n}`,
      album: `Album ${n % 4}`,
      track: String(1 + (n >> 2)),
    };
    writeTone(join(music, `${n}.flac`), { seconds: SECONDS, hz: 220 + 40 * n, tags });
  }
  daemon = await start();
  const analysed = () => daemon.get<{ status: { state: string } | null }>('/import');
  await daemon.until('the analysis', analysed, (at) => at.status?.state === 'done', 60_000);
  await daemon.send('PUT', '/settings', { skip_throttle_s: 0 });
});
after(async () => {
  await daemon?.stop();
  folder.remove();
});

/** Waits until `name` is among the owner's rules, or what scripts define. */
async function defined(path: '/rules' | '/scripts', name: string): Promise<void> {
  await daemon.until(
    name,
    () => daemon.get(path),
    (answer) => JSON.stringify(answer).includes(name),
    20_000,
  );
}
/** The entry that waits and was put there by this rule. */
async function putBy(rule: string): Promise<Entry> {
  return daemon.until(
    `an entry by ${rule}`,
    async () => {
      for (const entry of await queue())
        if (!entry.sounding && (await why(entry.entry)).rule === rule) return entry;
      return null;
    },
    (entry) => entry !== null,
  ) as Promise<Entry>;
}

test('1, automatic: when it was chosen, from how many, how near, and by which dice', async () => {
  const { sentence, facts, rule } = await why((await sounding()).entry);
  assert.equal(rule, 'AutoSelectWhenQueueLow');
  assert.match(sentence, /^“Piece \d” by Artist \d was chosen on .+ to play at about \d\d:\d\d/);
  assert.ok(sentence.includes(`the dice (seed ${facts?.seed}) fell on it`), sentence);
});

test('2 and 3, enqueued by a person, and skipped into', async () => {
  const skipped = await sounding();
  const { body } = await daemon.send<{ entries: string[] }>('POST', '/queue', {
    passage: 'p2',
    where: 'next',
  });
  const [entry] = body.entries;
  const asked = '“Piece 1” by Artist 1 plays because a person put it in the queue.';
  assert.equal((await why(entry)).sentence, asked);
  await daemon.send('POST', '/skip');
  const ended = async () =>
    (await daemon.get<History>('/history')).plays.find((play) => play.entry === skipped.entry);
  await daemon.until('the other to be over', ended, (play) => play?.ended === 'skipped');
  assert.equal((await sounding()).entry, entry);
  assert.equal((await why(entry)).sentence, `${asked} It began when “${skipped.title}” was skipped.`);
});

test('4, by an override', async () => {
  await daemon.send('POST', '/override', { passage: 'p5', durationS: 3600, name: 'like five' });
  const { entry } = await putBy('ReplaceQueueWhenOverrideSet');
  const { sentence, facts } = await why(entry);
  assert.match(sentence, /, when the override “like five” holds/);
  assert.equal(facts?.target.kind, 'override');
  await daemon.send('DELETE', '/override');
});

test('5 and 6, by a rule of the owner, and by a script', async () => {
  mkdirSync(rules, { recursive: true });
  writeFileSync(
    join(rules, 'encore.yaml'),
    `- name: EncoreWhenPaused
  summary: Whoever pauses hears the seventh next.
  when: Player.pause
  then:
    - Queue.enqueue: {passages: [7], where: next, source: auto}
`,
  );
  mkdirSync(scripts, { recursive: true });
  writeFileSync(
    join(scripts, 'encore.lua'),
    `rule {
  name = 'EncoreWhenPlayed',
  summary = 'Whoever plays hears the eighth next.',
  when = { { 'Player.play' } },
  may = { 'Queue.enqueue' },
  act = function() return { { 'Queue.enqueue', { passages = { 8 }, where = 'next', source = 'auto' } } } end,
}
`,
  );
  await defined('/rules', 'EncoreWhenPaused');
  await defined('/scripts', 'encore.lua');
  await daemon.send('POST', '/pause');
  const byRule = await putBy('EncoreWhenPaused');
  assert.equal(
    (await why(byRule.entry)).sentence,
    '“Piece 6” by Artist 6 plays because the rule EncoreWhenPaused put it in the queue: Whoever pauses hears the seventh next.',
  );
  await daemon.send('POST', '/play');
  const byScript = await putBy('EncoreWhenPlayed');
  assert.equal(
    (await why(byScript.entry)).sentence,
    '“Piece 7” by Artist 7 plays because the rule EncoreWhenPlayed put it in the queue: Whoever plays hears the eighth next.',
  );
});

test('7, an album that goes on', async () => {
  // The example that ships, on every day of the week.
  const example = readFileSync('deploy/scripts/album-on-sundays.lua', 'utf8');
  const daily = example.replace(/.*weekday = 0.*\n/, '');
  assert.notEqual(daily, example);
  writeFileSync(join(scripts, 'album.lua'), daily);
  await defined('/scripts', 'album.lua');
  await daemon.send('DELETE', '/queue');
  await putBy('AlbumInFullOnSundays');
  const entries = (await queue()).filter((entry) => !entry.sounding);
  const seconds = entries.findIndex(({ title }, at) => {
    const first = Number(entries[at - 1]?.title.slice(-1));
    return Number(title.slice(-1)) === first + 4;
  });
  assert.ok(seconds > 0, JSON.stringify(entries.map(({ title }) => title)));
  const second = entries[seconds] as Entry;
  assert.equal(
    (await why(second.entry)).sentence,
    `“${second.title}” by ${second.artist} plays because the rule AlbumInFullOnSundays put it in the queue: On Sundays a passage that was chosen by itself gives way to its album, in full and in order.`,
  );
  rmSync(join(scripts, 'album.lua'));
});

test('8 and 9, after a restart, and with cooldowns shortened', async () => {
  // Far from its end, or it may be over before the daemon is.
  await daemon.send('POST', '/seek', { positionMs: 10_000 });
  const before = await sounding();
  assert.equal(await daemon.stop(), 0);
  // All of it was heard a moment ago.
  const db = new Database(join(state, 'segue.db'));
  db.prepare('UPDATE songs SET last_heard_ms = ?').run(Date.now() - 60_000);
  db.close();
  daemon = await start();
  const now = await sounding();
  assert.equal(now.entry, before.entry);
  const { current } = await daemon.get<Status>('/status');
  assert.ok((current?.positionMs ?? 0) >= 10_000, JSON.stringify(current));
  assert.match((await why(now.entry)).sentence, / It went on where it was when Segue was started again\.$/);
  await daemon.send('DELETE', '/queue');
  const chosen = await putBy('AutoSelectWhenQueueLow');
  const { sentence, facts } = await why(chosen.entry);
  assert.ok((facts?.relaxedTo ?? 1) < 1, sentence);
  assert.match(
    sentence,
    facts?.relaxedTo === 0
      ? /nothing was free, however short the cooldowns/
      : /every cooldown was shortened to/,
  );
});
