// Routes of the backups: which there are, and one more now.
import { isFailure } from '../errors.ts';
import type { HttpPorts } from '../ports.ts';
import { Reply, type Route, route } from '../route.ts';

export function backupRoutes({ door }: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/backups',
      summary: 'The backups of the database and the exports of what persons made, newest first',
      run: () => ({ backups: door.query('Backup', 'list', {}) }),
    }),
    route('POST', {
      path: '/api/v1/backups',
      summary: 'Back up and export now; answered when both are written and checked',
      right: 'admin',
      async run({ origin }) {
        const backups: object[] = [];
        for (const kind of ['database', 'export'] as const) {
          const answer = await door.run('Backup', 'run', { kind, why: 'asked' }, origin);
          if (isFailure(answer)) return answer;
          backups.push(answer);
        }
        return new Reply(201, { backups });
      },
    }),
  ];
}
