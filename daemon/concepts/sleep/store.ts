// The SQL of Sleep: its one row.
import type { Db } from '../../ports.ts';

/** As it is written down: `untilMs` by the calendar. */
export interface StoredSleep {
  readonly setAtMs: number;
  readonly durationMs: number;
  readonly untilMs: number;
}

export interface SleepStore {
  read(): StoredSleep | null;
  write(sleep: StoredSleep): void;
  remove(): void;
}

export function createSleepStore(db: Db): SleepStore {
  const read = db.prepare(
    'SELECT set_at_ms AS setAtMs, duration_ms AS durationMs, until_ms AS untilMs FROM sleep_timer',
  );
  const write = db.prepare(
    `INSERT OR REPLACE INTO sleep_timer (id, set_at_ms, duration_ms, until_ms)
     VALUES (1, @setAtMs, @durationMs, @untilMs)`,
  );
  const remove = db.prepare('DELETE FROM sleep_timer');
  return {
    read: () => (read.get() as StoredSleep | undefined) ?? null,
    write: (sleep) => void write.run(sleep),
    remove: () => void remove.run(),
  };
}
