// The day as a person changes it, before it is saved: the acts on its timeslots, what is wrong with it, and what is
// written of it. Pure; the daemon has the last word on all of it.
import type { Card, TimeslotLine, Timeslots } from '../../../adapters/http/shapes.ts';

const MINUTES = 1440;
export const MOST_SLOTS = 48;
export const MOST_NAME_CHARACTERS = 40;
const MOST_REFERENCES = 100;

export interface DraftSlot {
  /** The same through all changes, and never that of another. */
  readonly key: number;
  readonly name: string;
  /** As the daemon knows it; null: it does not yet. */
  readonly was: string | null;
  /** As 06:45; empty while it is being typed. */
  readonly start: string;
  readonly passages: readonly Card[];
  /** In their place, where it was given by hand. */
  readonly flavor: TimeslotLine['flavor'];
  readonly silent: boolean;
}

export interface Day {
  /** In the order of the day as it was when each came; one whose start is changed stays where it is until all is saved. */
  readonly slots: readonly DraftSlot[];
  /** Those of the daemon that it was made from. */
  readonly saved: Timeslots;
  readonly nextKey: number;
}

export type Field = 'name' | 'start' | 'references';
export interface DayFault {
  /** Null: of the day as a whole. */
  readonly key: number | null;
  readonly field: Field | null;
  /** A sentence. */
  readonly message: string;
}

/** A slot keeps the key that one of its name has in `before`: for whoever looks at it, it is the same one. */
export function dayOf(saved: Timeslots, before: Day | null = null): Day {
  let nextKey = before?.nextKey ?? 0;
  const slots = saved.timeslots.map(({ name, start, passages, flavor, silent }) => {
    const key = before?.slots.find((slot) => slot.name.trim() === name)?.key ?? nextKey++;
    return { key, name, was: name, start, passages, flavor, silent };
  });
  return { slots, saved, nextKey };
}

/** The same changes, as if they had been made on other slots: what is saved takes the place of those. */
export function onTopOf(day: Day, saved: Timeslots): Day {
  const isThere = (was: string | null) => saved.timeslots.some(({ name }) => name === was);
  const slots = day.slots.map((slot) => ({ ...slot, was: isThere(slot.was) ? slot.was : null }));
  return { ...day, slots, saved };
}

export function changed(
  day: Day,
  key: number,
  change: Partial<Pick<DraftSlot, 'name' | 'start' | 'silent' | 'passages' | 'flavor'>>,
): Day {
  return { ...day, slots: day.slots.map((slot) => (slot.key === key ? { ...slot, ...change } : slot)) };
}

/** A flavor that was given by hand would come before it, so the passage takes its place. */
export function withPassage(day: Day, key: number, card: Card): Day {
  const passages = day.slots.find((slot) => slot.key === key)?.passages ?? [];
  if (passages.some(({ passage }) => passage === card.passage)) return day;
  return changed(day, key, { passages: [...passages, card], flavor: null });
}

export function withoutPassage(day: Day, key: number, passage: string): Day {
  const passages = day.slots.find((slot) => slot.key === key)?.passages ?? [];
  return changed(day, key, { passages: passages.filter((card) => card.passage !== passage) });
}

/** Minute of the day; null while it is being typed. */
export function minuteOf(start: string): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(start) ?? [];
  return hours === undefined ? null : 60 * Number(hours) + Number(minutes);
}

/** The slot that began last before that minute, over midnight too. */
export function coveringAt(slots: readonly DraftSlot[], minute: number): DraftSlot | null {
  let found: { slot: DraftSlot; agoMinutes: number } | null = null;
  for (const slot of slots) {
    const begins = minuteOf(slot.start);
    if (begins === null) continue;
    const agoMinutes = (minute - begins + MINUTES) % MINUTES;
    if (found === null || agoMinutes < found.agoMinutes) found = { slot, agoMinutes };
  }
  return found?.slot ?? null;
}

/** Another slot from `start` on, like the one that covers that time, which ends there now; or why not, in a sentence. */
export function split(day: Day, start: string): { readonly day: Day; readonly key: number } | string {
  const { slots, nextKey: key } = day;
  const minute = minuteOf(start);
  if (minute === null) return 'Say when it begins.';
  const there = slots.find((slot) => slot.start === start);
  if (there !== undefined) return `“${there.name}” begins at ${start} already.`;
  if (slots.length >= MOST_SLOTS) return `A day has at most ${MOST_SLOTS} timeslots.`;
  const covering = coveringAt(slots, minute);
  const like = covering ?? { passages: [], flavor: null, silent: false };
  const { passages, flavor, silent } = like;
  const name = freeName(slots, covering?.name ?? 'day');
  const added = { key, name, was: null, start, passages, flavor, silent };
  const at = slots.findIndex((slot) => (minuteOf(slot.start) ?? -1) > minute);
  return {
    day: { ...day, slots: slots.toSpliced(at < 0 ? slots.length : at, 0, added), nextKey: key + 1 },
    key,
  };
}

