// Where the position of what sounds is kept: in the runtime directory (tmpfs on the appliance) each second, and in
// segue.db at pause, stop and passage start. Main thread.
import { constants, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Positions } from './concepts/player/player.ts';
import type { Clock, Db, Log } from './ports.ts';

interface Saved {
  readonly entry: number;
  readonly positionMs: number;
  readonly savedAtMs: number;
}

/** Always as long, so that it is written over in place: one write of one block, which a kill cannot tear. */
const RECORD_BYTES = 128;

export function createPositions(db: Db, file: string, clock: Clock, log: Log): Positions {
  const insert = db.prepare(
    'INSERT INTO player_state (id, entry, position_ms, saved_at_ms) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, position_ms = excluded.position_ms, saved_at_ms = excluded.saved_at_ms',
  );
  const read = db.prepare(
    'SELECT entry, position_ms AS positionMs, saved_at_ms AS savedAtMs FROM player_state WHERE id = 1',
  );
  let isMirrorBroken = false;
  const descriptor = open();

  function open(): number | null {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      return openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    } catch (error) {
      complain(error);
      return null;
    }
  }

  function complain(error: unknown): void {
    if (!isMirrorBroken)
      log.warn(`The position cannot be mirrored to ${file}; after a crash the passage begins anew.`, {
        error: String(error),
      });
    isMirrorBroken = true;
  }

  function mirrored(): Saved | null {
    try {
      const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved;
      return Number.isInteger(saved.entry) && Number.isFinite(saved.positionMs) ? saved : null;
    } catch {
      // Not there after a restart of the machine, or half written: the database has an older one.
      return null;
    }
  }

  return {
    mirror(entry, positionMs) {
      if (descriptor === null) return;
      const saved = JSON.stringify({ entry, positionMs: Math.floor(positionMs), savedAtMs: clock.nowMs() });
      try {
        // Into the page cache, within one block: cheaper than to have another thread do it.
        writeSync(descriptor, saved.padEnd(RECORD_BYTES), 0, 'utf8');
      } catch (error) {
        complain(error);
      }
    },
    save(entry, positionMs) {
      insert.run(entry, Math.floor(positionMs), clock.nowMs());
    },
    load() {
      const durable = read.get() as (Omit<Saved, 'entry'> & { entry: number | null }) | undefined;
      const mirror = mirrored();
      if (mirror && (!durable || mirror.savedAtMs >= durable.savedAtMs)) return mirror;
      return durable && durable.entry !== null
        ? { entry: durable.entry, positionMs: durable.positionMs }
        : null;
    },
  };
}
