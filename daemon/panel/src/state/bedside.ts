// The words of the sleep timer and the alarms. Pure.
import type { AlarmLine, Status, Weekday } from '../../../adapters/http/shapes.ts';
import { timeOfDay } from '../words.ts';

/** As the week runs for most who set an alarm, with the letters of its buttons. */
export const WEEK: readonly { readonly day: Weekday; readonly letter: string; readonly name: string }[] = [
  { day: 'mon', letter: 'M', name: 'Monday' },
  { day: 'tue', letter: 'T', name: 'Tuesday' },
  { day: 'wed', letter: 'W', name: 'Wednesday' },
  { day: 'thu', letter: 'T', name: 'Thursday' },
  { day: 'fri', letter: 'F', name: 'Friday' },
  { day: 'sat', letter: 'S', name: 'Saturday' },
  { day: 'sun', letter: 'S', name: 'Sunday' },
];

export function toggled(weekdays: readonly Weekday[], day: Weekday): readonly Weekday[] {
  return weekdays.includes(day) ? weekdays.filter((each) => each !== day) : [...weekdays, day];
}

/** "rings tomorrow at 06:45", "rings on Monday at 06:45". */
export function ringsText({ enabled, nextMs }: AlarmLine, nowMs: number): string {
  if (!enabled || nextMs === null) return 'switched off';
  const at = new Date(nextMs);
  const days = Math.round((startOfDay(at) - startOfDay(new Date(nowMs))) / 86_400_000);
  const day =
    days === 0 ? 'today' : days === 1 ? 'tomorrow' : `on ${at.toLocaleDateString('en', { weekday: 'long' })}`;
  return `rings ${day} at ${timeOfDay(nextMs)}`;
}

/** What the header says of them: when it falls silent, else when it wakes; null: nothing to say. `label` says both. */
export function bedsideChip(
  status: Pick<Status, 'sleep' | 'alarm'> | null,
  nowMs: number,
): { readonly is: 'sleep' | 'alarm'; readonly time: string; readonly label: string } | null {
  const sleep = status?.sleep ? timeOfDay(status.sleep.untilMs) : null;
  // One that is days away is nobody's concern tonight.
  const isNear = status?.alarm != null && status.alarm.atMs - nowMs < 86_400_000;
  const alarm = isNear ? timeOfDay(status.alarm?.atMs ?? 0) : null;
  const label = [sleep === null ? '' : `fades out at ${sleep}`, alarm === null ? '' : `alarm at ${alarm}`]
    .filter(Boolean)
    .join(', ');
  if (sleep !== null) return { is: 'sleep', time: sleep, label };
  return alarm === null ? null : { is: 'alarm', time: alarm, label };
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
