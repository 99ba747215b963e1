// Where the position of what sounds is kept: in segue.db at pause, stop and passage start, by this; and, while it plays, some four
// times a second in the runtime directory (tmpfs on the appliance), by a thread of the core, whose file is read here at a start.
// Main thread.
import { readFileSync } from 'node:fs';
import type { Positions } from './concepts/player/player.ts';
import type { Clock, Db } from './ports.ts';

interface Saved {
  readonly entry: number;
  readonly positionMs: number;
  readonly savedAtMs: number;
}

// As native/addon/position_record.h writes it: two records of eight doubles. A record: number, entry, position in ms, calendar
// ms, number again; it is whole when the numbers are the same.
const RECORDS = 2;
const FIELDS = 8;
const BYTES = RECORDS * FIELDS * Float64Array.BYTES_PER_ELEMENT;
const [ENTRY, POSITION_MS, SAVED_AT_MS, NUMBER_AGAIN] = [1, 2, 3, 4] as const;

/** The newest whole record of the mirror. Null: there is none. */
export function readMirror(file: string): Saved | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    // The first start, or a start of the machine.
    return null;
  }
  if (bytes.length < BYTES) return null;
  const mirror = new Float64Array(new Uint8Array(bytes.subarray(0, BYTES)).buffer);
  let newest = 0;
  let found: Saved | null = null;
  for (let at = 0; at < mirror.length; at += FIELDS) {
    const record = mirror.subarray(at, at + FIELDS);
    const number = numberOf(record);
    if (number <= newest) continue;
    newest = number;
    found = {
      entry: record[ENTRY] as number,
      positionMs: record[POSITION_MS] as number,
      savedAtMs: record[SAVED_AT_MS] as number,
    };
  }
  return found;
}

/** 0 where it is not whole, or holds no position. */
function numberOf(record: Float64Array): number {
  const [number = 0, entry = 0, positionMs = 0] = record;
  const isWhole = number === record[NUMBER_AGAIN] && Number.isSafeInteger(number) && number > 0;
  return isWhole && Number.isSafeInteger(entry) && Number.isFinite(positionMs) ? number : 0;
}

export function createPositions(db: Db, file: string, clock: Clock): Positions {
  const insert = db.prepare(
    'INSERT INTO player_state (id, entry, position_ms, saved_at_ms) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, position_ms = excluded.position_ms, saved_at_ms = excluded.saved_at_ms',
  );
  const read = db.prepare(
    'SELECT entry, position_ms AS positionMs, saved_at_ms AS savedAtMs FROM player_state WHERE id = 1',
  );

  function last(): Positions['last'] {
    const durable = read.get() as (Omit<Saved, 'entry'> & { entry: number | null }) | undefined;
    const mirrored = readMirror(file);
    if (mirrored && (!durable || mirrored.savedAtMs >= durable.savedAtMs))
      return { entry: mirrored.entry, positionMs: mirrored.positionMs };
    return durable && durable.entry !== null
      ? { entry: durable.entry, positionMs: durable.positionMs }
      : null;
  }

  return {
    save(entry, positionMs) {
      insert.run(entry, Math.floor(positionMs), clock.nowMs());
    },
    last: last(),
  };
}
