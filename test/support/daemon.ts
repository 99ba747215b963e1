// Starts the real daemon as a process, as a person would, on a folder of its own; asks it over HTTP and its socket.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Daemon {
  readonly pid: number;
  readonly state: string;
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it wrote to stderr so far. */
  log(): string;
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: T }>;
  /** Polls `ask` until `done` says so; throws with the log after `timeoutMs`. */
  until<T>(what: string, ask: () => Promise<T>, done: (value: T) => boolean, timeoutMs?: number): Promise<T>;
  /** SIGTERM and wait: the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL and wait. */
  kill(): Promise<void>;
}

export interface DaemonOptions {
  /** Kept when given; else a temporary folder. */
  readonly state?: string;
  readonly music?: string;
  readonly sink?: 'auto' | 'null';
  readonly environment?: NodeJS.ProcessEnv;
  readonly flags?: readonly string[];
  /** Root without its right to read what the mode of a file forbids, so that a locked folder is one. */
  readonly isBoundByModes?: boolean;
  readonly timeoutMs?: number;
}

export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `segue-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What `npm start` tells Node: a daemon that is tested or measured is the one that people run. */
export function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  const words = scripts.start.split(' ');
  return words.slice(words.indexOf('node') + 1, words.indexOf('dist/daemon/main.js'));
}

/** A disk that others share has been seen to take 15 s for what takes one. */
const STARTS_WITHIN_MS = 60_000;

/** Starts dist/daemon/main.js and waits until it answers. Kills it and throws its log if it does not within `timeoutMs`. */
export async function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  if (!existsSync('dist/daemon/main.js')) throw new Error('Run "npm run build" first.');
  const state = options.state ?? temporaryFolder('state').path;
  const args = [...nodeFlags(), 'dist/daemon/main.js'];
  args.push('--state', state, '--port', '0', '--sink', options.sink ?? 'null');
  if (options.music) args.push('--music', options.music);
  const isBound = options.isBoundByModes && process.getuid?.() === 0;
  const prefix = isBound ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
  const [program, ...words] = [...prefix, process.execPath, ...args, ...(options.flags ?? [])];
  const child = spawn(program as string, words, {
    env: { ...process.env, SEGUE_CONFIG: '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log += chunk;
  };
  child.stderr.on('data', keep);
  child.stdout.on('data', keep);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const startedAt = Date.now();
  let url = '';
  while (!url) {
    url = /http:\/\/[\d.]+:\d+/.exec(log)?.[0] ?? '';
    if (child.exitCode !== null || child.signalCode)
      throw new Error(`the daemon ended (${child.exitCode ?? child.signalCode}):\n${log}`);
    if (Date.now() - startedAt > (options.timeoutMs ?? STARTS_WITHIN_MS)) {
      child.kill('SIGKILL');
      throw new Error(`the daemon did not come up:\n${log}`);
    }
    if (!url) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const daemon: Daemon = {
    pid: child.pid as number,
    state,
    url,
    process: child,
    log: () => log,
    async get(path) {
      const answer = await fetch(`${url}/api/v1${path}`);
      return (await answer.json()) as never;
    },
    async send(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text ? JSON.parse(text) : {}) as never };
    },
    async until(what, ask, done, timeoutMs = 15_000) {
      const from = Date.now();
      for (;;) {
        const value = await ask().catch(() => undefined);
        if (value !== undefined && done(value)) return value;
        if (Date.now() - from > timeoutMs)
          throw new Error(`${what}: not within ${timeoutMs} ms; last: ${JSON.stringify(value)}\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  return daemon;
}
