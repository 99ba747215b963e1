// Tells systemd that the daemon is ready and what it does, when systemd asked for it (NOTIFY_SOCKET). Main thread.
// It never throws and never holds anything up: a service manager that does not listen is no reason not to play.
import systemdNotify from 'systemd-notify';
import type { Log } from '../../ports.ts';

export interface Notify {
  /** READY=1 with a status line. Resolves when it is sent, or when it could not be. */
  ready(status: string): Promise<void>;
  /** STATUS=...; the same line again is not sent. */
  status(status: string): Promise<void>;
}

type Send = (options: { ready?: boolean; status?: string }) => Promise<unknown>;

export function createNotify(ports: {
  readonly log: Log;
  readonly env?: NodeJS.ProcessEnv;
  readonly send?: Send;
}): Notify {
  const { log, env = process.env, send = systemdNotify } = ports;
  const isWanted = (env.NOTIFY_SOCKET ?? '') !== '';
  let last: string | null = null;
  let isBroken = false;

  async function tell(options: { ready?: boolean; status: string }): Promise<void> {
    // One line: a line break would begin another variable.
    const status = options.status.replace(/\s+/g, ' ').trim();
    if (!isWanted || (status === last && options.ready !== true)) return;
    last = status;
    try {
      await send({ ...options, status });
    } catch (error) {
      // Said once: each further status would fail the same way.
      if (!isBroken) log.warn('systemd could not be told', { error: String(error) });
      isBroken = true;
    }
  }

  return {
    ready: (status) => tell({ ready: true, status }),
    status: (status) => tell({ status }),
  };
}
