// What a person asks of the queue, where the core has to give an entry back first. Each ask is answered by the
// action that is done in the end, or by its TOO_LATE.
import { rule } from './rule.ts';

export const RemoveWhenAsked = rule(
  'RemoveWhenAsked',
  'A waiting entry is taken back from the core, and leaves the queue if it has not begun.',
)
  .when('Queue.askRemove', { entry: '?entry' }, { state: 'waiting' })
  .thenDo('Player.withdraw', ({ entry }) => ({ entry }), { outcome: '?outcome' })
  .thenDo('Queue.remove', ({ entry, outcome }) => ({ entry, coreSays: outcome }));

export const AnswerRemoveWhenAbsent = rule(
  'AnswerRemoveWhenAbsent',
  'Removing what is not there is answered, and changes nothing.',
)
  .when('Queue.askRemove', { entry: '?entry' }, { state: 'absent' })
  .thenDo('Queue.remove', ({ entry }) => ({ entry, coreSays: 'notLoaded' }));

export const SkipWhenSoundingIsRemoved = rule(
  'SkipWhenSoundingIsRemoved',
  'Removing what sounds is a skip; what is already fading out is refused.',
)
  .when('Queue.askRemove', { entry: '?entry' }, { state: 'sounding' })
  .where('Player.rest', {}, { entry: '?entry' })
  .thenDo('Player.skip', { reason: 'removed' })
  .elseDo('Queue.remove', ({ entry }) => ({ entry, coreSays: 'tooLate' }));

export const MoveWhenAsked = rule(
  'MoveWhenAsked',
  'A waiting entry is taken back from the core, and moves if it has not begun.',
)
  .when('Queue.askMove', { entry: '?entry', where: '?where' }, { state: 'waiting' })
  .thenDo('Player.withdraw', ({ entry }) => ({ entry }), { outcome: '?outcome' })
  .thenDo('Queue.move', ({ entry, where, outcome }) => ({ entry, where, coreSays: outcome }));

export const ClearWhenAsked = rule(
  'ClearWhenAsked',
  'Everything that waits leaves the queue, but for an entry that the core has just begun.',
)
  .when('Queue.askClear')
  .whereOptional('Queue.head', {}, { entry: '?head' })
  .thenDoIf(
    ({ head }) => head !== undefined,
    'Player.withdraw',
    ({ head }) => ({ entry: head ?? 0 }),
    { outcome: '?outcome' },
  )
  .thenDo('Queue.clear', ({ head, outcome }) =>
    outcome === 'tooLate' && head !== undefined ? { except: head } : {},
  );

export const askRules = [
  RemoveWhenAsked,
  AnswerRemoveWhenAbsent,
  SkipWhenSoundingIsRemoved,
  MoveWhenAsked,
  ClearWhenAsked,
];
