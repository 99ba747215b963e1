// db: what is kept in case the database is lost, whether it is sound, and how much room it takes.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../adapters/store/upkeep.ts';
import type { Command, ExitCode } from '../command.ts';
import { fail, type Io, show, Unreachable } from '../io.ts';
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

/** The path of the database; a failure is shown. `isAlone`: nothing else may have it open. */
async function databaseOf(io: Io, isAlone: boolean): Promise<string | ExitCode> {
  const path = join(io.stateDirectory, 'segue.db');
  if (!existsSync(path))
    return fail(io, {
      code: 'NOT_FOUND',
      message: `There is no ${path}: start Segue once, or name its state directory with --state.`,
    });
  if (!isAlone) return path;
  try {
    await io.client.get('/api/v1/settings');
  } catch (error) {
    if (error instanceof Unreachable) return path;
    throw error;
  }
  return fail(io, {
    code: 'IN_USE',
    message:
      'Segue is running on this database. Stop it first ("systemctl stop segue"), and start it again after.',
  });
}

const NOT_MENDED =
  'Stop Segue, move segue.db aside and start it again: the newest backup takes its place ("segue db backup --list").';

function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ what, problems }) => [
    `${problems.length === 0 ? 'ok   ' : 'wrong'} ${what}`,
    ...problems.slice(0, MOST_TOLD).map((problem) => `        ${problem}`),
    ...(problems.length > MOST_TOLD ? [`        and ${problems.length - MOST_TOLD} more`] : []),
  ]);
}
const MOST_TOLD = 10;
const isSound = (findings: readonly Finding[]) => findings.every(({ problems }) => problems.length === 0);

async function check(io: Io, repair: boolean): Promise<ExitCode> {
  const path = await databaseOf(io, repair);
  if (typeof path !== 'string') return path;
  // Loaded when they are asked for: no other command needs them.
  const { checkDatabase, repairDatabase } = await import('../../adapters/store/upkeep.ts');
  const { createCooldownStore } = await import('../../concepts/cooldown/store.ts');
  try {
    const { found, left } = repair
      ? repairDatabase(path, createCooldownStore)
      : { found: checkDatabase(path, createCooldownStore), left: null };
    const still = left ?? found;
    const advice = left === null ? 'Mend it with "segue db check --repair".' : NOT_MENDED;
    const lines = [
      ...findingLines(found),
      ...(left === null || isSound(found) ? [] : ['After mending:', ...findingLines(left)]),
      ...(isSound(still) ? [] : [advice]),
    ];
    show(io, { ok: true, status: 200, body: { found, left } }, () => lines);
    return isSound(still) ? 0 : 1;
  } catch (error) {
    return fail(io, { code: 'DAMAGED', message: `${path}: ${(error as Error).message}. ${NOT_MENDED}` });
  }
}

export const dbCommands: readonly Command[] = [
  {
    name: 'db check',
    args: '[--repair]',
    summary: 'Whether the database is sound; mends what can be worked out anew',
    details:
      'Reads all of it: pages, indexes, references, when songs, artists and works were heard last as the history has it, and whether everything can be found by search. The daemon may run meanwhile, but not with --repair.',
    options: { repair: { summary: 'mend what is wrong, all or nothing; the daemon must be stopped' } },
    words: [0, 0],
    run: (io, { options }) => check(io, options.repair === true),
  },
  {
    name: 'db vacuum',
    args: '',
    summary: 'Give back the room of what was deleted; the daemon must be stopped',
    words: [0, 0],
    async run(io) {
      const path = await databaseOf(io, true);
      if (typeof path !== 'string') return path;
      const { vacuumDatabase } = await import('../../adapters/store/upkeep.ts');
      try {
        return show(
          io,
          { ok: true, status: 200, body: vacuumDatabase(path) },
          ({ beforeBytes, afterBytes }) => [
            `${bytesText(beforeBytes)} before, ${bytesText(afterBytes)} now.`,
          ],
        );
      } catch (error) {
        return fail(io, { code: 'FAILED', message: `${path}: ${(error as Error).message}.` });
      }
    },
  },
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
