// Which slot covers a minute, and what is wrong with a set of slots. Pure.
import type { Timeslot } from '../../../sync/vocabulary/timeslots.ts';
import { unsoundCharacteristics } from '../../policy/flavor.ts';

export const MOST_SLOTS = 48;
const MINUTES = 1440;

/** The slot that has begun last; before the first of the day it is yesterday's last. Null when there are none. */
export function slotAt<T extends { readonly startMinute: number }>(
  slots: readonly T[],
  minute: number,
): T | null {
  let begun: T | null = null;
  let latest: T | null = null;
  for (const slot of slots) {
    if (slot.startMinute <= minute && (begun === null || slot.startMinute > begun.startMinute)) begun = slot;
    if (latest === null || slot.startMinute > latest.startMinute) latest = slot;
  }
  return begun ?? latest;
}

/** The slot in which what is chosen for that minute will be heard: after a silent one the next that is not. Null when there
 *  is none. */
export function soundingSlotAt<T extends { readonly startMinute: number; readonly silent: boolean }>(
  slots: readonly T[],
  minute: number,
): T | null {
  const now = slotAt(slots, minute);
  if (now === null || !now.silent) return now;
  const after = ({ startMinute }: T) => (startMinute - now.startMinute + MINUTES) % MINUTES;
  return slots.filter(({ silent }) => !silent).sort((a, b) => after(a) - after(b))[0] ?? null;
}

/** Every fault of a set of slots, in words; empty when it may replace the present one. */
export function faultsOf(slots: readonly Timeslot[], exists: (passage: number) => boolean): string[] {
  const faults: string[] = [];
  if (slots.length === 0) faults.push('at least one timeslot is needed');
  if (slots.length > MOST_SLOTS) faults.push(`at most ${MOST_SLOTS} timeslots`);
  const starts = new Set<number>();
  if (slots.length > 0 && slots.every(({ silent }) => silent))
    faults.push('at least one timeslot that is not silent is needed');
  for (const { name, startMinute, references, flavor, silent } of slots) {
    const trimmed = name.trim();
    if (trimmed.length === 0 || trimmed.length > 40) faults.push(`"${name}": a name has 1 to 40 characters`);
    if (!Number.isInteger(startMinute) || startMinute < 0 || startMinute >= MINUTES) {
      faults.push(`"${name}": startMinute is a whole number from 0 to ${MINUTES - 1}`);
    } else if (starts.has(startMinute)) {
      faults.push(`"${name}": another timeslot starts at minute ${startMinute}`);
    }
    starts.add(startMinute);
    if (references.length === 0 && flavor === null && !silent) {
      faults.push(`"${name}": at least one reference passage, or a flavor`);
    }
    const gone = references.filter((passage) => !exists(passage));
    if (gone.length > 0) faults.push(`"${name}": there is no passage ${gone.join(', ')}`);
    if (new Set(references).size < references.length) faults.push(`"${name}": a passage is named twice`);
    const unsound = flavor === null ? [] : unsoundCharacteristics(flavor);
    if (unsound.length > 0) faults.push(`"${name}": the values of ${unsound.join(', ')} do not sum to 1`);
  }
  return faults;
}
