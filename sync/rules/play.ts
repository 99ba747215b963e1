// What sounds follows the queue, and the queue follows what sounds. The core decides; these rules hand over and note.
import { on, rule } from './rule.ts';

/** Whatever may change which entry is next, or how it follows. Half a minute is the net below all of them. */
const nextMayDiffer = [
  on('Queue.changed'),
  on('Appliance.started'),
  on('Appliance.halfMinute'),
  on('Player.voiceStarted'),
  on('Player.voiceEnded'),
  on('Player.voiceFailed'),
  on('Settings.changed'),
  // Refused after the core gave the entry back: it has to be handed over again.
  on('Queue.move', {}, { error: '?error' }),
  on('Queue.remove', {}, { error: '?error' }),
] as const;

export const AdvanceWhenVoiceStarts = rule(
  'AdvanceWhenVoiceStarts',
  'The entry that the core has begun is the one that sounds in the queue.',
)
  .when('Player.voiceStarted', { entry: '?entry' })
  .thenDo('Queue.markSounding', ({ entry }) => ({ entry }));

export const AdvanceWhenVoiceEnds = rule(
  'AdvanceWhenVoiceEnds',
  'An entry leaves the queue when its voice has ended, unless it ended because the daemon stops.',
)
  .when('Player.voiceEnded', { entry: '?entry', reason: '?reason' })
  .filter(({ reason }) => reason !== 'stopped')
  .thenDo('Queue.complete', ({ entry }) => ({ entry }));

export const StartWhenEnqueuedAndPlaying = rule(
  'StartWhenEnqueuedAndPlaying',
  'When nothing sounds, the first waiting entry is handed to the core; it begins at once, or at play if paused.',
)
  .whenAny(...nextMayDiffer)
  .where('Player.rest', {}, { idle: true })
  .where('Queue.head', {}, { entry: '?entry', passage: '?passage' })
  .where('Library.playable', ({ passage }) => ({ passage }), '?playable')
  .thenDo('Player.prepare', ({ entry, playable }) => ({ entry, playable }));

export const PlanNextWhenQueueChanges = rule(
  'PlanNextWhenQueueChanges',
  'While something sounds, the first waiting entry is handed to the core as the next, well before it is needed.',
)
  .whenAny(...nextMayDiffer)
  .where('Player.rest', {}, { idle: false })
  .where('Queue.head', {}, { entry: '?entry', passage: '?passage' })
  .where('Library.playable', ({ passage }) => ({ passage }), '?playable')
  .thenDo('Player.prepare', ({ entry, playable }) => ({ entry, playable }));

export const PlanAgainWhenRefused = rule(
  'PlanAgainWhenRefused',
  'An entry that came too late, because something had just begun or ended, is handed over again.',
)
  .when('Player.prepare', {}, { error: '?error' })
  .atMostEvery(1000, 'last')
  .where('Queue.head', {}, { entry: '?entry', passage: '?passage' })
  .where('Library.playable', ({ passage }) => ({ passage }), '?playable')
  .thenDo('Player.prepare', ({ entry, playable }) => ({ entry, playable }));

export const WithdrawWhenNothingWaits = rule(
  'WithdrawWhenNothingWaits',
  'What the core holds as next is taken back when nothing waits any more.',
)
  .when('Queue.changed')
  .whereNone('Queue.head', {})
  .where('Player.status', {}, { prepared: '?prepared' })
  .present('prepared')
  .thenDo('Player.withdraw', ({ prepared }) => ({ entry: prepared }));

export const PassOverWhenNotPlayable = rule(
  'PassOverWhenNotPlayable',
  'An entry whose file is missing or broken leaves the queue when its turn comes.',
)
  .whenAny(...nextMayDiffer)
  .where('Queue.head', {}, { entry: '?entry', passage: '?passage' })
  .whereNone('Library.playable', ({ passage }) => ({ passage }))
  .thenDo('Queue.complete', ({ entry }) => ({ entry }));

export const MarkBrokenWhenDecodeFails = rule(
  'MarkBrokenWhenDecodeFails',
  'A file that cannot be decoded is marked and not chosen again; its entry is passed over.',
)
  .when('Player.voiceFailed', { entry: '?entry', passage: '?passage', message: '?reason', missing: false })
  .thenDo('Library.markBroken', ({ passage, reason }) => ({ passage, reason }))
  .thenDo('Queue.complete', ({ entry }) => ({ entry }));

export const MarkBrokenWhenItCrashed = rule(
  'MarkBrokenWhenItCrashed',
  'A file at which the last run crashed is marked and not chosen again.',
)
  .when('Appliance.crashedOn', { path: '?path', reason: '?reason' })
  .where('Library.passagesAt', ({ path }) => ({ path }), { passage: '?passage' })
  .thenDo('Library.markBroken', ({ passage, reason }) => ({ passage, reason }));

export const PassOverWhenItCrashed = rule(
  'PassOverWhenItCrashed',
  'Entries of a file at which the last run crashed leave the queue; one that sounded then has failed.',
)
  .when('Appliance.crashedOn', { path: '?path', atMs: '?atMs' })
  .where('Library.passagesAt', ({ path }) => ({ path }), { passage: '?passage' })
  .where('Queue.entries', {}, { entry: '?entry', passage: '?passage' })
  .thenDo('History.end', ({ entry, atMs }) => ({ entry, heardMs: 0, heard: false, reason: 'failed', atMs }))
  .thenDo('Queue.complete', ({ entry }) => ({ entry }));

export const MarkMissingWhenFileIsGone = rule(
  'MarkMissingWhenFileIsGone',
  'A file that is not there is marked missing until it is seen again; its entry is passed over.',
)
  .when('Player.voiceFailed', { entry: '?entry', passage: '?passage', missing: true })
  .thenDo('Library.markMissing', ({ passage }) => ({ passage }))
  .thenDo('Queue.complete', ({ entry }) => ({ entry }));

export const playRules = [
  AdvanceWhenVoiceStarts,
  AdvanceWhenVoiceEnds,
  MarkBrokenWhenItCrashed,
  PassOverWhenItCrashed,
  MarkBrokenWhenDecodeFails,
  MarkMissingWhenFileIsGone,
  StartWhenEnqueuedAndPlaying,
  PlanNextWhenQueueChanges,
  PlanAgainWhenRefused,
  PassOverWhenNotPlayable,
  WithdrawWhenNothingWaits,
];
