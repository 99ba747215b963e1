// Timeslots: the day in slots of local civil time, each with the flavor it should have. Main thread.
// A change of slot touches nothing that is queued: it only changes what is answered.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Timeslot, TimeslotsVocabulary } from '../../../sync/vocabulary/timeslots.ts';
import { centroid } from '../../policy/flavor.ts';
import type { Db } from '../../ports.ts';
import { minuteOfDay } from './local-time.ts';
import { refusalOf, slotAt, soundingSlotAt, versionOf } from './slots.ts';
import { starterSet } from './starter.ts';
import { createTimeslotsStore } from './store.ts';

export interface TimeslotsPorts {
  readonly db: Db;
  readonly emit: Emit<TimeslotsVocabulary>;
  /** Name of the zone whose clock the slots follow, such as Europe/Vienna. */
  readonly timeZone: () => string;
}

export type Timeslots = Implementation<TimeslotsVocabulary>;

/** To whoever saw other slots than there are by now. */
export const CHANGED = {
  error: 'CHANGED_MEANWHILE',
  message: 'Somebody else has changed the timeslots meanwhile: look at theirs, then change them again.',
} as const;

interface Aim {
  readonly name: string;
  readonly startMinute: number;
  readonly silent: boolean;
  readonly flavor: Flavor;
}

export function createTimeslots({ db, emit, timeZone }: TimeslotsPorts): Timeslots {
  const store = createTimeslotsStore(db);
  /** The slot everybody has been told of; in memory, because a start announces nothing. */
  let entered: { readonly name: string; readonly silent: boolean } | null = null;
  /** What each slot aims at, as it was worked out last; null: it may be another by now. */
  let aims: readonly Aim[] | null = null;

  function aimOf({ name, startMinute, references, flavor, silent }: Timeslot): Aim {
    const flavors = store.flavorsOf(references).map((each) => ({ flavor: each.flavor, weight: 1 }));
    return { name, startMinute, silent, flavor: flavor ?? centroid(flavors) };
  }
  function allAims(): readonly Aim[] {
    aims ??= store.all().map(aimOf);
    return aims;
  }
  function replace(slots: readonly Timeslot[]): void {
    store.replace(slots);
    aims = null;
    emit('changed', { count: slots.length });
  }

  return {
    actions: {
      replaceAll({ timeslots, version, renamed = [] }) {
        if (version !== undefined && version !== versionOf(store.all())) return CHANGED;
        const refused = refusalOf(timeslots, store.hasPassage);
        if (refused !== null) return refused;
        replace(timeslots);
        if (renamed.length > 0) emit('renamed', { names: renamed });
        // Called otherwise it is the same slot: nobody enters it again.
        const called = renamed.find(({ from }) => from === entered?.name)?.to;
        if (entered !== null && called !== undefined) entered = { ...entered, name: called };
        return { count: timeslots.length };
      },
      reload() {
        aims = null;
        return {};
      },
      enter({ name }) {
        const from = entered?.name ?? null;
        const silent = allAims().some((slot) => slot.name === name && slot.silent);
        entered = { name, silent };
        if (from !== null && from !== name) emit('slotChanged', { from, to: name });
        return { from, to: name, silent };
      },
      noteSilenced({ silenced }) {
        store.setSilenced(silenced);
        return { silenced };
      },
      ensureStarterSet() {
        if (store.all().length > 0) return { created: 0 };
        const slots = starterSet(store.measured(), store.flavorsOf);
        if (slots.length === 0) return { created: 0 };
        replace(slots);
        return { created: slots.length };
      },
    },
    queries: {
      all: () => store.all(),
      version: () => [{ version: versionOf(store.all()) }],
      targetAt({ atMs }) {
        const slot = soundingSlotAt(allAims(), minuteOfDay(atMs, timeZone()));
        if (slot === null) return [{ name: 'any time', flavor: {}, kind: 'none' }];
        return [{ name: slot.name, flavor: slot.flavor, kind: 'timeslot' }];
      },
      turn({ atMs }) {
        const now = slotAt(allAims(), minuteOfDay(atMs, timeZone()));
        const isEntered = now?.name === entered?.name && now?.silent === entered?.silent;
        return now === null || isEntered ? [] : [{ from: entered?.name ?? null, to: now.name }];
      },
      silenced: () => (store.isSilenced() ? [{ silenced: true }] : []),
      flavorOf({ name }) {
        const wanted = name.trim().toLowerCase();
        const slot = allAims().find((each) => each.name.toLowerCase() === wanted);
        return slot === undefined ? [] : [{ name: slot.name, flavor: slot.flavor }];
      },
    },
  };
}
