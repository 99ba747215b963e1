// Folder watch: notices that a music folder vanished, returned or changed, without a restart. Main thread, but all file
// access is asynchronous and one folder at a time: a hung disk holds one thread of the pool, never the daemon.
// Every 10 s a folder is looked at; every minute the change times of all its directories are compared (new, renamed and
// removed files change their directory). fs.watch was not chosen: on Linux it takes a watch and a listing per
// directory, sees nothing on network mounts, and misses what happened while a disk was unplugged.
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface WatchPorts {
  folders(): readonly { folder: number; path: string; available: boolean }[];
  /** The folder cannot be read (null), or is empty ([]). */
  lost(folder: number, seen: readonly string[] | null): Promise<unknown>;
  /** Something in it changed, or it is back. Answers false when a job runs already: asked again at the next look. */
  rescan(path: string): Promise<boolean>;
  /** Calls back again and again; answers how to end that. */
  every(ms: number, work: () => void): () => void;
}

export interface FolderWatch {
  /** One look now, as the timer does it. */
  look(): Promise<void>;
  stop(): void;
}

const LOOK_EVERY_MS = 10_000;
const LOOKS_PER_COMPARISON = 6;

export function watchFolders(ports: WatchPorts): FolderWatch {
  const seenTimes = new Map<string, ReadonlyMap<string, number>>();
  const emptied = new Set<string>();
  let looks = 0;
  let looking: Promise<void> | null = null;

  async function lookAt(
    row: { folder: number; path: string; available: boolean },
    isDue: boolean,
  ): Promise<void> {
    const state = await stateOf(row.path);
    if (state === 'gone') {
      seenTimes.delete(row.path);
      if (row.available) await ports.lost(row.folder, null);
      return;
    }
    if (state === 'empty') {
      seenTimes.delete(row.path);
      if (row.available && !emptied.has(row.path)) await ports.lost(row.folder, []);
      emptied.add(row.path);
      return;
    }
    emptied.delete(row.path);
    const before = seenTimes.get(row.path);
    if (before !== undefined && !isDue) return;
    const times = await directoryTimes(row.path);
    // A lost folder is scanned once when it is back, and not again and again when it holds no music any more.
    const isChanged = before === undefined ? !row.available : !areEqual(before, times);
    if (!isChanged || (await ports.rescan(row.path))) seenTimes.set(row.path, times);
  }

  async function look(): Promise<void> {
    const isDue = ++looks % LOOKS_PER_COMPARISON === 0;
    for (const row of ports.folders()) await lookAt(row, isDue);
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  const stop = ports.every(LOOK_EVERY_MS, () => void lookOnce());
  return { look: lookOnce, stop };
}

async function stateOf(path: string): Promise<'there' | 'empty' | 'gone'> {
  try {
    const dir = await opendir(path);
    try {
      return (await dir.read()) === null ? 'empty' : 'there';
    } finally {
      await dir.close();
    }
  } catch {
    return 'gone';
  }
}

/** Change times of a folder and of all directories in it, by path; links are not followed, hidden ones left out. */
async function directoryTimes(root: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    try {
      times.set(path, (await stat(path)).mtimeMs);
      for await (const entry of await opendir(path))
        if (entry.isDirectory() && !entry.name.startsWith('.')) waiting.push(join(path, entry.name));
    } catch {
      // It vanished while it was read: its parent has changed, and says so.
    }
  }
  return times;
}

function areEqual(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([path, time]) => b.get(path) === time);
}
