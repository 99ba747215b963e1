// What everybody who is connected is told. The adapter shows each topic as it is when it is sent, encoded once.
import { on, rule } from './rule.ts';
import { sentences } from './sentences.ts';

export const BroadcastStateChange = rule(
  'BroadcastStateChange',
  'Playing or paused, what sounds, the volume, the mood that holds, the sleep timer, the next alarm, what is thought of it and the state of automatic selection are told, at most every 50 ms.',
)
  .whenAny(
    on('Player.stateChanged'),
    on('Player.voiceStarted'),
    on('Player.voiceEnded'),
    on('Player.volumeChanged'),
    on('Player.sinkChanged'),
    on('Director.nothingLeft'),
    on('Director.resumeAfterFailures'),
    on('Settings.changed', { key: 'autoplay' }),
    on('Override.changed'),
    on('Sleep.changed'),
    on('Alarms.changed'),
    on('Taste.changed'),
    on('Timeslots.slotChanged'),
  )
  .atMostEvery(50, 'last')
  .where('Player.status', {}, '?status')
  .thenDo('Panel.broadcast', ({ status }) => ({ topic: 'state', data: status }));

export const BroadcastQueue = rule('BroadcastQueue', 'A changed queue is told, at most every 100 ms.')
  .when('Queue.changed', { waiting: '?waiting' })
  .atMostEvery(100, 'last')
  .thenDo('Panel.broadcast', ({ waiting }) => ({ topic: 'queue', data: { waiting } }));

export const BroadcastCrossfade = rule('BroadcastCrossfade', 'A crossfade is told when it begins and ends.')
  .whenAny(on('Player.crossfadeStarted'), on('Player.crossfadeEnded'))
  .where('Player.status', {}, { crossfade: '?crossfade' })
  .thenDo('Panel.broadcast', ({ crossfade }) => ({ topic: 'crossfade', data: { crossfade } }));

export const BroadcastImport = rule('BroadcastImport', 'An import is told as it goes, four times a second.')
  .whenAny(on('Import.progressed'), on('Import.finished'))
  .atMostEvery(250, 'last')
  .where('Import.status', {}, '?status')
  .thenDo('Panel.broadcast', ({ status }) => ({ topic: 'import', data: status }));

export const BroadcastHistory = rule('BroadcastHistory', 'A play that begins or ends is told.')
  .whenAny(on('History.begin', {}, { play: '?play' }), on('History.end', {}, { play: '?play' }))
  .thenDo('Panel.broadcast', ({ play }) => ({ topic: 'history', data: { play } }));

export const BroadcastLibrary = rule('BroadcastLibrary', 'A changed library is told, at most once a second.')
  .when('Library.changed', { passages: '?passages' })
  .atMostEvery(1000, 'last')
  .thenDo('Panel.broadcast', ({ passages }) => ({ topic: 'library', data: { passages } }));

export const BroadcastSettings = rule('BroadcastSettings', 'A changed setting is told.')
  .when('Settings.changed', { key: '?key', value: '?value' })
  .thenDo('Panel.broadcast', ({ key, value }) => ({ topic: 'settings', data: { key, value } }));

export const BroadcastTimeslots = rule(
  'BroadcastTimeslots',
  'That the timeslots were changed is told, so that nobody changes old ones.',
)
  .when('Timeslots.changed', { count: '?count' })
  .thenDo('Panel.broadcast', ({ count }) => ({ topic: 'timeslots', data: { count } }));

export const BroadcastHealth = rule('BroadcastHealth', 'A change of health is told.')
  .when('Health.changed', { ok: '?ok' })
  .thenDo('Panel.broadcast', ({ ok }) => ({ topic: 'health', data: { ok } }));

export const BroadcastNoticeWhenPlaybackFails = rule(
  'BroadcastNoticeWhenPlaybackFails',
  'A file that cannot be played is told in words.',
)
  .when('Player.voiceFailed', { path: '?path', missing: '?missing', message: '?message' })
  .thenDo('Panel.broadcast', ({ path, missing, message }) => ({
    topic: 'notice',
    data: { level: 'warning', message: sentences.playbackFailed(path, missing, message) },
  }));

