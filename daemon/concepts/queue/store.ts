// The SQL of Queue. Reads the lengths of passages and files, writes only its own table.
import { msToTicks } from '../../../audio/ticks.ts';
import type { QueueEntry, Source } from '../../../sync/vocabulary/queue.ts';
import type { Db } from '../../ports.ts';

export interface PlacedEntry extends QueueEntry {
  readonly place: number;
}

export interface QueueStore {
  /** In order. */
  all(): readonly PlacedEntry[];
  hasPassage(passage: number): boolean;
  add(passage: number, place: number, source: Source, selection: number | null, atMs: number): number;
  setPlace(entry: number, place: number): void;
  setState(entry: number, state: QueueEntry['state']): void;
  remove(entry: number): boolean;
  removeWaiting(except: number | null): number;
  /** Those that were chosen automatically and queued before `than`. */
  removeWaitingAuto(than: number): number;
  /** What was written may have been rolled back, or what waits may have become longer or shorter: it is read anew. */
  forget(): void;
}

const DURATION_MS = `
  CAST(max(0, coalesce(p.end_ticks, p.found_end_ticks, p.part_end_ticks, f.duration_ticks, 0)
    - coalesce(p.start_ticks, p.found_start_ticks, p.part_start_ticks, 0)) / ${msToTicks(1)}.0 + 0.5 AS INTEGER)`;

export function createQueueStore(db: Db): QueueStore {
  const all = db.prepare(`
    SELECT q.id AS entry, q.passage, q.source, q.selection, q.state, q.place, ${DURATION_MS} AS durationMs
    FROM queue q JOIN passages p ON p.id = q.passage JOIN files f ON f.id = p.file ORDER BY q.place, q.id`);
  const durationOf = db
    .prepare(`SELECT ${DURATION_MS} FROM passages p JOIN files f ON f.id = p.file WHERE p.id = ?`)
    .pluck();
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

  /** As it is on disk: rules ask for it a dozen times a passage, and nobody else writes it. */
  let known: readonly PlacedEntry[] | null = null;
  const entries = (): readonly PlacedEntry[] => {
    known ??= all.all() as PlacedEntry[];
    return known;
  };
  const patch = (entry: number, change: Partial<PlacedEntry>) => {
    known = entries()
      .map((each) => (each.entry === entry ? { ...each, ...change } : each))
      .sort(inOrder);
  };
  /** Takes out what a statement has deleted: `changes` of them. */
  const drop = (changes: number, isGone: (each: PlacedEntry) => boolean): number => {
    if (changes > 0) known = entries().filter((each) => !isGone(each));
    return changes;
  };

  return {
    all: entries,
    hasPassage: (passage) => hasPassage.get(passage) !== undefined,
    add(passage, place, source, selection, atMs) {
      const before = entries();
      const entry = Number(add.run(passage, place, source, selection, atMs).lastInsertRowid);
      const durationMs = durationOf.get(passage) as number;
      const added = { entry, passage, source, selection, state: 'waiting' as const, place, durationMs };
      known = [...before, added].sort(inOrder);
      return entry;
    },
    setPlace(entry, place) {
      setPlace.run(place, entry);
      patch(entry, { place });
    },
    setState(entry, state) {
      setState.run(state, entry);
      patch(entry, { state });
    },
    remove: (entry) => drop(remove.run(entry).changes, (each) => each.entry === entry) > 0,
    removeWaiting: (except) =>
      drop(removeWaiting.run(except).changes, ({ state, entry }) => state === 'waiting' && entry !== except),
    removeWaitingAuto: (than) =>
      drop(
        removeWaitingAuto.run(than).changes,
        ({ state, source, entry }) => state === 'waiting' && source === 'auto' && entry < than,
      ),
    forget() {
      known = null;
    },
  };
}

const inOrder = (a: PlacedEntry, b: PlacedEntry) => a.place - b.place || a.entry - b.entry;
