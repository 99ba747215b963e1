// syncs, events: what the rules do.
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { table } from '../words.ts';
import { traceCommand } from './trace.ts';

interface Metrics {
  readonly activations: number;
  readonly rejected: number;
  readonly failed: number;
  readonly avg_duration_us: number;
  readonly p95_duration_us: number;
  readonly max_duration_us: number;
}

interface Sync {
  readonly name: string;
  readonly summary?: string;
  readonly metrics: Metrics | null;
}

async function syncs(io: Io, { words: [name] }: Args): Promise<ExitCode> {
  if (name !== undefined) {
    const reply = await io.client.get<Record<string, unknown>>(
      `/dev/syncs/${encodeURIComponent(name)}/metrics`,
    );
    return show(io, reply, (body) => table(Object.entries(body).map(([key, value]) => [key, String(value)])));
  }
  return show(io, await io.client.get<{ syncs: readonly Sync[] }>('/dev/syncs'), (body) =>
    table([
      ['rule', 'fired', '0 rows', 'failed', 'avg µs', 'p95 µs', 'max µs'],
      ...body.syncs.map(({ name: rule, metrics }) => [
        rule,
        String(metrics?.activations ?? 0),
        String(metrics?.rejected ?? 0),
        String(metrics?.failed ?? 0),
        (metrics?.avg_duration_us ?? 0).toFixed(1),
        (metrics?.p95_duration_us ?? 0).toFixed(1),
        (metrics?.max_duration_us ?? 0).toFixed(1),
      ]),
    ]),
  );
}

/** A state in few words, for people; --json has all of it. */
function gist(topic: string, data: unknown): string {
  const text = JSON.stringify(data);
  if (topic === 'notice') return String((data as { message?: unknown }).message ?? text);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

async function events(io: Io, { options }: Args): Promise<ExitCode> {
  let left = options.count === undefined ? Number.POSITIVE_INFINITY : Number(options.count);
  const reply = await io.client.stream('/api/v1/events');
  if (!reply.ok) return fail(io, reply.error);
  for await (const { topic, data } of reply.body) {
    if (io.isJson) io.out(JSON.stringify({ topic, data }));
    else {
      const time = new Date().toLocaleTimeString('en-GB');
      io.out(`${time}  ${topic.padEnd(9)} ${gist(topic, data)}`);
    }
    left -= 1;
    if (left <= 0) return 0;
  }
  io.err('The daemon has ended the stream.');
  return 1;
}

export const devCommands: readonly Command[] = [
  { name: 'syncs', args: '[rule]', summary: 'The rules with their counters', words: [0, 1], run: syncs },
  traceCommand,
  {
    name: 'events',
    args: '[--count N]',
    summary: 'Follow what happens',
    options: { count: { takes: 'N', summary: 'end after so many events' } },
    words: [0, 0],
    run: events,
  },
];
