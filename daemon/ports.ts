// Ports: what concepts need from the outside, as types. The composition root gives them the real thing.
import type { Database } from 'better-sqlite3';

/** segue.db, written by the main thread alone. */
export type Db = Database;

export interface Clock {
  /** Calendar time, ms since 1970 UTC; never below the last time saved. */
  nowMs(): number;
  /** Monotonic time, ms. */
  monotonicMs(): number;
}

export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}
