// Scan: walks a music folder and yields its audio files. Worker process. Follows symbolic links, each folder once;
// hidden names and other music folders inside this one are left out.
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundFile } from '../concepts/import/worker-port.ts';
import { cueNames, lyricsName } from './beside.ts';

const EXTENSIONS = new Set(
  'flac mp3 opus ogg oga m4a m4b mp4 aac alac wav wave aiff aif aifc wv ape mka wma mpc tta caf w64'.split(
    ' ',
  ),
);

export function isAudioName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase());
}

/** What the scan needs of the file system: replaced in tests where a file system cannot be made to fail. */
export interface ScanFiles {
  readdir(path: string): Promise<Dirent[]>;
  stat(path: string): Promise<Stats>;
  realpath(path: string): Promise<string>;
}
const realFiles: ScanFiles = {
  readdir: (path) => readdir(path, { withFileTypes: true }),
  stat: (path) => stat(path),
  realpath: (path) => realpath(path),
};

export interface ScanOptions {
  readonly folder: number;
  readonly root: string;
  /** Real paths of the other music folders. */
  readonly others: ReadonlySet<string>;
  /** A place that cannot be read; '' is the music folder itself. */
  readonly onUnreadable: (path: string, reason: string) => void;
  readonly files?: ScanFiles;
}

/** Yields a folder's own files by name, then what lies below: an album stays together. */
export async function* scan(options: ScanOptions): AsyncGenerator<FoundFile> {
  const { folder, root, others, onUnreadable, files = realFiles } = options;
  const visited = new Set<string>();
  const waiting: string[] = [''];
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    let entries: Dirent[];
    try {
      const real = await files.realpath(join(root, dir));
      if (visited.has(real) || (dir !== '' && others.has(real))) continue;
      visited.add(real);
      entries = await files.readdir(join(root, dir));
    } catch (error) {
      onUnreadable(dir, reasonOf(error, 'folder', dir));
      continue;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Set(entries.map(({ name }) => name));
    const below: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = dir === '' ? entry.name : `${dir}/${entry.name}`;
      if (entry.isDirectory()) below.push(path);
      else if (entry.isSymbolicLink() || (entry.isFile() && isAudioName(entry.name))) {
        try {
          const stats = await files.stat(join(root, path));
          if (stats.isDirectory()) below.push(path);
          else if (stats.isFile() && isAudioName(entry.name))
            yield {
              folder,
              path,
              sizeBytes: stats.size,
              mtimeMs: await changedMs(files, root, path, stats, names),
            };
        } catch (error) {
          if (isAudioName(entry.name) || codeOf(error) === 'ELOOP')
            onUnreadable(path, reasonOf(error, 'link', path));
        }
      }
    }
    waiting.push(...below.reverse());
  }
}

/** When the file, or what lies beside it and says something of it, was changed last. */
async function changedMs(
  files: ScanFiles,
  root: string,
  path: string,
  { mtimeMs }: Stats,
  names: ReadonlySet<string>,
): Promise<number> {
  const slash = path.lastIndexOf('/') + 1;
  let newest = mtimeMs;
  for (const name of [...cueNames(path.slice(slash)), lyricsName(path.slice(slash))]) {
    if (!names.has(name)) continue;
    const beside = await files.stat(join(root, path.slice(0, slash), name)).catch(() => null);
    newest = Math.max(newest, beside?.mtimeMs ?? 0);
  }
  return Math.round(newest);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
}

function reasonOf(error: unknown, what: 'folder' | 'link', path: string): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM')
    return 'Segue may not read this folder. Give its user the right to read it.';
  if (code === 'ENOENT' && path.includes('\ufffd'))
    return 'Its name is not UTF-8, so that it cannot be opened. Rename it.';
  if (code === 'ENOENT')
    return what === 'link'
      ? 'This link leads nowhere. Remove it, or bring its target back.'
      : 'This folder is gone.';
  if (code === 'ELOOP') return 'This link leads to itself. Remove it.';
  return `This ${what} cannot be read (${code}). Check the disk.`;
}
