// JavaScript hangs for good while music plays: the core plays on, into the next piece, and whoever starts the daemon again hears it
// where it was, not where JavaScript was last seen. What ended meanwhile counts as played.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { readMirror } from '../../daemon/positions.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const MOST_BACK_MS = 2000;
const PIECE_S = 20;
const folder = temporaryFolder('hang');
const state = join(folder.path, 'state');
const music = join(folder.path, 'music');
after(folder.remove);

interface Status {
  readonly current: { readonly entry: string; readonly positionMs: number } | null;
}
interface History {
  readonly plays: readonly {
    readonly entry: string;
    readonly startedAtMs: number;
    readonly ended: string | null;
  }[];
}
const number = (entry: string | undefined) => Number(entry?.slice(1));
const start = () =>
  startDaemon({
    ...{ state, music },
    environment: { NODE_OPTIONS: `--import=${pathToFileURL(resolve('test/support/hang.mjs')).href}` },
  });
const status = (daemon: Daemon) => daemon.get<Status>('/status');
const mirrored = () => readMirror(join(state, 'run', 'position'));

/** Hangs it, kills it when the mirror says so, starts it again. What the mirror said last, and what is resumed from where. */
async function hangUntil(daemon: Daemon, done: (at: { entry: number; positionMs: number }) => boolean) {
  process.kill(daemon.pid, 'SIGUSR2');
  const { value: last } = await daemon
    .until(
      'the mirror',
      async () => ({ value: mirrored() }),
      ({ value }) => value !== null && done(value),
      60_000,
    )
    .finally(() => daemon.kill());
  const db = new Database(join(state, 'segue.db'), { readonly: true });
  const soundingByQueue = db.prepare("SELECT id FROM queue WHERE state = 'sounding'").pluck().all();
  db.close();
  const again = await start();
  const now = await again.until(
    'music',
    () => status(again),
    ({ current }) => (current?.positionMs ?? 0) > 0,
  );
  return { last, soundingByQueue, again, now };
}

test('a hang within a piece, and one in which the next piece has begun: on where it was', async () => {
  writeMusic(music, 6, PIECE_S);
  let daemon = await start();
  try {
    const early = await daemon.until(
      'some music',
      () => status(daemon),
      ({ current }) => (current?.positionMs ?? 0) > 2000,
      60_000,
    );
    const hungAt = early.current?.positionMs ?? 0;
    const within = await hangUntil(daemon, ({ positionMs }) => positionMs > hungAt + 4000);
    daemon = within.again;
    assert.equal(within.now.current?.entry, early.current?.entry);
    const backMs = (within.last?.positionMs ?? 0) - (within.now.current?.positionMs ?? 0);
    assert.ok(backMs < MOST_BACK_MS, `${backMs}`);

    const before = number(within.now.current?.entry);
    const across = await hangUntil(daemon, ({ entry, positionMs }) => entry !== before && positionMs > 6000);
    daemon = across.again;
    assert.deepEqual(across.soundingByQueue, [before], 'JavaScript has not heard of the next piece');
    assert.equal(number(across.now.current?.entry), across.last?.entry);
    const { plays } = await daemon.get<History>('/history');
    const [resumed, finished] = plays;
    assert.equal(resumed?.entry, across.now.current?.entry);
    assert.deepEqual([number(finished?.entry), finished?.ended], [before, 'natural']);
    // From where: by what it played since.
    const at = await status(daemon);
    const fromMs = (at.current?.positionMs ?? 0) - (Date.now() - (resumed?.startedAtMs ?? 0));
    assert.ok(
      Math.abs(fromMs - (across.last?.positionMs ?? 0)) < MOST_BACK_MS,
      `${fromMs} ${across.last?.positionMs}`,
    );
    // Nothing is told twice.
    assert.equal(plays.filter(({ entry }) => number(entry) === before).length, 1);
  } finally {
    await daemon.kill();
  }
});
