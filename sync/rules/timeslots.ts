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

/** Nobody is startled, neither by music nor by silence. */
const FADE_MS = 10_000;

export const SilenceWhenSilentSlotBegins = rule(
  'SilenceWhenSilentSlotBegins',
  'When a silent timeslot begins the music fades out and pauses; at a start within one it does not begin.',
)
  .when('Timeslots.enter', {}, { from: '?from', silent: true })
  .where('Player.rest', {}, { playing: true })
  .thenDo('Timeslots.noteSilenced', { silenced: true })
  .thenDo('Player.fadeOut', ({ from }) => ({ overMs: from === null ? 0 : FADE_MS }));

export const SoundAgainWhenSilentSlotEnds = rule(
  'SoundAgainWhenSilentSlotEnds',
  'When a silent timeslot ends the music begins again, if that was why it paused.',
)
  .when('Timeslots.enter', {}, { silent: false })
  .where('Timeslots.silenced', {})
  .thenDo('Timeslots.noteSilenced', { silenced: false })
  .thenDo('Player.fadeIn', { overMs: FADE_MS, volume: null });

export const EndSilenceWhenSomebodyPlays = rule(
  'EndSilenceWhenSomebodyPlays',
  'Who plays something in a silent timeslot has it play, and what is paused after that stays so.',
)
  .when('Player.play')
  .where('Timeslots.silenced', {})
  .thenDo('Timeslots.noteSilenced', { silenced: false });

export const timeslotRules = [
  EnterTimeslotWhenItsTimeComes,
  SilenceWhenSilentSlotBegins,
  SoundAgainWhenSilentSlotEnds,
  EndSilenceWhenSomebodyPlays,
  AnnounceTimeslotChange,
];
