// What is kept in case the card dies.
import { rule } from './rule.ts';

export const BackUpWhenDue = rule(
  'BackUpWhenDue',
  'The database is backed up each week, and what persons made is exported each night if it has changed.',
)
  .when('Appliance.halfMinute')
  .where('Backup.due', {}, { kind: '?kind' })
  .thenDo('Backup.run', ({ kind }) => ({ kind, why: 'due' }));

export const MergeWhatWasLeftWhenLibraryGrows = rule(
  'MergeWhatWasLeftWhenLibraryGrows',
  'After a recovery: what persons made is put back as the files it speaks of are imported again.',
)
  .when('Library.changed')
  .where('Backup.unmerged', {})
  .atMostEvery(10_000, 'last')
  .thenDo('Backup.mergeLeft', {});

export const backupRules = [BackUpWhenDue, MergeWhatWasLeftWhenLibraryGrows];
