// Queue: what plays next, in order, on disk before it is answered. Main thread.
// What sounds is decided by the core; the queue only notes it, and never takes away what has begun.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { EntryId } from '../../../sync/vocabulary/common.ts';
import type { QueueVocabulary, Where } from '../../../sync/vocabulary/queue.ts';
import type { Clock, Db } from '../../ports.ts';
import { lookAhead, type QueueLimits } from './ahead.ts';
import { GAP, placesBetween } from './order.ts';
import { createQueueStore, type PlacedEntry } from './store.ts';

export const MOST_ENTRIES = 100;

export interface QueuePorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<QueueVocabulary>;
  /** The entry that was heard last before this start, if anybody knows. */
  readonly heardLast?: EntryId | null;
  /** When the queue counts as low; read each time, so that a changed setting holds at once. */
  readonly limits: () => QueueLimits;
}

type Input<Name extends keyof QueueVocabulary['actions']> = QueueVocabulary['actions'][Name]['input'];

export type Queue = Implementation<QueueVocabulary> & {
  /** What a crash left sounding: the entry that resumes, and those that had ended or were already fading out, and are done. */
  readonly recovered: { readonly resumes: EntryId | null; readonly finished: readonly EntryId[] };
  /** A turn was rolled back, and with it what was written here. */
  readonly forget: () => void;
};

