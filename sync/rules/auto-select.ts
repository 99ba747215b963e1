// The radio does not stop: what plays next is chosen when the queue runs low.
import { on, rule } from './rule.ts';

/** One selection a flow: enqueueing changes the queue, and that asks again, until it is no longer low. When nothing
 *  can be chosen the queue does not change, so nothing spins: the next change or half minute asks again.
 *  The start and end of a voice change the queue, and ask by that, outside the turn that records the play. */
export const AutoSelectWhenQueueLow = rule(
  'AutoSelectWhenQueueLow',
  'When too little lies ahead, a passage is chosen for the time at which it will be heard (the override or the timeslot that holds then, moved a little towards what is liked), and enqueued.',
)
  .whenAny(
    on('Queue.changed'),
    on('Appliance.started'),
    on('Appliance.halfMinute'),
    on('Settings.changed'),
    on('Director.reload'),
    on('Director.resumeAfterFailures', {}, { wasPaused: true }),
    on('Timeslots.changed'),
  )
  .where('Settings.get', { key: 'autoplay' }, { value: true })
  .where('Director.state', {}, { paused: false })
  .where('Player.rest', {}, { restMs: '?restMs' })
  .where('Director.eligible', {}, { count: '?eligible' })
  .where('Queue.ahead', ({ restMs, eligible }) => ({ restMs, eligible }), {
    isLow: true,
    waiting: '?waiting',
    aheadMs: '?aheadMs',
    queued: '?queued',
  })
  .where('Appliance.now', {}, { nowMs: '?nowMs' })
  .let('targetAtMs', ({ nowMs, aheadMs }) => Math.round(nowMs + aheadMs))
  .whereOptional('Override.at', ({ targetAtMs }) => ({ atMs: targetAtMs }), '?override')
  .where('Timeslots.targetAt', ({ targetAtMs }) => ({ atMs: targetAtMs }), '?slot')
  .let('target', ({ override, slot }) =>
    override === undefined ? slot : { ...override, kind: 'override' as const },
  )
  .whereOptional('Taste.bend', ({ targetAtMs }) => ({ atMs: targetAtMs }), '?taste')
  .thenDo(
    'Director.select',
    ({ targetAtMs, queued, target, taste, waiting }) => ({
      targetAtMs,
      queued,
      targetName: target.name,
      target: target.flavor,
      targetKind: target.kind,
      taste: taste ?? null,
      mustPlay: waiting === 0,
    }),
    { passage: '?passage', selection: '?selection' },
  )
  .thenDo('Queue.enqueue', ({ passage, selection }) => ({
    passages: [passage],
    where: 'end',
    source: 'auto',
    selection,
  }));

export const PauseAutoSelectWhenFailuresRepeat = rule(
  'PauseAutoSelectWhenFailuresRepeat',
  'Files that fail one after the other stop automatic selection for a while.',
)
  .when('Player.voiceFailed', { passage: '?passage' })
  .thenDo('Director.noteFailure', ({ passage }) => ({ passage }));

/** The limit ends the cycle that enqueueing would otherwise be: what is chosen is no person's act. */
export const ResumeAutoSelectWhenSomebodyActs = rule(
  'ResumeAutoSelectWhenSomebodyActs',
  'After repeated failures, whatever a person does lets automatic selection go on.',
)
  .whenAny(
    on('Player.play'),
    on('Player.skip'),
    on('Queue.enqueue', { source: 'person' }),
    on('Import.start', {}, { job: '?job' }),
  )
  .where('Director.state', {}, { paused: true })
  .atMostEvery(1000, 'first')
  .thenDo('Director.resumeAfterFailures', {});

/** While the first import runs only one passage may be known, and it is queued again rather than falling silent. */
export const TakeRepeatBackWhenLibraryGrows = rule(
  'TakeRepeatBackWhenLibraryGrows',
  'What was queued again only because nothing else was known gives way when there is something else.',
)
  .when('Director.reload', {}, { passages: '?known' })
  .filter(({ known }) => known > 2)
  .where('Player.status', {}, { passage: '?passage' })
  .where('Queue.entries', {}, { entry: '?entry', passage: '?passage', source: 'auto', state: 'waiting' })
  .thenDo('Queue.askRemove', ({ entry }) => ({ entry }));

export const ReloadFlavorsAfterImport = rule(
  'ReloadFlavorsAfterImport',
  'When the library has changed, the Director reads it again, what the timeslots aim at is worked out anew, and the queue knows how long it is; at most every two seconds while an import runs.',
)
  .whenAny(on('Library.changed'), on('Backup.merged'))
  .atMostEvery(2000, 'last')
  .thenDo('Timeslots.reload', {})
  .thenDo('Queue.reload', {})
  .thenDo('Director.reload', {});

export const CalibrateWhenLibraryGrows = rule(
  'CalibrateWhenLibraryGrows',
  'After an import, and at the start, it is looked whether the library has outgrown the scales by which measures become flavors; then they are made anew, and its passages follow, some at a time.',
)
  .whenAny(on('Import.finished', { state: 'done' }), on('Appliance.started'), on('Library.calibrationGoesOn'))
  .thenDo('Library.calibrate', {});

export const EnsureTimeslotsAfterImport = rule(
  'EnsureTimeslotsAfterImport',
  'After an import there is a starter set of timeslots, if there was none.',
)
  .when('Import.finished', { state: 'done' })
  .thenDo('Timeslots.ensureStarterSet', {});

export const ImportAtStart = rule('ImportAtStart', 'The music folders are scanned when the daemon starts.')
  .when('Appliance.started')
  .thenDo('Import.start', {});

export const autoSelectRules = [
  ReloadFlavorsAfterImport,
  PauseAutoSelectWhenFailuresRepeat,
  ResumeAutoSelectWhenSomebodyActs,
  AutoSelectWhenQueueLow,
  CalibrateWhenLibraryGrows,
  EnsureTimeslotsAfterImport,
  ImportAtStart,
  TakeRepeatBackWhenLibraryGrows,
];
