// syncs, trace, events: what the rules do.
import type { Args, Command, ExitCode } from '../command.ts';
import { type Io, show } from '../io.ts';
import { table, when } from '../words.ts';

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

interface Flow {
  readonly id: string;
  readonly startedAtMs: number;
  readonly origin: { readonly door: string };
  readonly records: readonly { readonly name?: string }[];
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

async function trace(io: Io, { words: [id], options }: Args): Promise<ExitCode> {
  if (id !== undefined && options.dot === true)
    return show(
      io,
      await io.client.get<string>(`/dev/flows/${encodeURIComponent(id)}?format=dot`),
      (dot) => dot,
    );
  if (id !== undefined)
    return show(
      io,
      await io.client.get<{ tree: string }>(`/dev/flows/${encodeURIComponent(id)}`),
      (body) => body.tree,
    );
  const limit = encodeURIComponent(String(options.limit ?? 20));
  const reply = await io.client.get<{ flows: readonly Flow[] }>(`/dev/flows?limit=${limit}`);
  return show(io, reply, ({ flows }) =>
    flows.length === 0
      ? 'No flow is kept: is enable_action_tracing on?'
      : table(
          flows.map((flow) => [
            flow.id,
            when(flow.startedAtMs, Date.now()),
            flow.origin.door,
            `${flow.records.length}`,
            flow.records[0]?.name ?? '',
          ]),
        ),
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
  for await (const { topic, data } of io.client.events()) {
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
  {
    name: 'trace',
    args: '[flow] [--limit N] [--dot]',
    summary: 'The latest flows, or one as a tree',
    options: {
      limit: { takes: 'N', summary: 'how many flows (default 20)' },
      dot: { summary: 'one flow as Graphviz' },
    },
    words: [0, 1],
    run: trace,
  },
  {
    name: 'events',
    args: '[--count N]',
    summary: 'Follow what happens',
    options: { count: { takes: 'N', summary: 'end after so many events' } },
    words: [0, 0],
    run: events,
  },
];
