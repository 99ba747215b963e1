// The day that is being changed on this page: read, kept while its sheet is closed, saved as a whole, or let go. What
// somebody else saves meanwhile never takes its place without being asked.
import type { Timeslots } from '../../../adapters/http/shapes.ts';
import { api } from './api.ts';
import { type Day, type DayFault, dayOf, isChanged, onTopOf, refusedFaults, written } from './day-draft.ts';
import { store, tell } from './index.ts';
import { createStore } from './store.ts';

interface Editing {
  readonly day: Day | null;
  readonly isSaving: boolean;
  /** What the daemon said of it when it was to be saved; of no more use once it is changed. */
  readonly refused: readonly DayFault[];
  /** In the status line until something is changed. */
  readonly isJustSaved: boolean;
}

const IDLE = { isSaving: false, refused: [], isJustSaved: false };
export const editing = createStore<Editing>({ day: null, ...IDLE });

/** The newest that this page knows of, also when the word of it is still on its way. */
function note({ version }: Timeslots): void {
  store.update((model) => ({ ...model, timeslotsVersion: version }));
}

/** `keep`: what was changed here is kept, and takes the place of theirs when it is saved. */
async function read(keep: boolean): Promise<void> {
  const before = editing.get().day;
  const answer = await tell(api.timeslots());
  if (!answer.ok || editing.get().isSaving) return;
  const { day } = editing.get();
  // Changed while it was asked for: then the person has not agreed to lose that.
  if (!keep && day !== before) return note(answer.body);
  note(answer.body);
  editing.set({ day: keep && day !== null ? onTopOf(day, answer.body) : dayOf(answer.body, day), ...IDLE });
}

/** When the sheet opens, and whenever the slots are others: what was changed here stays. */
export async function refreshDay(): Promise<void> {
  const { day, isSaving } = editing.get();
  if (isSaving || (day !== null && isChanged(day))) return;
  if (day !== null && day.saved.version === store.get().timeslotsVersion) return;
  await read(false);
}

export const takeTheirs = (): Promise<void> => read(false);
export const keepMine = (): Promise<void> => read(true);

export function change(act: (day: Day) => Day): void {
  editing.update((now) =>
    now.day === null ? now : { ...now, ...IDLE, isSaving: now.isSaving, day: act(now.day) },
  );
}

export function discard(): void {
  editing.update(({ day }) => ({ day: day === null ? null : dayOf(day.saved, day), ...IDLE }));
}

export async function save(): Promise<void> {
  const { day, isSaving } = editing.get();
  if (day === null || isSaving) return;
  editing.update((now) => ({ ...now, ...IDLE, isSaving: true }));
  const answer = await api.setTimeslots(written(day.slots), day.saved.version);
  // What was changed while it was on its way is not in it, and stays.
  const now = editing.get().day ?? day;
  if (answer.ok) {
    note(answer.body);
    const isAll = now === day;
    editing.set({
      day: isAll ? dayOf(answer.body, day) : onTopOf(now, answer.body),
      ...IDLE,
      isJustSaved: isAll,
    });
    return;
  }
  const refused = refusedFaults(day, answer.details) ?? [{ key: null, field: null, message: answer.message }];
  editing.set({ day: now, ...IDLE, refused });
  if (answer.code !== 'CHANGED_MEANWHILE') return;
  // The word of it has not come yet.
  const theirs = await tell(api.timeslots());
  if (theirs.ok) note(theirs.body);
}

/** When the sheet closes. Whether something is left that is not saved: it stays. */
export function leaveDay(): boolean {
  editing.update((now) => ({ ...now, isJustSaved: false }));
  const { day } = editing.get();
  return day !== null && isChanged(day);
}

/** The draft lives as long as the page: the browser asks before that goes. */
export function askBeforeLeaving(): void {
  window.addEventListener('beforeunload', (event) => {
    const { day } = editing.get();
    if (day !== null && isChanged(day)) event.preventDefault();
  });
}
