// A backup of the real daemon while it plays, and what it is good for: the database is lost, and comes back from it.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';

const folder = temporaryFolder('backup');
const music = join(folder.path, 'music');
const state = join(folder.path, 'state');
after(() => folder.remove());

interface Backups {
  readonly backups: readonly { kind: string; name: string; written: boolean }[];
}

test('what was set before a backup is there after the database was lost; the music plays meanwhile', async () => {
  writeMusic(music, 4, 20);
  let daemon = await startDaemon({ state, music });
  try {
    const status = () => daemon.get<Status>('/status');
    const before = await daemon.until('it plays', status, ({ current }) => (current?.positionMs ?? 0) > 0);
    await daemon.send('PUT', '/settings', { crossfade_s: 7 });
    const { status: code, body } = await daemon.send<Backups>('POST', '/backups');
    assert.equal(code, 201, JSON.stringify(body));
    assert.deepEqual(
      body.backups.map(({ kind, written }) => [kind, written]),
      [
        ['database', true],
        ['export', true],
      ],
    );
    assert.deepEqual(readdirSync(join(state, 'backups')).sort(), body.backups.map(({ name }) => name).sort());
    const audio = await daemon.get<{ counters: { underruns: number } }>('/audio');
    assert.equal(audio.counters.underruns, 0);
    assert.equal((await status()).playing, before.playing);
    assert.equal(await daemon.stop(), 0);
    for (const part of ['-wal', '-shm']) rmSync(join(state, `segue.db${part}`), { force: true });
    writeFileSync(join(state, 'segue.db'), 'a card that has died '.repeat(1000));
    daemon = await startDaemon({ state, music });
    assert.match(daemon.log(), /was put in its place/);
    const { settings } = await daemon.get<{ settings: { key: string; value: unknown }[] }>('/settings');
    assert.equal(settings.find(({ key }) => key === 'crossfade_s')?.value, 7);
  } finally {
    await daemon.stop();
  }
});
