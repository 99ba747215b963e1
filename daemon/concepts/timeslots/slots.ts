// Which slot covers a minute, which set of slots it is, and what is wrong with one. Pure.
import { createHash } from 'node:crypto';
import type { Failure } from '../../../sync/vocabulary/common.ts';
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

/** One thing that is wrong; `path` as a field of the whole: `timeslots` or `timeslots[2].name`. */
export interface SlotFault {
  readonly path: string;
  readonly message: string;
}
/** The fields of a slot as they are written from outside, where a minute is a time of day. */
type Field = 'name' | 'start' | 'references' | 'flavor';
type Say = (field: Field, message: string) => void;

/** Which set of slots it is: another one says another word, the same one the same. */
export function versionOf(slots: readonly Timeslot[]): string {
  return createHash('sha256').update(JSON.stringify(slots)).digest('hex').slice(0, 16);
}

/** Every fault of a set of slots, in words; empty when it may replace the present one. */
export function faultsOf(slots: readonly Timeslot[], exists: (passage: number) => boolean): SlotFault[] {
  const faults: SlotFault[] = [];
  const whole = (message: string) => void faults.push({ path: 'timeslots', message });
  if (slots.length === 0) whole('at least one timeslot is needed');
  if (slots.length > MOST_SLOTS) whole(`at most ${MOST_SLOTS} timeslots`);
  if (slots.length > 0 && slots.every(({ silent }) => silent))
    whole('at least one timeslot that is not silent is needed');
  const starts = new Set<number>();
  const names = new Set<string>();
  for (const [i, slot] of slots.entries()) {
    const say: Say = (field, message) => void faults.push({ path: `timeslots[${i}].${field}`, message });
    const name = slot.name.trim();
    if (name.length === 0 || name.length > 40) say('name', 'a name has 1 to 40 characters');
    else if (names.has(name.toLowerCase())) say('name', 'another timeslot has this name');
    names.add(name.toLowerCase());
    const { startMinute } = slot;
    if (!Number.isInteger(startMinute) || startMinute < 0 || startMinute >= MINUTES)
      say('start', `a start is a whole minute from 0 to ${MINUTES - 1}`);
    else if (starts.has(startMinute)) say('start', `another timeslot starts at ${clockOf(startMinute)}`);
    starts.add(startMinute);
    faultsOfAim(slot, exists, say);
  }
  return faults;
}

function faultsOfAim(
  { references, flavor, silent }: Timeslot,
  exists: (passage: number) => boolean,
  say: Say,
): void {
  if (references.length === 0 && flavor === null && !silent)
    say('references', 'at least one reference passage, or a flavor');
  const gone = references.filter((passage) => !exists(passage));
  if (gone.length > 0) say('references', `there is no passage ${gone.join(', ')}`);
  if (new Set(references).size < references.length) say('references', 'a passage is named twice');
  const unsound = flavor === null ? [] : unsoundCharacteristics(flavor);
  if (unsound.length > 0) say('flavor', `the values of ${unsound.join(', ')} do not sum to 1`);
}

/** Null when they may replace the present ones. */
export function refusalOf(
  slots: readonly Timeslot[],
  exists: (passage: number) => boolean,
): Failure<'INVALID'> | null {
  const faults = faultsOf(slots, exists);
  if (faults.length === 0) return null;
  const words = faults.map(({ path, message }) => {
    const at = /\[(\d+)\]/.exec(path)?.[1];
    return at === undefined ? message : `"${slots[Number(at)]?.name}": ${message}`;
  });
  const message = `The timeslots were not changed: ${words.join('; ')}.`;
  return { error: 'INVALID', message, details: faults };
}

/** As 06:45. */
function clockOf(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
