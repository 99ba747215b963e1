// The local door: the same app on a unix socket, for the owner of the state directory alone (mode 0600), as a service for its
// group too (0660).
// Main thread. A socket file that nobody answers on is left over from a crash, and is removed.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Failure } from '../../../sync/vocabulary/common.ts';

/** The kernel's limit for the name of a socket, terminating zero included, is 108. */
const MAX_PATH_BYTES = 107;

export interface LocalSocket {
  readonly path: string;
  close(graceMs?: number): Promise<void>;
}

export async function listenOnSocket(options: {
  readonly path: string;
  readonly listener: RequestListener;
  /** Whoever is in the group of the process may use it. */
  readonly isForGroup?: boolean;
}): Promise<LocalSocket | Failure<'PATH_TOO_LONG' | 'ALREADY_RUNNING' | 'UNAVAILABLE'>> {
  const { path, listener, isForGroup = false } = options;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    return {
      error: 'PATH_TOO_LONG',
      message: `The socket path is too long: choose a shorter one (${path}).`,
    };
  if (await isAnswered(path))
    return {
      error: 'ALREADY_RUNNING',
      message: `Segue is already running on this state directory (${path}).`,
    };
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
  } catch (error) {
    return unavailable(path, error as Error);
  }

  const server = createServer(listener);
  // Nobody else may connect in the moment between bind and chmod.
  const oldMask = process.umask(0o177);
  const failed = await new Promise<Error | null>((resolve) => {
    server.once('error', resolve);
    server.listen(path, () => resolve(null));
    process.umask(oldMask);
  });
  if (failed !== null) return unavailable(path, failed);
  chmodSync(path, isForGroup ? 0o660 : 0o600);

  return {
    path,
    close: (graceMs = 5000) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          rmSync(path, { force: true });
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function unavailable(path: string, error: Error): Failure<'UNAVAILABLE'> {
  return { error: 'UNAVAILABLE', message: `The local socket ${path} cannot be opened: ${error.message}.` };
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
