// Tells systemd that the daemon is ready, what it does, and that it is alive, when systemd asked for it (NOTIFY_SOCKET). Main
// thread. It never throws and never holds anything up: a service manager that does not listen is no reason not to play.
import systemdNotify from 'systemd-notify';
import type { Log } from '../../ports.ts';

export interface Notify {
  /** READY=1 with a status line, by the program systemd-notify. Resolves when it is sent, or when it could not be. */
  ready(status: string): Promise<void>;
  /** STATUS=...; the same line again is not sent. */
  status(status: string): void;
  /** STOPPING=1: what comes now takes its time, and is no failure. */
  stopping(): void;
  /** WATCHDOG=1. */
  alive(): void;
  /** What comes now may take so long, and nothing is heard meanwhile. Over with the next `watched`. */
  patience(ms: number): void;
  /** From now on it is alive, or it is restarted. */
  watched(): void;
  /** How often it wants to hear that: a third of what systemd waits. Null: it does not. */
  readonly aliveEveryMs: number | null;
}

type Send = (options: { ready?: boolean; status?: string }) => Promise<unknown>;
/** Sends a message to a socket: 0, or the number of the error. */
type Tell = (socket: string, message: string) => number;

export function createNotify(ports: {
  readonly log: Log;
  readonly tell: Tell;
  readonly env?: NodeJS.ProcessEnv;
  readonly pid?: number;
  readonly send?: Send;
}): Notify {
  const { log, tell, env = process.env, pid = process.pid, send = systemdNotify } = ports;
  const socket = env.NOTIFY_SOCKET ?? '';
  let last: string | null = null;
  let isBroken = false;
  let isPatient = false;
  const watchdogUs = watchdogUsOf(env, pid);

  // Said once: each further message would fail the same way.
  function complain(error: string): void {
    if (!isBroken) log.warn('systemd could not be told', { error });
    isBroken = true;
  }
  function say(message: string): void {
    if (socket === '') return;
    const code = tell(socket, message);
    if (code !== 0) complain(`error ${code}`);
  }
  // A line break would begin another variable.
  const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

  return {
    async ready(text) {
      if (socket === '') return;
      const line = oneLine(text);
      last = line;
      try {
        await send({ ready: true, status: line });
      } catch (error) {
        complain(String(error));
      }
      // A program takes its time, and what was said meanwhile has come before it.
      if (last !== line) say(`STATUS=${last}`);
    },
    status(text) {
      const line = oneLine(text);
      if (line === last) return;
      last = line;
      say(`STATUS=${line}`);
    },
    stopping: () => say('STOPPING=1'),
    alive: () => say('WATCHDOG=1'),
    patience(ms) {
      say(`EXTEND_TIMEOUT_USEC=${ms * 1000}`);
      if (watchdogUs !== null) say(`WATCHDOG_USEC=${ms * 1000}`);
      isPatient = true;
    },
    watched() {
      if (watchdogUs !== null && isPatient) say(`WATCHDOG_USEC=${watchdogUs}`);
      isPatient = false;
      say('WATCHDOG=1');
    },
    aliveEveryMs: watchdogUs === null ? null : Math.floor(watchdogUs / 3000),
  };
}

/** Null: nobody waits for a sign of life, or not of this process. */
function watchdogUsOf(env: NodeJS.ProcessEnv, pid: number): number | null {
  const us = Number(env.WATCHDOG_USEC ?? 0);
  const isMeant = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
  return us > 0 && isMeant ? us : null;
}
