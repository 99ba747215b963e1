// Folder watch: notices that a music folder vanished, returned or changed, without a restart. Main thread, but all file
// access is asynchronous and one folder at a time: a hung disk holds one thread of the pool, never the daemon.
// Every 10 s a folder is looked at; every minute the change times of all its directories are compared (new, renamed and
// removed files change their directory), and only a directory that has changed is read again. fs.watch was not chosen: on Linux it takes a watch and a listing per
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
/** What changes again this soon after it was read may bear the same time: the coarsest clock is that of FAT. */
const CLOCK_MS = 2000;

/** A directory as it was when it was read. */
interface Seen {
  readonly mtimeMs: number;
  readonly below: readonly string[];
  /** Whether it is the same as long as its time is. */
  readonly isSettled: boolean;
}

export function watchFolders(ports: WatchPorts): FolderWatch {
  const seenIn = new Map<string, ReadonlyMap<string, Seen>>();
  const emptied = new Set<string>();
  let looks = 0;
  let looking: Promise<void> | null = null;

  async function lookAt(
    row: { folder: number; path: string; available: boolean },
    isDue: boolean,
  ): Promise<void> {
    const state = await stateOf(row.path);
    if (state === 'gone') {
      seenIn.delete(row.path);
      if (row.available) await ports.lost(row.folder, null);
      return;
    }
    if (state === 'empty') {
      seenIn.delete(row.path);
      if (row.available && !emptied.has(row.path)) await ports.lost(row.folder, []);
      emptied.add(row.path);
      return;
    }
    emptied.delete(row.path);
    const before = seenIn.get(row.path);
    if (before !== undefined && !isDue) return;
    const now = await directoriesOf(row.path, before);
    // A lost folder is scanned once when it is back, and not again and again when it holds no music any more.
    const isChanged = before === undefined ? !row.available : !areEqual(before, now);
    if (!isChanged || (await ports.rescan(row.path))) seenIn.set(row.path, now);
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

/** A folder and all directories in it, by path; links are not followed, hidden ones left out. */
async function directoriesOf(
  root: string,
  before: ReadonlyMap<string, Seen> | undefined,
): Promise<Map<string, Seen>> {
  const directories = new Map<string, Seen>();
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    try {
      const { mtimeMs } = await stat(path);
      const known = before?.get(path);
      const isKnown = known?.isSettled && known.mtimeMs === mtimeMs;
      const seen = isKnown ? known : await readDirectory(path, mtimeMs);
      directories.set(path, seen);
      waiting.push(...seen.below);
    } catch {
      // It vanished while it was read: its parent has changed, and says so.
    }
  }
  return directories;
}

async function readDirectory(path: string, mtimeMs: number): Promise<Seen> {
  const isSettled = Date.now() - mtimeMs > CLOCK_MS;
  const below: string[] = [];
  for await (const entry of await opendir(path))
    if (entry.isDirectory() && !entry.name.startsWith('.')) below.push(join(path, entry.name));
  return { mtimeMs, below, isSettled };
}

function areEqual(a: ReadonlyMap<string, Seen>, b: ReadonlyMap<string, Seen>): boolean {
  return a.size === b.size && [...a].every(([path, { mtimeMs }]) => b.get(path)?.mtimeMs === mtimeMs);
}
