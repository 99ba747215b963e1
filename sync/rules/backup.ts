// What is kept in case the card dies.
import { rule } from './rule.ts';

export const BackUpWhenDue = rule(
  'BackUpWhenDue',
  'The database is backed up each week, and what persons made is exported each night if it has changed.',
)
  .when('Appliance.halfMinute')
  .where('Backup.due', {}, { kind: '?kind' })
  .thenDo('Backup.run', ({ kind }) => ({ kind, why: 'due' }));

export const backupRules = [BackUpWhenDue];
