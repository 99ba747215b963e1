// The day as a ring of timeslots, and the words of an override. Pure.
import type { Status, TimeslotLine } from '../../../adapters/http/shapes.ts';

const MINUTES = 1440;

export interface Arc {
  readonly name: string;
  readonly silent: boolean;
  readonly startMinute: number;
  /** How long it lasts, to where the next one starts: 1 to 1440 minutes. */
  readonly minutes: number;
  readonly holds: boolean;
}

/** In the order of the day. `nowMinute`: of the local day. */
export function arcsOf(
  slots: readonly Pick<TimeslotLine, 'name' | 'silent' | 'startMinute'>[],
  nowMinute: number,
): readonly Arc[] {
  const inOrder = slots.toSorted((a, b) => a.startMinute - b.startMinute);
  return inOrder.map(({ name, silent, startMinute }, i) => {
    const next = inOrder[(i + 1) % inOrder.length]?.startMinute ?? startMinute;
    const minutes = (next - startMinute + MINUTES) % MINUTES || MINUTES;
    const holds = (nowMinute - startMinute + MINUTES) % MINUTES < minutes;
    return { name, silent, startMinute, minutes, holds };
  });
}

/** A point on a circle around 0, 0: midnight at the top, the day clockwise. */
export function onRing(minute: number, radius: number): { readonly x: number; readonly y: number } {
  const angle = (2 * Math.PI * minute) / MINUTES;
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}

/** The line of an arc, `gap` minutes shorter at each end. One that is the whole day stays open by its gap. */
export function arcPath({ startMinute, minutes }: Arc, radius: number, gap: number): string {
  const cut = Math.min(gap, minutes / 3);
  const from = onRing(startMinute + cut, radius);
  const to = onRing(startMinute + minutes - cut, radius);
  const isLong = minutes - 2 * cut > MINUTES / 2 ? 1 : 0;
  const place = ({ x, y }: { x: number; y: number }) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  return `M${place(from)}A${radius} ${radius} 0 ${isLong} 1 ${place(to)}`;
}

/** "1 h 5 min", "12 min", "less than a minute". */
export function leftText(leftMs: number): string {
  const minutes = Math.round(leftMs / 60_000);
  if (minutes < 1) return 'less than a minute';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].filter(Boolean).join(' ');
}

/** What holds now, as a sentence. `ageMs`: of the status. */
export function moodText(status: Pick<Status, 'override' | 'timeslot'> | null, ageMs: number): string {
  if (status?.override) {
    const { name, kind, leftMs } = status.override;
    const like = kind === 'passage' ? `like “${name}”` : name;
    return `For another ${leftText(leftMs - Math.max(0, ageMs))}: ${like}.`;
  }
  if (status?.timeslot?.kind !== 'timeslot') return 'No mood yet: it comes with the first music.';
  return `By the time of day: ${status.timeslot.name}.`;
}