/** "night 2" beside "night", then "night 3". */
function freeName(slots: readonly DraftSlot[], like: string): string {
  const taken = new Set(slots.map(({ name }) => nameKey(name)));
  const bare = like.trim().replace(/ \d{1,2}$/, '');
  const stem = bare.slice(0, MOST_NAME_CHARACTERS - 3) || 'timeslot';
  for (let n = 1; ; n++) {
    const name = n === 1 ? stem : `${stem} ${n}`;
    if (!taken.has(nameKey(name))) return name;
  }
}

/** Its time goes to the one before it. The last one stays. */
export function without(day: Day, key: number): Day {
  if (day.slots.length < 2) return day;
  return { ...day, slots: day.slots.filter((slot) => slot.key !== key) };
}

/** Where a new slot would be of most use: in the middle of the longest, at a whole half hour. */
export function suggestedStart(day: Day): string {
  const starts = [...new Set(day.slots.flatMap(({ start }) => minuteOf(start) ?? []))].sort((a, b) => a - b);
  let best = { middle: 360, minutes: 0 };
  for (const [i, start] of starts.entries()) {
    const minutes = ((starts[(i + 1) % starts.length] ?? start) - start + MINUTES) % MINUTES || MINUTES;
    if (minutes > best.minutes) best = { middle: start + minutes / 2, minutes };
  }
  const minute = (30 * Math.round(best.middle / 30)) % MINUTES;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

const nameKey = (name: string) => name.trim().toLowerCase();

/** What the daemon would refuse, and what to do. */
export function faultsOf({ slots }: Day): readonly DayFault[] {
  const faults: DayFault[] = [];
  const count = (of: (slot: DraftSlot) => string, value: string) =>
    slots.filter((slot) => of(slot) === value).length;
  for (const slot of slots) {
    const { key, name, start, passages, flavor, silent } = slot;
    const say = (field: Field, message: string) => void faults.push({ key, field, message });
    if (start === '') say('start', 'Say when it begins.');
    else if (count((each) => each.start, start) > 1) say('start', `Another timeslot begins at ${start} too.`);
    if (name.trim() === '') say('name', 'Give it a name.');
    else if (name.trim().length > MOST_NAME_CHARACTERS)
      say('name', `A name has at most ${MOST_NAME_CHARACTERS} characters.`);
    else if (count((each) => nameKey(each.name), nameKey(name)) > 1)
      say('name', 'Another timeslot has this name too.');
    if (passages.length === 0 && flavor === null && !silent)
      say('references', 'Say what it sounds like: add a piece, or make it silent.');
    if (passages.length > MOST_REFERENCES) say('references', `At most ${MOST_REFERENCES} pieces.`);
  }
  if (slots.length > 0 && slots.every(({ silent }) => silent))
    faults.push({ key: null, field: null, message: 'At least one timeslot has to sound.' });
  return faults;
}

export interface WrittenSlot {
  readonly name: string;
  /** Where it had another: what names it, names it by the new one then. */
  readonly was?: string;
  readonly start: string;
  readonly references: readonly string[];
  readonly flavor?: NonNullable<TimeslotLine['flavor']>;
  readonly silent: boolean;
}

type Written = Omit<DraftSlot, 'key' | 'was'> & { readonly was?: string | null };

/** As the daemon takes them, in the order in which they are shown. */
export function written(slots: readonly Written[]): readonly WrittenSlot[] {
  return slots.map(({ name, was = null, start, passages, flavor, silent }) => ({
    ...{ name: name.trim(), start, silent },
    ...(was !== null && was !== name.trim() && { was }),
    references: passages.map(({ passage }) => passage),
    ...(flavor !== null && { flavor }),
  }));
}

/** Whether saving would make another day of it: the order of references says nothing. */
export function isChanged({ slots, saved }: Day): boolean {
  const words = (some: readonly Written[]) =>
    JSON.stringify(
      written(some)
        .map((slot) => ({ ...slot, references: slot.references.toSorted() }))
        .toSorted((a, b) => (a.start < b.start ? -1 : 1)),
    );
  return words(slots) !== words(saved.timeslots);
}

/** What the daemon found, where it belongs: `details` as it gave them, of slots in the order of `written`. Null when it
 *  does not say of what it is. */
export function refusedFaults({ slots }: Day, details: unknown): readonly DayFault[] | null {
  if (!Array.isArray(details) || details.length === 0) return null;
  return details.map((detail: { path?: unknown; message?: unknown }) => {
    const message = sentence(String(detail.message ?? 'It was refused.'));
    const [, at, of = ''] = /^timeslots\[(\d+)\]\.(\w+)/.exec(String(detail.path ?? '')) ?? [];
    const slot = at === undefined ? undefined : slots[Number(at)];
    if (slot === undefined) return { key: null, field: null, message };
    const field = of === 'name' || of === 'start' ? of : 'references';
    return { key: slot.key, field, message };
  });
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}

/** What the ring can draw of it: slots whose start is known and their own. */
export function drawable({ slots }: Day): readonly Pick<TimeslotLine, 'name' | 'startMinute' | 'silent'>[] {
  const seen = new Map<number, Pick<TimeslotLine, 'name' | 'startMinute' | 'silent'>>();
  for (const { name, start, silent } of slots) {
    const startMinute = minuteOf(start);
    if (startMinute !== null && !seen.has(startMinute)) seen.set(startMinute, { name, startMinute, silent });
  }
  return [...seen.values()];
}
