// kill -9 at a random moment, again and again, while it plays, enqueues and imports: each time it starts again, the
// database is sound, everything that was acknowledged is there, and it plays. SEGUE_KILLS sets how often
// (npm run proof:kills: 50).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const ROUNDS = Number(process.env.SEGUE_KILLS ?? 5);
const SEED = Number(process.env.SEGUE_SEED ?? 20_261_120);
const folder = temporaryFolder('kills');
const state = join(folder.path, 'state');
const music = join(folder.path, 'music');
after(() => folder.remove());

function randomFrom(seed: number): () => number {
  let value = seed >>> 0;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 2 ** 32;
  };
}

interface Status {
  readonly current: { entry: string; positionMs: number } | null;
}

const entryNumber = (id: string) => Number(id.replace(/^e/, ''));
const isPlaying = (daemon: Daemon) =>
  daemon.until(
    'playing',
    () => daemon.get<Status>('/status'),
    (status) => (status.current?.positionMs ?? 0) > 0,
    20_000,
  );

/** What the database says after the kill, before anybody repairs anything. */
function inspect(acknowledged: ReadonlySet<number>, settings: ReadonlyMap<string, unknown>): void {
  const db = new Database(join(state, 'segue.db'));
  try {
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(db.pragma('foreign_key_check'), []);
    const known = new Set(
      db.prepare('SELECT id FROM queue UNION SELECT entry FROM plays').pluck().all() as number[],
    );
    const lost = [...acknowledged].filter((entry) => !known.has(entry));
    assert.deepEqual(lost, [], 'acknowledged entries are neither queued nor played');
    for (const [key, value] of settings) {
      const stored = db.prepare('SELECT value FROM settings WHERE key = ?').pluck().get(key) as string;
      assert.deepEqual(JSON.parse(stored), value, `setting ${key}`);
    }
    const twice = db.prepare('SELECT entry FROM plays GROUP BY entry HAVING count(*) > 1').all();
    assert.deepEqual(twice, [], 'an entry was played twice');
  } finally {
    db.close();
  }
}

test(`killed ${ROUNDS} times, it loses nothing it had acknowledged`, {
  timeout: 60_000 + ROUNDS * 40_000,
}, async () => {
  const random = randomFrom(SEED);
  const acknowledged = new Set<number>();
  const settings = new Map<string, unknown>();
  let written = 12;
  writeMusic(music, written, 6);
  for (let round = 0; round < ROUNDS; round++) {
    const daemon = await startDaemon({ state, music, timeoutMs: 20_000 });
    await isPlaying(daemon);
    // More music, and an import of it, in most rounds.
    if (random() < 0.7 && written < 60) {
      writeMusic(music, 3, 6, written);
      written += 3;
      void daemon.send('POST', '/import').catch(() => {});
    }
    const killAt = Date.now() + 30 + random() * 2500;
    const persist = (async () => {
      while (Date.now() < killAt) {
        const passage = `p${1 + Math.floor(random() * 12)}`;
        const answer = await daemon
          .send<{ entries: string[] }>('POST', '/queue', { passage, where: random() < 0.5 ? 'next' : 'end' })
          .catch(() => null);
        if (answer?.status === 201 || answer?.status === 200)
          for (const id of answer.body.entries) acknowledged.add(entryNumber(id));
        // Full: emptied again. From the moment it is asked, what waited may be gone.
        if (answer?.status === 409) {
          acknowledged.clear();
          await daemon.send('DELETE', '/queue').catch(() => null);
        }
        const crossfadeS = Math.floor(random() * 5);
        const set = await daemon.send('PUT', '/settings', { crossfade_s: crossfadeS }).catch(() => null);
        if (set?.status === 200) settings.set('crossfade_s', crossfadeS);
        else settings.delete('crossfade_s');
        if (random() < 0.3) await daemon.send('POST', '/skip').catch(() => null);
        await new Promise((resolve) => setTimeout(resolve, random() * 120));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, killAt - Date.now()));
    await daemon.kill();
    await persist;
    inspect(acknowledged, settings);
  }
  const daemon = await startDaemon({ state, music, timeoutMs: 20_000 });
  await isPlaying(daemon);
  assert.equal(await daemon.stop(), 0);
  assert.ok(acknowledged.size > 0, 'nothing was enqueued: the test proves nothing');
});
