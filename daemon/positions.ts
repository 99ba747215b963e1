// Where the position of what sounds is kept: in the runtime directory (tmpfs on the appliance) each second, and in
// segue.db at pause, stop and passage start. Main thread.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { mapFile } from '../audio/addon.ts';
import type { Positions } from './concepts/player/player.ts';
import type { Clock, Db, Log } from './ports.ts';

interface Saved {
  readonly entry: number;
  readonly positionMs: number;
  readonly savedAtMs: number;
}

// The mirror is a file mapped into memory: two records, written by turns, so that one is whole whenever the process is killed.
// A record: number, entry, position in ms, calendar ms, number again; the numbers are the same when it is whole.
const RECORDS = 2;
const FIELDS = 8;
const BYTES = RECORDS * FIELDS * Float64Array.BYTES_PER_ELEMENT;
const [NUMBER, ENTRY, POSITION_MS, SAVED_AT_MS, NUMBER_AGAIN] = [0, 1, 2, 3, 4] as const;

export function createPositions(db: Db, file: string, clock: Clock, log: Log): Positions {
  const insert = db.prepare(
    'INSERT INTO player_state (id, entry, position_ms, saved_at_ms) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, position_ms = excluded.position_ms, saved_at_ms = excluded.saved_at_ms',
  );
  const read = db.prepare(
    'SELECT entry, position_ms AS positionMs, saved_at_ms AS savedAtMs FROM player_state WHERE id = 1',
  );
  const mirror = open();
  let written = mirror ? Math.max(...numbersOf(mirror)) : 0;

  function open(): Float64Array | null {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      return new Float64Array(mapFile(file, BYTES));
    } catch (error) {
      log.warn(`The position cannot be mirrored to ${file}; after a crash the passage begins anew.`, {
        error: String(error),
      });
      return null;
    }
  }

  function mirrored(): Saved | null {
    if (mirror === null) return null;
    const numbers = numbersOf(mirror);
    const newest = Math.max(...numbers);
    if (newest === 0) return null;
    const [, entry = 0, positionMs = 0, savedAtMs = 0] = mirror.subarray(FIELDS * numbers.indexOf(newest));
    return { entry, positionMs, savedAtMs };
  }

  return {
    mirror(entry, positionMs) {
      if (mirror === null) return;
      written += 1;
      const record = mirror.subarray(FIELDS * (written % RECORDS));
      record[NUMBER] = written;
      record[ENTRY] = entry;
      record[POSITION_MS] = Math.floor(positionMs);
      record[SAVED_AT_MS] = clock.nowMs();
      record[NUMBER_AGAIN] = written;
    },
    save(entry, positionMs) {
      insert.run(entry, Math.floor(positionMs), clock.nowMs());
    },
    load() {
      const durable = read.get() as (Omit<Saved, 'entry'> & { entry: number | null }) | undefined;
      const newer = mirrored();
      if (newer && (!durable || newer.savedAtMs >= durable.savedAtMs)) return newer;
      return durable && durable.entry !== null
        ? { entry: durable.entry, positionMs: durable.positionMs }
        : null;
    },
  };
}

/** Of each record; 0 where it is not whole, or holds no position. */
function numbersOf(mirror: Float64Array): number[] {
  return Array.from({ length: RECORDS }, (_, index) => {
    const record = mirror.subarray(FIELDS * index, FIELDS * (index + 1));
    const [number = 0, entry = 0, positionMs = 0] = record;
    const isWhole = number === record[NUMBER_AGAIN] && Number.isSafeInteger(number) && number > 0;
    return isWhole && Number.isSafeInteger(entry) && Number.isFinite(positionMs) ? number : 0;
  });
}
