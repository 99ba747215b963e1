// A write-ahead log of SQLite that is as long from the start as it gets: writing into it changes nothing of the file but its
// blocks, so that the file system has nothing to note in its own journal, which would be more than what is written. Main thread.
import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Db } from '../../ports.ts';

const FRAME_HEADER_BYTES = 24;
/** It is full when the next transaction might be too long for it: what is left then. */
const LEFT = 1 / 16;

/** Zeros at the end of a file, on the disk, until it is so long. Throws what the disk says. */
export function lengthenLog(path: string, bytes: number): void {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    if (size >= bytes) return;
    writeSync(file, Buffer.alloc(bytes - size), 0, bytes - size, size);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The log of a database in WAL mode is so long from now on, and brought into the database when it is full. Throws where the disk
 * is full, say: then it grows as it is needed.
 */
export function fillLog(db: Db, path: string, bytes: number, lengthen = lengthenLog): void {
  const pageBytes = db.pragma('page_size', { simple: true }) as number;
  db.pragma(`wal_autocheckpoint = ${Math.floor((bytes * (1 - LEFT)) / (pageBytes + FRAME_HEADER_BYTES))}`);
  // While nobody else may write. What follows the last whole frame is nothing to SQLite.
  db.transaction(() => lengthen(`${path}-wal`, bytes)).immediate();
}
