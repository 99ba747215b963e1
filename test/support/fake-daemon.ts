// A state directory with the real local socket and the real API over the fake radio, and the command line run on it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOnSocket } from '../../daemon/adapters/socket/socket.ts';
import { COMMANDS } from '../../daemon/cli/commands/index.ts';
import { runCommandLine } from '../../daemon/cli/run.ts';
import { placesOf } from '../../daemon/places.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function segue(state: string, ...words: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runCommandLine([...words, '--state', state], {
    commands: COMMANDS,
    env: { HOME: '/nowhere' },
    streams: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      columns: null,
    },
  });
  return { code, out, err };
}

export interface FakeDaemon extends FakeServer {
  readonly state: string;
  run(...words: string[]): Promise<Ran>;
}

export async function startFakeDaemon(): Promise<FakeDaemon> {
  const server = await startFakeServer();
  const state = mkdtempSync(join(tmpdir(), 'segue-state-'));
  const socket = await listenOnSocket({
    path: placesOf(state, {}).socket,
    listener: server.http.listener('socket'),
  });
  if ('error' in socket) throw new Error(socket.message);
  return {
    ...server,
    state,
    run: (...words) => segue(state, ...words),
    async close() {
      await server.close();
      await socket.close(200);
      rmSync(state, { recursive: true, force: true });
    },
  };
}
