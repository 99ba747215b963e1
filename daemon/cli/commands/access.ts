// admin-code, sessions: who is admin over the network. Over the local socket nobody has to be.
import type { Command } from '../command.ts';
import { show } from '../io.ts';
import { table, when } from '../words.ts';

interface Sessions {
  readonly sessions: readonly {
    readonly session: string;
    readonly name: string;
    readonly createdAtMs: number;
    readonly usedAtMs: number;
  }[];
}

export const accessCommands: readonly Command[] = [
  {
    name: 'admin-code',
    args: '[--renew | <code>]',
    summary: 'The code that makes a browser an admin, once',
    details:
      'As long as nobody is admin, whoever reaches the port may do everything; from then on guests may what the setting guests_may says. A code that was used is replaced by a new one; you can choose one of 8 to 32 letters and digits.',
    options: { renew: { summary: 'another code in place of the one there is' } },
    words: [0, 1],
    async run(io, { options, words: [code] }) {
      const body = code !== undefined ? { code } : options.renew === true ? { renew: true } : {};
      return show(io, await io.client.post<{ code: string }>('/api/v1/admin-code', body), ({ code }) => code);
    },
  },
  {
    name: 'sessions',
    args: '',
    summary: 'Who is logged in as admin',
    words: [0, 0],
    run: async (io) =>
      show(io, await io.client.get<Sessions>('/api/v1/sessions'), ({ sessions }) =>
        sessions.length === 0
          ? ['Nobody is logged in.']
          : table(
              sessions.map(({ session, name, createdAtMs, usedAtMs }) => [
                session,
                name,
                `since ${when(createdAtMs, Date.now())}`,
                `used ${when(usedAtMs, Date.now())}`,
              ]),
            ),
      ),
  },
  {
    name: 'sessions end',
    args: '<session>',
    summary: 'Log one out, wherever it is',
    words: [1, 1],
    run: async (io, { words: [session = ''] }) =>
      show(
        io,
        await io.client.del<{ ended: boolean }>(`/api/v1/sessions/${encodeURIComponent(session)}`),
        ({ ended }) => (ended ? `Ended ${session}.` : `There is no session ${session} any more.`),
      ),
  },
];