export function createQueue({ db, clock, emit, heardLast, limits }: QueuePorts): Queue {
  const store = createQueueStore(db);
  const waiting = () => store.all().filter(({ state }) => state === 'waiting');
  const changed = () => emit('changed', { waiting: waiting().length });
  const find = (entry: EntryId) => store.all().find((each) => each.entry === entry);

  /** All or nothing, on disk and in memory. */
  function whole<I, O>(act: (input: I) => O): (input: I) => O {
    const inTransaction = db.transaction(act);
    return (input) => {
      try {
        return inTransaction(input);
      } catch (error) {
        store.forget();
        throw error;
      }
    };
  }

  /** `count` free places there, or null when `after` names no entry. `moving` counts as gone. */
  function placesAt(where: Where, count: number, moving: EntryId | null): number[] | null {
    const others = store.all().filter(({ entry }) => entry !== moving);
    const index = indexAt(where, others);
    if (index === null) return null;
    const between = (placeOf: (at: number) => number | undefined) =>
      placesBetween(placeOf(index - 1) ?? null, placeOf(index) ?? null, count);
    const places = between((at) => others[at]?.place);
    if (places !== null) return places;
    const dealt = (rank: number) => (others[rank] === undefined ? undefined : (rank + 1) * GAP);
    for (const [rank, { entry }] of others.entries()) store.setPlace(entry, dealt(rank) as number);
    return between(dealt);
  }

  const recovered = db.transaction(() => {
    const sounding = store.all().filter(({ state }) => state === 'sounding');
    // Begun by the core while JavaScript hung: what sounds by the queue had its turn before it.
    const begun = store.all().find(({ entry, state }) => entry === heardLast && state === 'waiting');
    if (sounding.length > 0 && begun !== undefined) sounding.push(begun);
    // In the middle of a crossfade two sound: the later one is the current one, the other was in its last seconds.
    const resuming = sounding.pop();
    for (const { entry } of sounding) store.remove(entry);
    if (resuming !== undefined) {
      store.setState(resuming.entry, 'waiting');
      const [place] = placesAt('next', 1, resuming.entry) ?? [];
      if (place !== undefined) store.setPlace(resuming.entry, place);
    }
    return { resumes: resuming?.entry ?? null, finished: sounding.map(({ entry }) => entry) };
  })();

  return {
    recovered,
    forget: store.forget,
    actions: {
      enqueue: whole(({ passages, where, source, selection }: Input<'enqueue'>) => {
        const unknown = passages.filter((passage) => !store.hasPassage(passage));
        if (unknown.length > 0) {
          return {
            error: 'NO_SUCH_PASSAGE' as const,
            message: `There is no passage ${unknown.join(', ')} in the library. Search for it again.`,
            details: { passages: unknown },
          };
        }
        const room = MOST_ENTRIES - store.all().length;
        if (passages.length > room) {
          return {
            error: 'QUEUE_FULL' as const,
            message: `The queue holds at most ${MOST_ENTRIES} entries and has room for ${room}. Remove some first.`,
            details: { room },
          };
        }
        const places = placesAt(where, passages.length, null);
        if (places === null) return noSuchEntry(where);
        const now = clock.nowMs();
        const entries = passages.map((passage, index) =>
          store.add(passage, places[index] as number, source, selection ?? null, now),
        );
        if (entries.length > 0) changed();
        return { entries };
      }),

      askRemove({ entry }) {
        return { entry, state: find(entry)?.state ?? 'absent' };
      },

      askMove({ entry, where }) {
        return checkMove(entry, where) ?? { entry, state: 'waiting' };
      },

      remove({ entry, coreSays }) {
        const found = find(entry);
        if (found === undefined) return { entry, removed: false };
        if (coreSays === 'tooLate' || found.state === 'sounding') return tooLate(entry);
        store.remove(entry);
        changed();
        return { entry, removed: true };
      },

      move: whole(({ entry, where, coreSays }: Input<'move'>) => {
        const failure = checkMove(entry, where);
        if (failure !== null) return failure;
        if (coreSays === 'tooLate') return tooLate(entry);
        const isAfterItself = typeof where === 'object' && where.after === entry;
        const [place] = isAfterItself ? [] : (placesAt(where, 1, entry) ?? []);
        if (place !== undefined) store.setPlace(entry, place);
        changed();
        return { entry };
      }),

      askClear: () => ({}),

      clear({ except }) {
        const removed = store.removeWaiting(except ?? null);
        if (removed > 0) changed();
        return { removed };
      },

      reload() {
        store.forget();
        return { entries: store.all().length };
      },

      dropEarlier({ than }) {
        const removed = store.removeWaitingAuto(than);
        if (removed > 0) changed();
        return { removed };
      },

      markSounding({ entry }) {
        if (find(entry)?.state === 'waiting') {
          store.setState(entry, 'sounding');
          changed();
        }
        return { entry };
      },

      complete({ entry }) {
        const removed = store.remove(entry);
        if (removed) changed();
        return { entry, removed };
      },
    },
    queries: {
      entries: () => store.all().map(({ place: _, ...entry }) => entry),
      head() {
        const first = store.all().find(({ state }) => state === 'waiting');
        return first === undefined ? [] : [{ entry: first.entry, passage: first.passage }];
      },
      staying() {
        const stays = store.all().filter(({ state, source }) => state === 'sounding' || source === 'person');
        return [{ passages: stays.map(({ passage }) => passage) }];
      },
      ahead({ restMs, eligible }) {
        const entries = store.all();
        const waitingMs = waiting().map(({ durationMs }) => durationMs);
        const queued = entries.map(({ passage }) => passage);
        const { passages, aheadMs, isLow } = lookAhead(
          limits(),
          {
            restMs,
            isSounding: waitingMs.length < entries.length,
            waitingMs,
            distinct: new Set(queued).size,
            isFull: entries.length >= MOST_ENTRIES,
          },
          eligible,
        );
        return [{ passages, waiting: waitingMs.length, aheadMs, isLow, queued }];
      },
    },
  };

  function checkMove(entry: EntryId, where: Where) {
    const found = find(entry);
    if (found === undefined) return noSuchEntry({ after: entry });
    if (found.state === 'sounding') return tooLate(entry);
    if (typeof where === 'object' && find(where.after) === undefined) return noSuchEntry(where);
    return null;
  }
}

/** Index in the order before which a new entry goes; null when `after` is not there. */
function indexAt(where: Where, entries: readonly PlacedEntry[]): number | null {
  const firstWaiting = entries.findIndex(({ state }) => state === 'waiting');
  const afterSounding = firstWaiting === -1 ? entries.length : firstWaiting;
  if (where === 'next') return afterSounding;
  if (where === 'end') return entries.length;
  const index = entries.findIndex(({ entry }) => entry === where.after);
  // Behind an outgoing voice would be before the current one: nothing goes before what sounds.
  return index === -1 ? null : Math.max(index + 1, afterSounding);
}

function tooLate(entry: EntryId) {
  return {
    error: 'TOO_LATE' as const,
    message: `Entry ${entry} has begun to play. Skip it instead.`,
  };
}

function noSuchEntry(where: Where) {
  const entry = typeof where === 'object' ? ` ${where.after}` : '';
  return {
    error: 'NO_SUCH_ENTRY' as const,
    message: `Entry${entry} is not in the queue any more. Read the queue again.`,
  };
}
