// Override: the mood a person asked for in place of the timeslots, for a while. Main thread; durable before it is answered.
// It knows what is wanted and until when. It chooses nothing, and never touches the queue: that is for the rules.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { ActiveOverride, OverrideVocabulary } from '../../../sync/vocabulary/override.ts';
import {
  type Countdown,
  countdownAfterRestart,
  countdownFrom,
  type Moment,
  timeLeftMs,
} from '../../policy/countdown.ts';
import type { Clock, Db } from '../../ports.ts';
import { createOverrideStore, type StoredOverride } from './store.ts';

export const LEAST_MS = 60_000;
export const MOST_MS = 7 * 86_400_000;
/** Less than this the two clocks always differ a little: nobody has set one. */
const JITTER_MS = 2000;

export interface OverridePorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<OverrideVocabulary>;
}

export type Override = Implementation<OverrideVocabulary>;

interface Held extends StoredOverride {
  readonly countdown: Countdown;
}

export function createOverride({ db, clock, emit }: OverridePorts): Override {
  const store = createOverrideStore(db);
  const now = (): Moment => ({ calendarMs: clock.nowMs(), monotonicMs: clock.monotonicMs() });
  /** Of the row on disk, when that was read or written last: a turn that is rolled back leaves the row as it was. */
  let countdown: { readonly setAtMs: number; readonly value: Countdown } | null = null;

  function held(): Held | null {
    const stored = store.read();
    if (stored === null) return null;
    if (countdown?.setAtMs !== stored.setAtMs) {
      const value = countdownAfterRestart(now(), stored.untilMs, stored.durationMs);
      countdown = { setAtMs: stored.setAtMs, value };
    }
    return { ...stored, countdown: countdown.value };
  }

  function view({ countdown: counts, lead: _, durationMs: __, ...stored }: Held): ActiveOverride {
    const at = now();
    const leftMs = Math.round(timeLeftMs(counts, at));
    const untilMs = Math.round(at.calendarMs + leftMs);
    return { ...stored, untilMs: isNear(untilMs, stored.untilMs) ? stored.untilMs : untilMs, leftMs };
  }

  function active(): ActiveOverride | null {
    const stored = held();
    const shown = stored === null ? null : view(stored);
    return shown !== null && shown.leftMs > 0 ? shown : null;
  }

  function end(reason: 'cancelled' | 'expired'): string | null {
    const name = store.read()?.name ?? null;
    if (name === null) return null;
    store.remove();
    emit('changed', { name: null, untilMs: null, reason });
    return name;
  }

  return {
    actions: {
      askLikePassage: () => ({}),
      askLikeTimeslot: () => ({}),

      set({ name, kind, passage, flavor, durationMs }) {
        if (!(durationMs >= LEAST_MS && durationMs <= MOST_MS))
          return { error: 'OUT_OF_RANGE', message: 'An override lasts from one minute to seven days.' };
        if (Object.keys(flavor).length === 0) {
          const message = `Nothing is known yet of what ${name} is like: wait until it has been analysed, or choose something else.`;
          return { error: 'NO_FLAVOR', message };
        }
        const at = now();
        const before = store.read();
        // Of two in one millisecond the second is told from the first.
        const setAtMs = Math.max(at.calendarMs, (before?.setAtMs ?? 0) + 1);
        const untilMs = Math.round(at.calendarMs + durationMs);
        const lastsMs = Math.round(durationMs);
        store.write({ name, kind, passage, flavor, setAtMs, durationMs: lastsMs, untilMs, lead: null });
        countdown = { setAtMs, value: countdownFrom(at, durationMs) };
        emit('changed', { name, untilMs, reason: 'set' });
        emit('leadWanted', { name, flavor });
        return { name, kind, passage, flavor, setAtMs, untilMs, leftMs: lastsMs };
      },

      refuse: ({ reason }) => ({ error: reason, message: REFUSED[reason] }),
      cancel: () => ({ cancelled: end('cancelled') !== null }),
      expire: () => ({ ended: end('expired') }),

      moveEnd({ untilMs }) {
        store.setUntil(untilMs);
        return { untilMs };
      },

      noteLead({ entry }) {
        store.setLead(entry);
        return { entry };
      },

      loseLead({ entry }) {
        const shown = active();
        if (store.read()?.lead === entry) {
          store.setLead(null);
          if (shown !== null) emit('leadWanted', { name: shown.name, flavor: shown.flavor });
        }
        return { entry };
      },
    },
    queries: {
      active() {
        const shown = active();
        return shown === null ? [] : [shown];
      },
      at({ atMs }) {
        const shown = active();
        if (shown === null || atMs >= clock.nowMs() + shown.leftMs) return [];
        return [{ name: shown.name, flavor: shown.flavor }];
      },
      over() {
        const stored = held();
        return stored === null || timeLeftMs(stored.countdown, now()) > 0 ? [] : [{ name: stored.name }];
      },
      shifted() {
        const stored = held();
        if (stored === null || active() === null) return [];
        const { untilMs } = view(stored);
        return untilMs === stored.untilMs ? [] : [{ untilMs }];
      },
      lead() {
        const lead = store.read()?.lead ?? null;
        return lead === null || active() === null ? [] : [{ entry: lead }];
      },
    },
  };
}

const REFUSED = {
  NO_SUCH_PASSAGE: 'There is no such passage in the library. Search for it again.',
  NO_SUCH_TIMESLOT: 'There is no timeslot of that name: GET /api/v1/timeslots lists them.',
} as const;

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) < JITTER_MS;
}
