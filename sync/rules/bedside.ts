// At the bedside: the sleep timer lets the music fade out, an alarm lets it begin.
import { on, rule } from './rule.ts';

/** How long the mood of an alarm holds. */
const MOOD_MS = 2 * 3_600_000;

export const FadeOutWhenSleepTimerIsDue = rule(
  'FadeOutWhenSleepTimerIsDue',
  'Half a minute before the sleep timer is over, also when it was over while the daemon was off, the music begins to fade out.',
)
  .when('Sleep.dueNow')
  .where('Sleep.due', {}, { fadeMs: '?fadeMs' })
  .thenDo('Sleep.fall', {})
  .thenDo('Player.fadeOut', ({ fadeMs }) => ({ overMs: fadeMs }));

export const PauseWhenFadedOut = rule(
  'PauseWhenFadedOut',
  'When the music has faded out it pauses, and the volume is as it was for whoever plays it next.',
)
  .when('Player.fadedOut')
  .thenDo('Player.pause', {});

export const PlayOnWhenSleepTimerIsTouched = rule(
  'PlayOnWhenSleepTimerIsTouched',
  'Who sets the sleep timer anew, or ends it, while the music fades out is awake: it is as loud as before at once.',
)
  .whenAny(on('Sleep.set', {}, { untilMs: '?untilMs' }), on('Sleep.cancel'))
  .thenDo('Player.endFadeOut', {});

export const RingWhenAlarmIsDue = rule(
  'RingWhenAlarmIsDue',
  'When the time of an alarm has come the music begins and gets louder; with the mood of a timeslot if the alarm names one. Music that plays already is not touched but for the mood.',
)
  .when('Alarms.dueNow')
  .where('Alarms.due', {}, { alarm: '?alarm', timeslot: '?timeslot', volume: '?volume', rampMs: '?rampMs' })
  .thenDo('Alarms.ring', ({ alarm }) => ({ alarm }))
  .thenDoIf(
    ({ timeslot }) => timeslot !== null,
    'Override.askLikeTimeslot',
    ({ timeslot }) => ({ timeslot: timeslot ?? '', durationMs: MOOD_MS, name: null }),
  )
  .thenDo('Player.fadeIn', ({ rampMs, volume }) => ({ overMs: rampMs, volume }));

export const FollowWhenTimeslotRenamed = rule(
  'FollowWhenTimeslotRenamed',
  'An alarm that wakes with the mood of a timeslot keeps it when that is called something else.',
)
  .when('Timeslots.renamed', { names: '?names' })
  .thenDo('Alarms.renameTimeslots', ({ names }) => ({ names }));

export const bedsideRules = [
  FadeOutWhenSleepTimerIsDue,
  PauseWhenFadedOut,
  PlayOnWhenSleepTimerIsTouched,
  RingWhenAlarmIsDue,
  FollowWhenTimeslotRenamed,
];
