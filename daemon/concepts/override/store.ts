// The SQL of Override: its one row.
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { ActiveOverride } from '../../../sync/vocabulary/override.ts';
import type { Db } from '../../ports.ts';

/** As it is written down: `untilMs` by the calendar. */
export type StoredOverride = Omit<ActiveOverride, 'leftMs'> & {
  readonly durationMs: number;
  readonly lead: number | null;
};

export interface OverrideStore {
  read(): StoredOverride | null;
  write(override: StoredOverride): void;
  setUntil(untilMs: number): void;
  setLead(entry: number | null): void;
  remove(): void;
}

type Row = Omit<StoredOverride, 'flavor'> & { flavor: string };

export function createOverrideStore(db: Db): OverrideStore {
  const read = db.prepare(
    `SELECT name, kind, passage, flavor, set_at_ms AS setAtMs, duration_ms AS durationMs, until_ms AS untilMs, lead
     FROM override`,
  );
  const write = db.prepare(
    `INSERT OR REPLACE INTO override (id, name, kind, passage, flavor, set_at_ms, duration_ms, until_ms, lead)
     VALUES (1, @name, @kind, @passage, @flavor, @setAtMs, @durationMs, @untilMs, @lead)`,
  );
  const setUntil = db.prepare('UPDATE override SET until_ms = ?');
  const setLead = db.prepare('UPDATE override SET lead = ?');
  const remove = db.prepare('DELETE FROM override');
  return {
    read() {
      const row = read.get() as Row | undefined;
      return row === undefined ? null : { ...row, flavor: JSON.parse(row.flavor) as Flavor };
    },
    write: (override) => void write.run({ ...override, flavor: JSON.stringify(override.flavor) }),
    setUntil: (untilMs) => void setUntil.run(untilMs),
    setLead: (entry) => void setLead.run(entry),
    remove: () => void remove.run(),
  };
}
