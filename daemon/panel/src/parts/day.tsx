// The day: its timeslots as a ring and as a list, changed by whoever may, and saved or let go as a whole.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { change, discard, editing, keepMine, save, takeTheirs } from '../state/day.ts';
import {
  coveringAt,
  type DayFault,
  type Day as DayOf,
  drawable,
  faultsOf,
  isChanged,
  split,
  suggestedStart,
  without,
} from '../state/day-draft.ts';
import { store } from '../state/index.ts';
import { useStore } from '../state/store.ts';
import { Plus } from './icons.tsx';
import { searchId } from './references.tsx';
import { minuteNow, Ring } from './ring.tsx';
import { nameId, Slot, startId, toggleId } from './slot.tsx';

/** Gives the focus to what is only there once the change is drawn. */
function useFocus(): (id: string) => void {
  const wanted = useRef<string | null>(null);
  const [, drawAgain] = useState(0);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const element = document.getElementById(wanted.current);
    wanted.current = null;
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
  });
  return (id) => {
    wanted.current = id;
    drawAgain((n) => n + 1);
  };
}

function AddSlot({ day, added }: { day: DayOf; added: (key: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const start = typed ?? suggestedStart(day);
  const add = (event: Event) => {
    event.preventDefault();
    const after = split(day, start);
    setWhy(typeof after === 'string' ? after : null);
    if (typeof after === 'string') return;
    setTyped(null);
    change(() => after.day);
    added(after.key);
  };
  return (
    <form class="add-slot" onSubmit={add} noValidate>
      <div class="line">
        <input
          type="time"
          value={start}
          aria-label="Start of another timeslot"
          aria-describedby={why === null ? undefined : 'add-slot-fault'}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value);
            setWhy(null);
          }}
        />
        <button type="submit" class="pill">
          <Plus /> Add a timeslot
        </button>
      </div>
      {why !== null && (
        <p class="fault" id="add-slot-fault" role="alert">
          {why}
        </p>
      )}
    </form>
  );
}

/** Somebody else has saved others than those that are being changed here. */
function Meanwhile() {
  return (
    <div class="banner wrong" role="alert">
      <p>
        <strong>Somebody else changed the timeslots meanwhile.</strong> What you changed is kept, and not
        saved.
      </p>
      <button type="button" class="pill" onClick={() => void takeTheirs()}>
        Take theirs
      </button>
      <button type="button" class="pill" onClick={() => void keepMine()}>
        Keep mine
      </button>
    </div>
  );
}

interface SaveProps {
  readonly text: string;
  readonly isStale: boolean;
  readonly isFloating: boolean;
  readonly mayDiscard: boolean;
  readonly maySave: boolean;
  readonly save: () => void;
}

/** Where nothing is to be done its buttons stay, so that nothing moves and no focus is lost. Floating it lies over what is
 *  scrolled, to be in reach and to be read. */
function SaveBar({ text, isStale, isFloating, mayDiscard, maySave, save: trySave }: SaveProps) {
  return (
    <div class={`save-bar ${isFloating ? 'floating' : ''}`}>
      {isStale && <Meanwhile />}
      <p class="quiet" role="status">
        {text}
      </p>
      <button type="button" class="pill" aria-disabled={!mayDiscard} onClick={() => mayDiscard && discard()}>
        Discard
      </button>
      <button type="button" class="pill main" aria-disabled={!maySave} onClick={() => maySave && trySave()}>
        Save
      </button>
    </div>
  );
}

function statusText(isDirty: boolean, faults: readonly DayFault[]): string {
  const { isSaving, isJustSaved } = editing.get();
  if (isSaving) return 'Saving…';
  if (!isDirty) return isJustSaved ? 'Saved.' : 'Nothing is changed.';
  const whole = faults.find(({ key }) => key === null);
  if (whole !== undefined) return whole.message;
  if (faults.length === 0) return 'Not saved yet.';
  return faults.length === 1 ? 'One thing is to be mended.' : `${faults.length} things are to be mended.`;
}

const idOf = ({ key, field }: DayFault & { key: number }) =>
  field === 'start' ? startId(key) : field === 'name' ? nameId(key) : searchId(key);

export function Day({ mayChange }: { mayChange: boolean }) {
  const { day, isSaving, isJustSaved, refused } = useStore(editing, (now) => now);
  const version = useStore(store, (model) => model.timeslotsVersion);
  const [openKey, setOpenKey] = useState<number | null>(null);
  const focus = useFocus();
  const goTo = (key: number, id: string) => {
    setOpenKey(key);
    focus(id);
  };
  const goToFirst = (some: readonly DayFault[]) => {
    const first = some.find((fault): fault is DayFault & { key: number } => fault.key !== null);
    if (first !== undefined) goTo(first.key, idOf(first));
  };
  useEffect(() => goToFirst(refused), [refused]);
  if (day === null) return null;
  const isDirty = isChanged(day);
  const faults = [...faultsOf(day), ...refused];
  const isStale = isDirty && !isSaving && version !== null && version !== day.saved.version;
  const holding = coveringAt(day.slots, minuteNow());

  const trySave = () => {
    const own = faultsOf(day);
    goToFirst(own);
    if (own.length === 0) void save();
  };
  const remove = (key: number) => {
    const at = day.slots.findIndex((slot) => slot.key === key);
    const next = day.slots[at - 1] ?? day.slots[at + 1];
    change((before) => without(before, key));
    setOpenKey(null);
    if (next !== undefined) focus(toggleId(next.key));
  };
  return (
    <section aria-label="The day">
      <h4>The day</h4>
      <Ring slots={drawable(day)} />
      <ul class="day">
        {day.slots.map((slot) => (
          <Slot
            key={slot.key}
            slot={slot}
            faults={faults.filter((fault) => fault.key === slot.key)}
            holds={slot === holding}
            isLast={day.slots.length === 1}
            isOpen={slot.key === openKey}
            mayChange={mayChange}
            toggle={() => setOpenKey(slot.key === openKey ? null : slot.key)}
            remove={() => remove(slot.key)}
            focus={focus}
          />
        ))}
      </ul>
      {mayChange ? (
        <>
          <AddSlot day={day} added={(key) => goTo(key, nameId(key))} />
          <SaveBar
            text={statusText(isDirty, faults)}
            isStale={isStale}
            isFloating={isDirty || isJustSaved}
            mayDiscard={isDirty && !isSaving}
            maySave={isDirty && !isStale && !isSaving}
            save={trySave}
          />
        </>
      ) : (
        <p class="quiet">How the day sounds is for an admin to change.</p>
      )}
    </section>
  );
}
