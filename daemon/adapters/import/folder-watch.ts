// Folder watch: notices that a music folder vanished, returned or changed, without a restart. Main thread, but all file
// access is asynchronous and one folder at a time: a hung disk holds one thread of the pool, never the daemon.
// What the kernel notices is asked each second, and acted on when it has been quiet for some. It sees nothing on network mounts,
// misses what happened while a disk was unplugged, and watches only so many directories. Therefore every 10 s a folder is looked
// at, and every minute the change times of all its directories are compared (new, renamed and removed files change their
// directory); only a directory that has changed is read again.
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the kernel notices in the directories of one music folder; asked, it answers at once. */
export interface Notices {
  /** Watches a directory, which may be watched already. False: the kernel watches no more of them. */
  add(directory: string): boolean;
  /** Whether anything has changed since it was asked last. */
  take(): boolean;
  close(): void;
}

export interface WatchPorts {
  folders(): readonly { folder: number; path: string; available: boolean }[];
  /** The folder cannot be read (null), or is empty ([]). */
  lost(folder: number, seen: readonly string[] | null): Promise<unknown>;
  /** Something in it changed, or it is back. Answers false when a job runs already: asked again at the next look. */
  rescan(path: string): Promise<boolean>;
  /** Null where the kernel has none to give. */
  notices(): Notices | null;
  /** The kernel watches no more directories: changes in this folder are noticed by the comparison alone. */
  unwatched(path: string): void;
  /** Calls back again and again; answers how to end that. */
  every(ms: number, work: () => void): () => void;
}

export interface FolderWatch {
  /** One look now, as the timer does it. */
  look(): Promise<void>;
  /** Asks what the kernel has noticed, as the timer does it. */
  listen(): Promise<void>;
  stop(): void;
}

const LISTEN_EVERY_MS = 1000;
const LOOK_EVERY_MS = 10_000;
const LOOKS_PER_COMPARISON = 6;
/** Whoever copies an album is not done with the first file: it is scanned after so many quiet seconds, or so many at most. */
const QUIET_LISTENS = 3;
const MOST_LISTENS = 30;
/** What changes again this soon after it was read may bear the same time: the coarsest clock is that of FAT. */
const CLOCK_MS = 2000;

/** A directory as it was when it was read. */
interface Seen {
  readonly mtimeMs: number;
  readonly below: readonly string[];
  /** Whether it is the same as long as its time is. */
  readonly isSettled: boolean;
}

/** What is heard of a folder, and for how long. */
interface Heard {
  /** Null: this one is not watched. */
  readonly notices: Notices | null;
  /** Asked so often since the first notice; 0: there was none. */
  since: number;
  /** Asked so often without another one. */
  quiet: number;
  /** It has been quiet: to be scanned. */
  isDue: boolean;
}

export function watchFolders(ports: WatchPorts): FolderWatch {
  const seenIn = new Map<string, ReadonlyMap<string, Seen>>();
  const heardIn = new Map<string, Heard>();
  const emptied = new Set<string>();
  let looks = 0;
  let looking: Promise<void> | null = null;

  function forget(path: string): void {
    seenIn.delete(path);
    heardIn.get(path)?.notices?.close();
    heardIn.delete(path);
  }

  /** Before what is in them is compared, so that nothing changes unheard between the two. */
  function watch(path: string, directories: Iterable<string>): Heard {
    const known = heardIn.get(path);
    const heard = known ?? { notices: ports.notices(), since: 0, quiet: 0, isDue: false };
    heardIn.set(path, heard);
    if (heard.notices === null) return heard;
    for (const directory of directories) {
      if (heard.notices.add(directory)) continue;
      heard.notices.close();
      const deaf = { ...heard, notices: null };
      heardIn.set(path, deaf);
      ports.unwatched(path);
      return deaf;
    }
    return heard;
  }

  async function lookAt(
    row: { folder: number; path: string; available: boolean },
    isComparison: boolean,
  ): Promise<void> {
    const state = await stateOf(row.path);
    if (state === 'gone') {
      forget(row.path);
      if (row.available) await ports.lost(row.folder, null);
      return;
    }
    if (state === 'empty') {
      forget(row.path);
      if (row.available && !emptied.has(row.path)) await ports.lost(row.folder, []);
      emptied.add(row.path);
      return;
    }
    emptied.delete(row.path);
    const before = seenIn.get(row.path);
    const isNoticed = heardIn.get(row.path)?.isDue ?? false;
    if (before !== undefined && !isComparison && !isNoticed) return;
    const now = await directoriesOf(row.path, before);
    const heard = watch(row.path, now.keys());
    heard.isDue = false;
    // A lost folder is scanned once when it is back, and not again and again when it holds no music any more.
    const isChanged = before === undefined ? !row.available : isNoticed || !areEqual(before, now);
    if (!isChanged || (await ports.rescan(row.path))) seenIn.set(row.path, now);
    else heard.isDue = isNoticed;
  }

  async function look(isTimed: boolean): Promise<void> {
    if (isTimed) looks += 1;
    const isComparison = isTimed && looks % LOOKS_PER_COMPARISON === 0;
    const rows = ports.folders();
    for (const path of heardIn.keys()) if (!rows.some((row) => row.path === path)) forget(path);
    for (const row of rows) await lookAt(row, isComparison);
  }

  function lookOnce(isTimed: boolean): Promise<void> {
    looking ??= look(isTimed).finally(() => {
      looking = null;
    });
    return looking;
  }

  function hear(heard: Heard): boolean {
    if (heard.notices?.take()) {
      heard.since = Math.max(heard.since, 1);
      heard.quiet = 0;
    } else if (heard.since > 0) heard.quiet += 1;
    if (heard.since === 0) return false;
    if (heard.quiet < QUIET_LISTENS && heard.since < MOST_LISTENS) {
      heard.since += 1;
      return false;
    }
    Object.assign(heard, { since: 0, quiet: 0, isDue: true });
    return true;
  }

  async function listen(): Promise<void> {
    let isAny = false;
    for (const heard of heardIn.values()) if (hear(heard)) isAny = true;
    if (isAny) await lookOnce(false);
  }

  const ends = [
    ports.every(LISTEN_EVERY_MS, () => void listen()),
    ports.every(LOOK_EVERY_MS, () => void lookOnce(true)),
  ];
  return {
    look: () => lookOnce(true),
    listen,
    stop() {
      for (const end of ends) end();
      for (const path of [...heardIn.keys()]) forget(path);
    },
  };
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
