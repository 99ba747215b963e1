// The SQL of Settings: one row a setting that differs from what it was at first.
import type { Db } from '../../ports.ts';

export interface SettingsStore {
  /** Every stored value, as JSON text by key. */
  all(): ReadonlyMap<string, string>;
  read(key: string): string | undefined;
  write(key: string, json: string): void;
}

export function createSettingsStore(db: Db): SettingsStore {
  const all = db.prepare('SELECT key, value FROM settings').raw();
  const read = db.prepare('SELECT value FROM settings WHERE key = ?').pluck();
  const write = db.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    all: () => new Map(all.all() as [string, string][]),
    read: (key) => read.get(key) as string | undefined,
    write: (key, json) => {
      write.run(key, json);
    },
  };
}
