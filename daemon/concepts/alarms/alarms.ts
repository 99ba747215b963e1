// Alarms: times of the local day at which the music begins by itself. Main thread; durable before it is answered. It knows
// when which is due, and plays nothing itself: that is for the rules.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { Alarm, AlarmsVocabulary } from '../../../sync/vocabulary/alarms.ts';
import { nextOnWall, type ReadWall } from '../../policy/local-clock.ts';
import type { Clock, Db } from '../../ports.ts';
import { faultsOf } from './faults.ts';
import { createAlarmsStore, type StoredAlarm } from './store.ts';

const MOST_ALARMS = 50;
/** Later than this nobody wants to be woken by what should have rung then. */
const MOST_LATE_MS = 600_000;

export interface AlarmsPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<AlarmsVocabulary>;
  /** Name of the zone whose clock they follow, such as Europe/Vienna. */
  readonly timeZone: () => string;
  readonly wallOf: (timeZone: string) => ReadWall;
}

export interface Alarms extends Implementation<AlarmsVocabulary> {
  /** Says when the time of one has come; called each second while the daemon lives. */
  tick(): void;
}

export function createAlarms({ db, clock, emit, timeZone, wallOf }: AlarmsPorts): Alarms {
  const store = createAlarmsStore(db);
  /** The first that is to ring, as it was worked out last; null: it may be another by now. */
  let first: { readonly atMs: number; readonly zone: string } | null = null;

  /** After it rang or was set last, and not so long ago that nobody wants it any more. */
  function nextOf(stored: StoredAlarm): number | null {
    if (!stored.enabled) return null;
    const sinceMs = Math.max(stored.rungAtMs ?? 0, stored.changedAtMs, clock.nowMs() - MOST_LATE_MS);
    return nextOnWall(stored, sinceMs, wallOf(timeZone()));
  }
  function view(stored: StoredAlarm): Alarm {
    const { changedAtMs: _, rungAtMs: __, ...shown } = stored;
    return { ...shown, nextMs: nextOf(stored) };
  }
  function upcoming(): { readonly alarm: number; readonly atMs: number }[] {
    const times = store.all().map((stored) => ({ alarm: stored.alarm, atMs: nextOf(stored) }));
    return times
      .filter((each): each is { alarm: number; atMs: number } => each.atMs !== null)
      .sort((a, b) => a.atMs - b.atMs || a.alarm - b.alarm);
  }
  function changed(): void {
    first = null;
    emit('changed', { count: store.all().length });
  }
  function invalid(faults: readonly string[]) {
    return { error: 'INVALID', message: `The alarm was not set: ${faults.join('; ')}.` } as const;
  }

  return {
    actions: {
      add(setting) {
        const faults = faultsOf(setting);
        if (faults.length > 0) return invalid(faults);
        if (store.all().length >= MOST_ALARMS)
          return { error: 'TOO_MANY', message: `There are ${MOST_ALARMS} alarms: remove one first.` };
        const added = store.add(setting, clock.nowMs());
        changed();
        return view(added);
      },

      change({ alarm, setting }) {
        const before = store.find(alarm);
        if (before === undefined)
          return { error: 'NO_SUCH_ALARM', message: `There is no alarm a${alarm}: list the alarms.` };
        const after: StoredAlarm = { ...before, ...setting, changedAtMs: clock.nowMs() };
        const faults = faultsOf(after);
        if (faults.length > 0) return invalid(faults);
        store.write(after);
        changed();
        return view(after);
      },

      remove({ alarm }) {
        const removed = store.remove(alarm);
        if (removed) changed();
        return { removed };
      },

      ring({ alarm }) {
        const stored = store.find(alarm);
        if (stored !== undefined) {
          const isOnce = stored.weekdays.length === 0;
          store.write({ ...stored, rungAtMs: clock.nowMs(), enabled: stored.enabled && !isOnce });
          changed();
        }
        return { alarm };
      },

      renameTimeslots({ names }) {
        const key = (name: string) => name.trim().toLowerCase();
        const now = new Map(names.map(({ from, to }) => [key(from), to.trim()]));
        let alarms = 0;
        for (const stored of store.all()) {
          const timeslot = stored.timeslot === null ? undefined : now.get(key(stored.timeslot));
          if (timeslot === undefined) continue;
          // Nobody has set it anew: it rings when it would have.
          store.write({ ...stored, timeslot });
          alarms += 1;
        }
        if (alarms > 0) changed();
        return { alarms };
      },
    },
    queries: {
      all: () => store.all().map(view),
      next: () => upcoming().slice(0, 1),
      due() {
        const nowMs = clock.nowMs();
        const isDue = new Set(upcoming().flatMap(({ alarm, atMs }) => (atMs <= nowMs ? [alarm] : [])));
        return store
          .all()
          .filter(({ alarm }) => isDue.has(alarm))
          .map(({ alarm, timeslot, volume, rampMs }) => ({ alarm, timeslot, volume, rampMs }));
      },
    },
    tick() {
      const zone = timeZone();
      const nowMs = clock.nowMs();
      // Also once it is long past: then the clock was set, and the next one is another.
      if (first === null || first.zone !== zone || nowMs >= first.atMs) {
        first = { atMs: upcoming()[0]?.atMs ?? Number.POSITIVE_INFINITY, zone };
      }
      if (nowMs >= first.atMs) emit('dueNow', { atMs: first.atMs });
    },
  };
}
