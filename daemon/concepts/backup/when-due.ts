// When a backup is due. Pure.
import type { BackupFile, BackupKind } from '../../../sync/vocabulary/backup.ts';

const HOUR_MS = 3_600_000;
export const DATABASE_EVERY_MS = 7 * 24 * HOUR_MS;
/** The music comes first: for so long after the start none is written. */
export const SETTLE_MS = 600_000;
/** At the earliest after the one before, also when that failed. */
export const AGAIN_MS = HOUR_MS;
/** The night ends at three in the morning of the clock on the wall. */
export const NIGHT_ENDS_MS = 3 * HOUR_MS;
/** A file from further in the future was written by a clock that was wrong. */
const WRONG_CLOCK_MS = 24 * HOUR_MS;

export interface Situation {
  readonly nowMs: number;
  /** Since the start of the daemon. */
  readonly upMs: number;
  readonly files: readonly BackupFile[];
  /** Since the last attempt of that kind; null: none in this run. */
  readonly sinceMs: Readonly<Record<BackupKind, number | null>>;
  /** The night in which it was last seen that the export is up to date; null: not in this run. */
  readonly exportedNight: string | null;
  /** The day on the wall at a moment, as a name. */
  readonly dayOf: (atMs: number) => string;
}

export function nightOf(atMs: number, dayOf: (atMs: number) => string): string {
  return dayOf(atMs - NIGHT_ENDS_MS);
}

/** The database first: it is what a damaged one is replaced by. */
export function dueNow(at: Situation): BackupKind | null {
  if (at.upMs < SETTLE_MS) return null;
  const newest = (kind: BackupKind) =>
    at.files
      .filter((file) => file.kind === kind && file.atMs <= at.nowMs + WRONG_CLOCK_MS)
      .reduce((max, { atMs }) => Math.max(max, atMs), Number.NEGATIVE_INFINITY);
  const mayTry = (kind: BackupKind) => (at.sinceMs[kind] ?? AGAIN_MS) >= AGAIN_MS;
  if (mayTry('database') && at.nowMs - newest('database') >= DATABASE_EVERY_MS) return 'database';
  const night = nightOf(at.nowMs, at.dayOf);
  const last = newest('export');
  const isUpToDate = at.exportedNight === night || (last > 0 && nightOf(last, at.dayOf) === night);
  return mayTry('export') && !isUpToDate ? 'export' : null;
}
