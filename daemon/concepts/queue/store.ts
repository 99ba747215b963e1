// The SQL of Queue. Reads the lengths of passages and files, writes only its own table.
import { msToTicks } from '../../../audio/ticks.ts';
import type { QueueEntry, Source } from '../../../sync/vocabulary/queue.ts';
import type { Db } from '../../ports.ts';

export interface PlacedEntry extends QueueEntry {
  readonly place: number;
}

/** One in the order, without its length. */
export type OrderedEntry = Pick<PlacedEntry, 'entry' | 'passage' | 'source' | 'state' | 'place'>;

export interface QueueStore {
  all(): readonly PlacedEntry[];
  order(): readonly OrderedEntry[];
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
         CAST(max(0, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
           - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0))
           / ${msToTicks(1)}.0 + 0.5 AS INTEGER) AS durationMs
  FROM queue q JOIN passages p ON p.id = q.passage JOIN files f ON f.id = p.file`;

export function createQueueStore(db: Db): QueueStore {
  const all = db.prepare(`${SELECT} ORDER BY q.place, q.id`);
  const order = db.prepare('SELECT id AS entry, passage, source, state, place FROM queue ORDER BY place, id');
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
    all: () => all.all() as PlacedEntry[],
    order: () => order.all() as OrderedEntry[],
    head: () => head.get() as Pick<QueueEntry, 'entry' | 'passage'> | undefined,
    find: (entry) => find.get(entry) as PlacedEntry | undefined,
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
