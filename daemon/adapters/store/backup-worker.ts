// Backup process: writes one backup or export of the database it is told of, answers, and ends. Forked by the daemon, at
// the lowest priority.
import { type BackupOrder, obeyBackup } from './obey-backup.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (order: BackupOrder) => {
  process.send?.(obeyBackup(order), () => process.disconnect());
});
