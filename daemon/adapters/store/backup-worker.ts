// Backup process: obeys one order about the database it is told of, answers, and ends. Forked by the daemon, at the lowest
// priority.
import { type BackupOrder, type CheckOrder, obeyBackup, obeyCheck } from './obey-backup.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (order: BackupOrder | CheckOrder) => {
  const answer = order.kind === 'check' ? obeyCheck(order) : obeyBackup(order);
  process.send?.(answer, () => process.disconnect());
});
