// A real daemon that also says what it holds: memory after a garbage collection, statements, Lua states, file descriptors.
import { readdirSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memory } from '../bench/support/process-cost.ts';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';

export interface Held {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** Prepared and not yet garbage. */
  readonly statements: number;
  /** Opened and not closed. */
  readonly luaStates: number;
  readonly listeners: number;
  readonly timers: number;
  /** Without connections and music, which come and go. */
  readonly files: number;
  readonly anonymousMb: number;
}

export interface WatchedDaemon extends Daemon {
  held(): Promise<Held>;
}

const isLasting = (target: string) => !/^socket:|\.(flac|mp3|opus|m4a)$/.test(target);

function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return isLasting(readlinkSync(`${folder}/${name}`));
    } catch {
      // Closed since it was listed.
      return false;
    }
  }).length;
}

export async function startWatchedDaemon(options: DaemonOptions): Promise<WatchedDaemon> {
  const preload = `--import=${pathToFileURL(resolve('test/support/watch.mjs')).href}`;
  const daemon = await startDaemon({
    ...options,
    environment: { ...options.environment, NODE_OPTIONS: preload },
  });
  const answers = () => [...daemon.log().matchAll(/^#watched (.*)$/gm)];
  return {
    ...daemon,
    async held() {
      const before = answers().length;
      process.kill(daemon.pid, 'SIGUSR2');
      const all = await daemon.until(
        'what it holds',
        async () => answers(),
        (now) => now.length > before,
      );
      return {
        ...(JSON.parse(all.at(-1)?.[1] ?? '') as Held),
        files: openFiles(daemon.pid),
        anonymousMb: memory(daemon.pid).anonymousMb,
      };
    },
  };
}
