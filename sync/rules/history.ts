// What was heard is written down, and rests for a while.
import { on, rule } from './rule.ts';

export const RecordHistoryWhenStarted = rule('RecordHistoryWhenStarted', 'A play begins when its voice does.')
  .when('Player.voiceStarted', { entry: '?entry', passage: '?passage', atMs: '?atMs' })
  .thenDo('History.begin', ({ entry, passage, atMs }) => ({ entry, passage, atMs }));

export const RecordHistoryWhenHeard = rule(
  'RecordHistoryWhenHeard',
  'A play ends with its voice: how much of it was heard, and how it ended. One that stops with the daemon stays open.',
)
  .when('Player.voiceEnded', {
    entry: '?entry',
    heardMs: '?heardMs',
    heard: '?heard',
    reason: '?reason',
    atMs: '?atMs',
  })
  .filter(({ reason }) => reason !== 'stopped')
  .thenDo('History.end', ({ entry, heardMs, heard, reason, atMs }) => ({
    entry,
    heardMs,
    heard,
    reason,
    atMs,
  }));

export const StartCooldownWhenHeard = rule(
  'StartCooldownWhenHeard',
  'Songs, artists and works that were heard rest for a while.',
)
  .when('Player.voiceEnded', { passage: '?passage', heard: true, atMs: '?atMs' })
  .thenDo('Cooldown.recordHeard', ({ passage, atMs }) => ({ passage, atMs, songsOnly: false }));

export const StartSongCooldownWhenSkipped = rule(
  'StartSongCooldownWhenSkipped',
  'What a person skips before it counts as heard lets its songs rest, not their artists or works.',
)
  .whenAny(
    on('Player.voiceEnded', { passage: '?passage', heard: false, atMs: '?atMs', reason: 'skipped' }),
    on('Player.voiceEnded', { passage: '?passage', heard: false, atMs: '?atMs', reason: 'removed' }),
  )
  .thenDo('Cooldown.recordHeard', ({ passage, atMs }) => ({ passage, atMs, songsOnly: true }));

export const historyRules = [
  RecordHistoryWhenStarted,
  RecordHistoryWhenHeard,
  StartCooldownWhenHeard,
  StartSongCooldownWhenSkipped,
];
