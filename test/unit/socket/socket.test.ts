// The local socket: for its owner alone, without Host and Origin checks, over what a crash left behind.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type LocalSocket, listenOnSocket } from '../../../daemon/adapters/socket/socket.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';

let server: FakeServer;
let folder: string;

function get(socketPath: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

const open = (path: string) => listenOnSocket({ path, listener: server.http.listener('socket') });

before(async () => {
  server = await startFakeServer();
  folder = mkdtempSync(join(tmpdir(), 'segue-socket-'));
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('local socket', () => {
  it('serves the same API to its owner, the developers’ door included', async () => {
    const path = join(folder, 'run', 'segue.sock');
    const socket = (await open(path)) as LocalSocket;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(await get(path, '/api/v1/status', { host: 'anything', origin: 'http://elsewhere' }), 200);
    assert.equal(await get(path, '/dev/syncs'), 200);
    await socket.close();
    assert.equal(existsSync(path), false);
    const listener = server.http.listener('socket');
    const shared = (await listenOnSocket({ path, listener, isForGroup: true })) as LocalSocket;
    assert.equal(statSync(path).mode & 0o777, 0o660);
    await shared.close();
  });

  it('removes a stale socket, and leaves a living one alone', async () => {
    const path = join(folder, 'a.sock');
    writeFileSync(path, 'left over');
    const first = (await open(path)) as LocalSocket;
    const second = await open(path);
    assert.ok('error' in second && second.error === 'ALREADY_RUNNING', JSON.stringify(second));
    assert.equal(await get(path, '/api/v1/status'), 200);
    await first.close();
  });

  it('says when it cannot be opened', async () => {
    const long = await open(join(folder, 'x'.repeat(120)));
    assert.ok('error' in long && long.error === 'PATH_TOO_LONG');
    writeFileSync(join(folder, 'file'), '');
    const below = await open(join(folder, 'file', 'a.sock'));
    assert.ok('error' in below && below.error === 'UNAVAILABLE');
  });
});
