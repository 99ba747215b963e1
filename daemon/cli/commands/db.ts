// db: what is kept in case the database is lost.
import type { Command } from '../command.ts';
import { show } from '../io.ts';
import { bytesText, table, when } from '../words.ts';

interface Listed {
  readonly kind: 'database' | 'export';
  readonly name: string;
  readonly atMs: number;
  readonly bytes: number;
}

interface Written {
  readonly kind: 'database' | 'export';
  readonly name: string;
  readonly bytes: number;
  readonly written: boolean;
}

export const dbCommands: readonly Command[] = [
  {
    name: 'db backup',
    args: '[--list]',
    summary: 'Back up the database and export what persons made, now',
    details:
      'Segue does the first each week and the second each night by itself, and keeps three of each in backups/ of the state directory; the setting backup_folder names a folder for second copies.',
    options: { list: { summary: 'write nothing: show which there are' } },
    words: [0, 0],
    async run(io, { options }) {
      if (options.list === true)
        return show(io, await io.client.get<{ backups: readonly Listed[] }>('/api/v1/backups'), (body) =>
          body.backups.length === 0
            ? ['There is no backup yet.']
            : table(
                body.backups.map(({ kind, name, atMs, bytes }) => [
                  when(atMs, Date.now()),
                  kind,
                  bytesText(bytes),
                  name,
                ]),
              ),
        );
      const reply = await io.client.post<{ backups: readonly Written[] }>('/api/v1/backups');
      return show(io, reply, ({ backups }) =>
        backups.map(({ name, bytes, written }) =>
          written ? `Written: ${name}, ${bytesText(bytes)}.` : `${name} is up to date.`,
        ),
      );
    },
  },
];
