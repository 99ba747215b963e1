// Backups and exports as files: written under a temporary name, checked, renamed, the newest three kept; and the same
// once more in another folder. Backup process, and the start of the daemon; it never touches the database in use.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { BackupFile, BackupKind } from '../../../sync/vocabulary/backup.ts';
import { faultsOf, syncFile } from './backup.ts';
import { exportFault } from './export.ts';

const KEPT = 3;
const NAMES: Readonly<Record<BackupKind, RegExp>> = {
  database: /^segue-(\d{15})(-\d+)?\.db$/,
  export: /^export-(\d{15})\.jsonl$/,
};

function namesIn(folder: string, kind: BackupKind): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAMES[kind].test(name))
    .sort()
    .reverse();
}

/** Newest first. */
export function listBackupFiles(folder: string): BackupFile[] {
  const of = (kind: BackupKind) =>
    namesIn(folder, kind).flatMap((name): BackupFile[] => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      const atMs = Number(NAMES[kind].exec(name)?.[1]);
      return stat === undefined ? [] : [{ kind, name, atMs, bytes: stat.size }];
    });
  return [...of('database'), ...of('export')].sort((a, b) => b.atMs - a.atMs);
}

/** The newest export that is whole, as an absolute path, or null. */
export function newestExport(folder: string): string | null {
  const paths = namesIn(folder, 'export').map((name) => join(folder, name));
  return paths.find((path) => exportFault(readFileSync(path, 'utf8')) === null) ?? null;
}

/** When a backup or an export was made: calendar ms. */
export function stampOf(path: string): number {
  return Number(/-(\d{15})/.exec(basename(path))?.[1] ?? 0);
}

function keepNewest(folder: string, kind: BackupKind): void {
  for (const old of namesIn(folder, kind).slice(KEPT)) rmSync(join(folder, old), { force: true });
}

/** The newest export that is whole, if it says the same already; else this one. Throws when the disk refuses. */
export function writeExport(folder: string, text: string, atMs: number): { path: string; written: boolean } {
  mkdirSync(folder, { recursive: true });
  const [newest] = namesIn(folder, 'export');
  if (newest !== undefined && readFileSync(join(folder, newest), 'utf8') === text)
    return { path: join(folder, newest), written: false };
  const stamp = String(Math.max(0, Math.floor(atMs))).padStart(15, '0');
  const path = join(folder, `export-${stamp}.jsonl`);
  const temporary = `${path}.part`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    syncFile(temporary);
    const fault = exportFault(readFileSync(temporary, 'utf8'));
    if (fault !== null) throw new Error(`the export is not sound: ${fault}`);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFile(folder);
  keepNewest(folder, 'export');
  return { path, written: true };
}

/** A second copy, on a stick for example. The folder has to be there: one that is made would lie on the card itself
 *  while the stick is not plugged in. */
export function copyBackup(path: string, folder: string, kind: BackupKind): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is not there`);
  const target = join(folder, basename(path));
  if (existsSync(target)) return;
  const temporary = `${target}.part`;
  try {
    copyFileSync(path, temporary);
    syncFile(temporary);
    const fault = kind === 'database' ? faultsOf(temporary)[0] : exportFault(readFileSync(temporary, 'utf8'));
    if (fault) throw new Error(`the copy is not sound: ${fault}`);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFile(folder);
  keepNewest(folder, kind);
}
