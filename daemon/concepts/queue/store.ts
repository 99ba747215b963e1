// The SQL of Queue. Reads the lengths of passages and files, writes only its own table.
import { ticksToMs } from '../../../audio/ticks.ts';
import type { QueueEntry, Source } from '../../../sync/vocabulary/queue.ts';
import type { Db } from '../../ports.ts';

export interface PlacedEntry extends QueueEntry {
  readonly place: number;
}

export interface QueueStore {
  all(): readonly PlacedEntry[];
  /** The first that waits. */
  head(): Pick<QueueEntry, 'entry' | 'passage'> | undefined;
  find(entry: number): PlacedEntry | undefined;
  count(): number;
  waiting(): number;
  hasPassage(passage: number): boolean;
  add(passage: number, place: number, source: Source, selection: number | null, atMs: number): number;
  setPlace(entry: number, place: number): void;
  setState(entry: number, state: QueueEntry['state']): void;
  remove(entry: number): boolean;
  removeWaiting(except: number | null): number;
  /** Those that were chosen automatically and queued before `than`. */
  removeWaitingAuto(than: number): number;
}

const SELECT = `
  SELECT q.id AS entry, q.passage, q.source, q.selection, q.state, q.place,
         max(0, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
           - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0)) AS ticks
  FROM queue q JOIN passages p ON p.id = q.passage JOIN files f ON f.id = p.file`;

type Row = Omit<PlacedEntry, 'durationMs'> & { ticks: number };
function fromRow({ ticks, ...row }: Row): PlacedEntry {
  return { ...row, durationMs: Math.round(ticksToMs(ticks)) };
}

export function createQueueStore(db: Db): QueueStore {
  const all = db.prepare(`${SELECT} ORDER BY q.place, q.id`);
  const head = db.prepare(
    "SELECT id AS entry, passage FROM queue WHERE state = 'waiting' ORDER BY place, id LIMIT 1",
  );
  const find = db.prepare(`${SELECT} WHERE q.id = ?`);
  const count = db.prepare('SELECT count(*) FROM queue').pluck();
  const waiting = db.prepare("SELECT count(*) FROM queue WHERE state = 'waiting'").pluck();
  const hasPassage = db.prepare('SELECT 1 FROM passages WHERE id = ?').pluck();
  const add = db.prepare(
    'INSERT INTO queue (passage, place, source, selection, added_at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const setPlace = db.prepare('UPDATE queue SET place = ? WHERE id = ?');
  const setState = db.prepare('UPDATE queue SET state = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM queue WHERE id = ?');
  const removeWaiting = db.prepare("DELETE FROM queue WHERE state = 'waiting' AND id IS NOT ?");
  const removeWaitingAuto = db.prepare(
    "DELETE FROM queue WHERE state = 'waiting' AND source = 'auto' AND id < ?",
  );
  return {
    all: () => (all.all() as Row[]).map(fromRow),
    head: () => head.get() as Pick<QueueEntry, 'entry' | 'passage'> | undefined,
    find(entry) {
      const row = find.get(entry) as Row | undefined;
      return row === undefined ? undefined : fromRow(row);
    },
    count: () => count.get() as number,
    waiting: () => waiting.get() as number,
    hasPassage: (passage) => hasPassage.get(passage) !== undefined,
    add: (passage, place, source, selection, atMs) =>
      Number(add.run(passage, place, source, selection, atMs).lastInsertRowid),
    setPlace: (entry, place) => {
      setPlace.run(place, entry);
    },
    setState: (entry, state) => {
      setState.run(state, entry);
    },
    remove: (entry) => remove.run(entry).changes > 0,
    removeWaiting: (except) => removeWaiting.run(except).changes,
    removeWaitingAuto: (than) => removeWaitingAuto.run(than).changes,
  };
}