export const BroadcastNoticeWhenFolderLost = rule(
  'BroadcastNoticeWhenFolderLost',
  'A music folder that is not there any more is told in words.',
)
  .when('Library.folderLost', { message: '?message' })
  .thenDo('Panel.broadcast', ({ message }) => ({ topic: 'notice', data: { level: 'warning', message } }));

export const BroadcastNoticeWhenFolderBack = rule(
  'BroadcastNoticeWhenFolderBack',
  'A music folder that has come back is told in words.',
)
  .when('Library.folderBack', { path: '?path' })
  .thenDo('Panel.broadcast', ({ path }) => ({
    topic: 'notice',
    data: { level: 'info', message: sentences.folderBack(path) },
  }));

export const BroadcastNoticeWhenSinkChanges = rule(
  'BroadcastNoticeWhenSinkChanges',
  'Where the sound goes is told in words when it changes.',
)
  .when('Player.sinkChanged', { sink: '?sink', reason: '?reason' })
  .thenDo('Panel.broadcast', ({ sink, reason }) => ({
    topic: 'notice',
    data: { level: 'info', message: sentences.sinkChanged(sink, reason) },
  }));

export const BroadcastNoticeWhenNothingLeft = rule(
  'BroadcastNoticeWhenNothingLeft',
  'Why nothing can be chosen is told in words.',
)
  .when('Director.nothingLeft', { reason: '?reason' })
  .thenDo('Panel.broadcast', ({ reason }) => ({
    topic: 'notice',
    data: { level: 'warning', message: sentences.nothingLeft(reason) },
  }));

export const BroadcastNoticeWhenImported = rule(
  'BroadcastNoticeWhenImported',
  'What an import has brought is told in words, if it brought or refused anything.',
)
  .when('Import.finished', { state: 'done', added: '?added', failed: '?failed' })
  .filter(({ added, failed }) => added > 0 || failed > 0)
  .thenDo('Panel.broadcast', ({ added, failed }) => ({
    topic: 'notice',
    data: { level: failed > 0 ? 'warning' : 'info', message: sentences.imported(added, failed) },
  }));

export const BroadcastNoticeWhenRulesRefused = rule(
  'BroadcastNoticeWhenRulesRefused',
  'A file of rules that cannot be read is told in words, with the place.',
)
  .when('Appliance.rulesRead', { faults: '?faults', message: '?message' })
  .filter(({ faults }) => faults > 0)
  .thenDo('Panel.broadcast', ({ message }) => ({ topic: 'notice', data: { level: 'warning', message } }));

export const BroadcastNoticeWhenScriptFails = rule(
  'BroadcastNoticeWhenScriptFails',
  'A script that failed several times in a row, and what is switched off for it, is told in words.',
)
  .when('Appliance.scriptFailed', { message: '?message' })
  .thenDo('Panel.broadcast', ({ message }) => ({ topic: 'notice', data: { level: 'warning', message } }));

export const BroadcastNoticeWhenBackupFails = rule(
  'BroadcastNoticeWhenBackupFails',
  'A backup that could not be written, or not be copied, is told in words.',
)
  .when('Backup.failed', { message: '?message' })
  .thenDo('Panel.broadcast', ({ message }) => ({ topic: 'notice', data: { level: 'warning', message } }));

export const broadcastRules = [
  BroadcastStateChange,
  BroadcastQueue,
  BroadcastCrossfade,
  BroadcastImport,
  BroadcastHistory,
  BroadcastLibrary,
  BroadcastSettings,
  BroadcastTimeslots,
  BroadcastHealth,
  BroadcastNoticeWhenPlaybackFails,
  BroadcastNoticeWhenFolderLost,
  BroadcastNoticeWhenFolderBack,
  BroadcastNoticeWhenSinkChanges,
  BroadcastNoticeWhenNothingLeft,
  BroadcastNoticeWhenImported,
  BroadcastNoticeWhenRulesRefused,
  BroadcastNoticeWhenScriptFails,
  BroadcastNoticeWhenBackupFails,
];
