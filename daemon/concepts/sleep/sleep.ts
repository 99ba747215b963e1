// Sleep: the sleep timer. Main thread; durable before it is answered. It knows when the music is to end, and ends nothing
// itself: that is for the rules.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { ActiveSleep, SleepVocabulary } from '../../../sync/vocabulary/sleep.ts';
import {
  type Countdown,
  countdownAfterRestart,
  countdownFrom,
  type Moment,
  timeLeftMs,
} from '../../policy/countdown.ts';
import type { Clock, Db } from '../../ports.ts';
import { createSleepStore, type StoredSleep } from './store.ts';

export const LEAST_MS = 60_000;
export const MOST_MS = 24 * 3_600_000;
/** How long the music takes to fade out; it has done so when the time is over. */
export const FADE_MS = 30_000;

export interface SleepPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<SleepVocabulary>;
}

export interface Sleep extends Implementation<SleepVocabulary> {
  /** Says when it is time; called each second while the daemon lives. */
  tick(): void;
}

interface Running extends StoredSleep {
  readonly countdown: Countdown;
}

export function createSleep({ db, clock, emit }: SleepPorts): Sleep {
  const store = createSleepStore(db);
  const now = (): Moment => ({ calendarMs: clock.nowMs(), monotonicMs: clock.monotonicMs() });
  /** Of the row on disk, when that was read or written last: a turn that is rolled back leaves the row as it was. */
  let countdown: { readonly setAtMs: number; readonly value: Countdown } | null = null;
  /** Whether the tick has anything to look at: it looks into the database after a change only. */
  let isRunning: boolean | null = null;

  function running(): Running | null {
    const stored = store.read();
    isRunning = stored !== null;
    if (stored === null) return null;
    if (countdown?.setAtMs !== stored.setAtMs) {
      const value = countdownAfterRestart(now(), stored.untilMs, stored.durationMs);
      countdown = { setAtMs: stored.setAtMs, value };
    }
    return { ...stored, countdown: countdown.value };
  }

  function view({ countdown: counts, setAtMs }: Running): ActiveSleep {
    const at = now();
    const leftMs = Math.max(0, Math.round(timeLeftMs(counts, at)));
    return { setAtMs, untilMs: Math.round(at.calendarMs + leftMs), leftMs };
  }

  function isDue({ countdown: counts }: Running): boolean {
    return timeLeftMs(counts, now()) <= FADE_MS;
  }

  function end(reason: 'cancelled' | 'fell'): boolean {
    const was = store.read() !== null;
    if (was) {
      store.remove();
      isRunning = null;
      emit('changed', { untilMs: null, reason });
    }
    return was;
  }

  return {
    actions: {
      set({ durationMs }) {
        if (!(durationMs >= LEAST_MS && durationMs <= MOST_MS))
          return { error: 'OUT_OF_RANGE', message: 'A sleep timer runs from one minute to 24 hours.' };
        const at = now();
        // Of two in one millisecond the second is told from the first.
        const setAtMs = Math.max(at.calendarMs, (store.read()?.setAtMs ?? 0) + 1);
        const lastsMs = Math.round(durationMs);
        const untilMs = Math.round(at.calendarMs + lastsMs);
        store.write({ setAtMs, durationMs: lastsMs, untilMs });
        countdown = { setAtMs, value: countdownFrom(at, lastsMs) };
        isRunning = null;
        emit('changed', { untilMs, reason: 'set' });
        return { setAtMs, untilMs, leftMs: lastsMs };
      },
      cancel: () => ({ cancelled: end('cancelled') }),
      fall: () => ({ fell: end('fell') }),
    },
    queries: {
      active() {
        const found = running();
        return found === null ? [] : [view(found)];
      },
      due() {
        const found = running();
        return found === null || !isDue(found) ? [] : [{ fadeMs: FADE_MS }];
      },
    },
    tick() {
      if (isRunning === false) return;
      const found = running();
      if (found !== null && isDue(found)) emit('dueNow', { untilMs: view(found).untilMs });
    },
  };
}
