// The parts of the day: when another one begins. What is queued is not touched by it.
import { on, rule } from './rule.ts';

/** Asked by the clock on the wall, so it is also seen when that was changed, by hand or by law. */
export const EnterTimeslotWhenItsTimeComes = rule(
  'EnterTimeslotWhenItsTimeComes',
  'Every half minute, and when the slots or the settings change, it is looked which timeslot holds by the clock on the wall.',
)
  .whenAny(
    on('Appliance.started'),
    on('Appliance.halfMinute'),
    on('Timeslots.changed'),
    on('Settings.changed', { key: 'time_zone' }),
  )
  .where('Appliance.now', {}, { nowMs: '?nowMs' })
  .where('Timeslots.turn', ({ nowMs }) => ({ atMs: nowMs }), { to: '?to' })
  .thenDo('Timeslots.enter', ({ to }) => ({ name: to }));

export const AnnounceTimeslotChange = rule(
  'AnnounceTimeslotChange',
  'That another timeslot holds now is told to everybody connected, with the names of both.',
)
  .when('Timeslots.slotChanged', { from: '?from', to: '?to' })
  .thenDo('Panel.broadcast', ({ from, to }) => ({ topic: 'timeslot', data: { from, to } }));

export const timeslotRules = [EnterTimeslotWhenItsTimeComes, AnnounceTimeslotChange];
