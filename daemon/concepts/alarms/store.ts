// The SQL of Alarms: its one table.
import type { AlarmSetting } from '../../../sync/vocabulary/alarms.ts';
import type { Db } from '../../ports.ts';

export interface StoredAlarm extends AlarmSetting {
  readonly alarm: number;
  /** It rings after this, not before. */
  readonly changedAtMs: number;
  readonly rungAtMs: number | null;
}

export interface AlarmsStore {
  /** By the time of day. */
  all(): readonly StoredAlarm[];
  find(alarm: number): StoredAlarm | undefined;
  add(setting: AlarmSetting, nowMs: number): StoredAlarm;
  write(alarm: StoredAlarm): void;
  remove(alarm: number): boolean;
}

type Row = Omit<StoredAlarm, 'weekdays' | 'enabled'> & { weekdays: number; enabled: number };

/** Bit 0 is Sunday. */
const bitsOf = (weekdays: readonly number[]) => weekdays.reduce((bits, day) => bits | (1 << day), 0);
const daysOf = (bits: number) => [0, 1, 2, 3, 4, 5, 6].filter((day) => (bits & (1 << day)) !== 0);

const fromRow = (row: Row): StoredAlarm => ({
  ...row,
  weekdays: daysOf(row.weekdays),
  enabled: row.enabled === 1,
});
const toRow = (alarm: AlarmSetting | StoredAlarm) => ({
  ...alarm,
  weekdays: bitsOf(alarm.weekdays),
  timeslot: alarm.timeslot?.trim() ?? null,
  rampMs: Math.round(alarm.rampMs),
  enabled: alarm.enabled ? 1 : 0,
});

export function createAlarmsStore(db: Db): AlarmsStore {
  const columns = `id AS alarm, minute, weekdays, timeslot, volume, ramp_ms AS rampMs, enabled,
    changed_at_ms AS changedAtMs, rung_at_ms AS rungAtMs`;
  const all = db.prepare(`SELECT ${columns} FROM alarms ORDER BY minute, id`);
  const find = db.prepare(`SELECT ${columns} FROM alarms WHERE id = ?`);
  const add = db.prepare(
    `INSERT INTO alarms (minute, weekdays, timeslot, volume, ramp_ms, enabled, changed_at_ms)
     VALUES (@minute, @weekdays, @timeslot, @volume, @rampMs, @enabled, @nowMs) RETURNING ${columns}`,
  );
  const write = db.prepare(
    `UPDATE alarms SET minute = @minute, weekdays = @weekdays, timeslot = @timeslot, volume = @volume,
       ramp_ms = @rampMs, enabled = @enabled, changed_at_ms = @changedAtMs, rung_at_ms = @rungAtMs
     WHERE id = @alarm`,
  );
  const remove = db.prepare('DELETE FROM alarms WHERE id = ?');
  return {
    all: () => (all.all() as Row[]).map(fromRow),
    find(alarm) {
      const row = find.get(alarm) as Row | undefined;
      return row === undefined ? undefined : fromRow(row);
    },
    add: (setting, nowMs) => fromRow(add.get({ ...toRow(setting), nowMs }) as Row),
    write: (alarm) => void write.run(toRow(alarm)),
    remove: (alarm) => remove.run(alarm).changes > 0,
  };
}
