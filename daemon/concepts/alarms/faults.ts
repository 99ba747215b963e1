// What is wrong with an alarm, in words. Pure.
import type { AlarmSetting } from '../../../sync/vocabulary/alarms.ts';

const MINUTES = 1440;
const MOST_RAMP_MS = 30 * 60_000;

const isWhole = (value: number, from: number, to: number) =>
  Number.isInteger(value) && value >= from && value <= to;

/** Empty when it may be set. */
export function faultsOf({ minute, weekdays, timeslot, volume, rampMs }: AlarmSetting): string[] {
  const faults: string[] = [];
  if (!isWhole(minute, 0, MINUTES - 1)) faults.push(`the minute of the day is from 0 to ${MINUTES - 1}`);
  if (!weekdays.every((day) => isWhole(day, 0, 6))) faults.push('a weekday is 0 (Sunday) to 6 (Saturday)');
  if (new Set(weekdays).size < weekdays.length) faults.push('a weekday is named twice');
  if (timeslot !== null && (timeslot.trim() === '' || timeslot.length > 40))
    faults.push('the name of a timeslot has 1 to 40 characters');
  if (volume !== null && !(volume >= 0 && volume <= 1)) faults.push('the volume is from 0 to 1');
  if (!(rampMs >= 0 && rampMs <= MOST_RAMP_MS)) faults.push('it gets louder over 0 to 30 minutes');
  return faults;
}
