// A mood that a person asked for: what it is like, how it takes over from what was queued, and how it ends.
// Order: choose for it, put that first, and when it is buffered drop what was chosen before and crossfade into it; then the
// queue is filled again. What a person asked for stays, and sounds to its end.
import { on, rule } from './rule.ts';

/** Slower than a skip: nobody was displeased with what sounds. */
const CROSSFADE_MS = 2000;

export const SetOverrideWhenPassageAsked = rule(
  'SetOverrideWhenPassageAsked',
  'An override that is to be like a passage takes its flavor.',
)
  .when('Override.askLikePassage', { passage: '?passage', durationMs: '?durationMs', name: '?name' })
  .where('Library.flavor', ({ passage }) => ({ passage }), { title: '?title', flavor: '?flavor' })
  .thenDo('Override.set', ({ passage, durationMs, name, title, flavor }) => ({
    name: name ?? title,
    kind: 'passage',
    passage,
    flavor,
    durationMs,
  }))
  .elseDo('Override.refuse', { reason: 'NO_SUCH_PASSAGE' });

export const SetOverrideWhenTimeslotAsked = rule(
  'SetOverrideWhenTimeslotAsked',
  'An override that is to be like a timeslot takes its flavor.',
)
  .when('Override.askLikeTimeslot', { timeslot: '?timeslot', durationMs: '?durationMs', name: '?name' })
  .where('Timeslots.flavorOf', ({ timeslot }) => ({ name: timeslot }), { name: '?slot', flavor: '?flavor' })
  .thenDo('Override.set', ({ durationMs, name, slot, flavor }) => ({
    name: name ?? slot,
    kind: 'timeslot',
    passage: null,
    flavor,
    durationMs,
  }))
  .elseDo('Override.refuse', { reason: 'NO_SUCH_TIMESLOT' });

export const ReplaceQueueWhenOverrideSet = rule(
  'ReplaceQueueWhenOverrideSet',
  'For a new override a passage is chosen at once and put in front of the queue; what was chosen before gives way to it.',
)
  .when('Override.leadWanted', { name: '?name', flavor: '?flavor' })
  .where('Settings.get', { key: 'autoplay' }, { value: true })
  .where('Director.state', {}, { paused: false })
  .where('Appliance.now', {}, { nowMs: '?nowMs' })
  .where('Queue.staying', {}, { passages: '?staying' })
  .whereOptional('Taste.bend', ({ nowMs }) => ({ atMs: Math.round(nowMs) }), '?taste')
  .thenDo(
    'Director.select',
    ({ name, flavor, nowMs, staying, taste }) => ({
      targetAtMs: Math.round(nowMs),
      queued: staying,
      targetName: name,
      target: flavor,
      targetKind: 'override',
      taste: taste ?? null,
      mustPlay: false,
    }),
    { passage: '?passage', selection: '?selection' },
  )
  .thenDo(
    'Queue.enqueue',
    ({ passage, selection }) => ({ passages: [passage], where: 'next', source: 'auto', selection }),
    { entries: '?entries' },
  )
  .thenDo('Override.noteLead', ({ entries }) => ({ entry: entries[0] ?? null }));

export const CrossfadeWhenOverrideBuffered = rule(
  'CrossfadeWhenOverrideBuffered',
  'When the first passage of an override is buffered, what was chosen before leaves the queue, and two seconds lead over to it; what a person asked for sounds to its end.',
)
  .whenAny(
    on('Player.buffered'),
    on('Player.play'),
    on('Player.stateChanged'),
    on('Player.crossfadeEnded'),
    on('Player.voiceStarted'),
    on('Appliance.halfMinute'),
  )
  .where('Override.lead', {}, { entry: '?entry' })
  .where('Player.next', {}, { entry: '?entry', canBegin: true })
  .where('Player.rest', {}, { entry: '?sounding' })
  .whereOptional('Queue.entries', {}, { entry: '?sounding', source: '?source' })
  .thenDo('Queue.dropEarlier', ({ entry }) => ({ than: entry }))
  .thenDoIf(
    ({ source }) => source === 'auto',
    'Player.crossOver',
    ({ entry }) => ({ to: entry, fadeMs: CROSSFADE_MS }),
  );

export const DropEarlierWhenOverrideBegins = rule(
  'DropEarlierWhenOverrideBegins',
  'When the first passage of an override begins, however that came, what was chosen before leaves the queue.',
)
  .when('Player.voiceStarted', { entry: '?entry' })
  .where('Override.lead', {}, { entry: '?entry' })
  .thenDo('Override.noteLead', { entry: null })
  .thenDo('Queue.dropEarlier', ({ entry }) => ({ than: entry }));

export const ChooseAgainWhenOverrideFails = rule(
  'ChooseAgainWhenOverrideFails',
  'When the first passage of an override cannot be played, another one is chosen for it.',
)
  .when('Player.voiceFailed', { entry: '?entry' })
  .where('Override.lead', {}, { entry: '?entry' })
  .thenDo('Override.loseLead', ({ entry }) => ({ entry }));

export const RestoreWhenOverrideExpires = rule(
  'RestoreWhenOverrideExpires',
  'When the time of an override is over, also while the daemon was off, the timeslots hold again for what is chosen from then on.',
)
  .whenAny(on('Appliance.started'), on('Appliance.halfMinute'))
  .where('Override.over', {})
  .thenDo('Override.expire', {});

export const MoveOverrideEndWhenClockIsSet = rule(
  'MoveOverrideEndWhenClockIsSet',
  'When the clock is set while an override holds, it lasts as long as it would have: its end is written down anew.',
)
  .when('Appliance.halfMinute')
  .where('Override.shifted', {}, { untilMs: '?untilMs' })
  .thenDo('Override.moveEnd', ({ untilMs }) => ({ untilMs }));

export const overrideRules = [
  SetOverrideWhenPassageAsked,
  SetOverrideWhenTimeslotAsked,
  ReplaceQueueWhenOverrideSet,
  DropEarlierWhenOverrideBegins,
  CrossfadeWhenOverrideBuffered,
  ChooseAgainWhenOverrideFails,
  RestoreWhenOverrideExpires,
  MoveOverrideEndWhenClockIsSet,
];
