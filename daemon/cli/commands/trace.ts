// trace: what happened and why, looked up or followed as it happens.
import type { FlowView, RecordView } from '../../../sync/engine/index.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { nearest } from '../parse.ts';
import { bytesText, clock, count, parseMoment, table, when } from '../words.ts';

interface Page {
  readonly flows: readonly FlowView[];
  readonly next: string | null;
}

interface Lineage {
  readonly records: readonly RecordView[];
  readonly isCut: boolean;
  readonly text: string;
}

interface Size {
  readonly on: boolean;
  readonly memory: { readonly flows: number; readonly bytes: number };
  readonly disk: {
    readonly mode: string;
    readonly flows: number;
    readonly dropped: number;
    readonly fileBytes: number;
    readonly writtenBytes: number | null;
    readonly writtenLastHourBytes: number | null;
    readonly measuredMs: number;
  } | null;
}

/** A search looks at a thousand saved flows a page; this is more than are ever kept. */
const MOST_PAGES = 100;
const HOUR_MS = 3_600_000;
/** Less than this says nothing about an hour. */
const LEAST_MEASURED_MS = HOUR_MS / 6;

/** What was asked for, as the daemon wants it; a sentence when it cannot be read. */
function filterOf({ options }: Args, nowMs: number): URLSearchParams | string {
  const query = new URLSearchParams();
  for (const name of ['rule', 'what'] as const) {
    const value = options[name];
    if (typeof value === 'string') query.set(name, value);
  }
  for (const name of ['since', 'until'] as const) {
    const text = options[name];
    if (typeof text !== 'string') continue;
    const ms = parseMoment(text, nowMs);
    if (ms === null)
      return `--${name} ${text}: give a time as 90s, 30m, 2h or 3d ago, 18:30 today, or 2026-11-21 18:30.`;
    query.set(`${name}Ms`, String(ms));
  }
  return query;
}

/** `asked`: a rule that is named also when it came to nothing. */
function flowRow(flow: FlowView, nowMs: number, asked?: string | true): string[] {
  const rules = new Set(flow.activations.filter((each) => each.rows > 0).map((each) => each.rule));
  const inVain = flow.activations.find(({ rule }) => rule === asked && !rules.has(rule));
  if (inVain !== undefined)
    rules.add(`${inVain.rule} (${inVain.outcome === 'rejected' ? 'matched, 0 rows' : inVain.outcome})`);
  const first = flow.records[0]?.name ?? '';
  return [
    flow.id,
    when(flow.startedAtMs, nowMs),
    flow.origin.door,
    String(flow.records.length),
    `${rules.size === 0 ? first : `${first} → ${[...rules].join(', ')}`}${flow.unsaved ? ' (not saved)' : ''}`,
  ];
}

/** The rule that was probably meant, in words; nothing when the name is right. */
async function hintFor(io: Io, rule: unknown): Promise<string> {
  if (typeof rule !== 'string') return '';
  const reply = await io.client.get<{ syncs: readonly { name: string }[] }>('/dev/syncs');
  if (!reply.ok || reply.body.syncs.some((each) => each.name === rule)) return '';
  const commands = reply.body.syncs.map(({ name }) => ({ name }) as Command);
  const meant = nearest(commands, rule);
  return ` There is no rule "${rule}" now${meant === null ? ': segue syncs lists them.' : `: did you mean ${meant}?`}`;
}

async function list(io: Io, args: Args): Promise<ExitCode> {
  const nowMs = Date.now();
  const query = filterOf(args, nowMs);
  if (typeof query === 'string') return fail(io, { code: 'USAGE', message: query }, 2);
  const wanted = Number(args.options.limit ?? 20);
  query.set('limit', String(args.options.limit ?? 20));
  const flows: FlowView[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await io.client.get<Page>(`/dev/flows?${query}`);
    if (!reply.ok) return fail(io, reply.error);
    flows.push(...reply.body.flows);
    const { next } = reply.body;
    if (next === null || flows.length >= wanted) break;
    query.set('before', next);
    query.set('limit', String(wanted - flows.length));
  }
  if (io.isJson) io.out(JSON.stringify({ flows }));
  else if (flows.length > 0)
    for (const line of table(flows.map((flow) => flowRow(flow, nowMs, args.options.rule)))) io.out(line);
  else {
    const isFiltered = ['rule', 'what', 'since', 'until'].some((name) => args.options[name] !== undefined);
    const hint = await hintFor(io, args.options.rule);
    io.out(
      isFiltered ? `No flow that is kept fits.${hint}` : 'No flow is kept: is enable_action_tracing on?',
    );
  }
  return 0;
}

async function one(io: Io, id: string, isDot: boolean): Promise<ExitCode> {
  const path = `/dev/flows/${encodeURIComponent(id)}`;
  if (isDot) return show(io, await io.client.get<string>(`${path}?format=dot`), (dot) => dot);
  return show(io, await io.client.get<{ tree: string }>(path), (body) => body.tree);
}

async function lineage(io: Io, id: string, way: 'causes' | 'effects', isDot: boolean): Promise<ExitCode> {
  const path = `/dev/records/${encodeURIComponent(id)}/${way}`;
  if (isDot) return show(io, await io.client.get<string>(`${path}?format=dot`), (dot) => dot);
  return show(io, await io.client.get<Lineage>(path), ({ text, isCut }) =>
    isCut ? [text, 'There are more: ask again from one of the last.'] : text,
  );
}

async function follow(io: Io, args: Args): Promise<ExitCode> {
  const query = filterOf(args, Date.now());
  if (typeof query === 'string') return fail(io, { code: 'USAGE', message: query }, 2);
  const reply = await io.client.stream(`/dev/events/stream?${query}`);
  if (!reply.ok) return fail(io, reply.error);
  let left = args.options.count === undefined ? Number.POSITIVE_INFINITY : Number(args.options.count);
  for await (const { topic, data } of reply.body) {
    if (topic === 'missed') io.err(`${(data as { flows: number }).flows} flows came too fast to be shown.`);
    if (topic !== 'flow') continue;
    if (io.isJson) io.out(JSON.stringify(data));
    else io.out(flowRow(data as FlowView, Date.now()).join('  '));
    left -= 1;
    if (left <= 0) return 0;
  }
  io.err('The daemon has ended the stream.');
  return 1;
}

function sizeWords({ on, memory, disk }: Size): string[] {
  const lines = [
    `recording ${on ? 'on' : 'off (segue settings set enable_action_tracing true)'}`,
    `memory    ${count(memory.flows, 'flow')}, ${bytesText(memory.bytes)}`,
  ];
  if (disk === null) return lines;
  const { writtenBytes, writtenLastHourBytes, measuredMs } = disk;
  lines.push(
    `disk      ${count(disk.flows, 'flow')}, ${bytesText(disk.fileBytes)} (trace_persist ${disk.mode}), ${disk.dropped} dropped`,
  );
  if (writtenBytes === null || writtenLastHourBytes === null)
    return [...lines, 'written   the kernel does not tell'];
  const perHour = bytesText(Math.round((writtenBytes / Math.max(measuredMs, 1)) * HOUR_MS));
  const rate =
    measuredMs < LEAST_MEASURED_MS
      ? 'too short to say what an hour takes'
      : `${perHour} an hour; ${bytesText(writtenLastHourBytes)} in the last hour`;
  lines.push(`written   ${bytesText(writtenBytes)} in ${clock(measuredMs)}: ${rate}`);
  return lines;
}

async function trace(io: Io, args: Args): Promise<ExitCode> {
  const { words, options } = args;
  const [id] = words;
  const isDot = options.dot === true;
  const ways = [id, options.up, options.down, options.follow, options.size].filter(
    (way) => way !== undefined,
  );
  const usage = (message: string) => fail(io, { code: 'USAGE', message }, 2);
  if (ways.length > 1) return usage('Give one of: a flow, --up, --down, --follow, --size.');
  if (isDot && id === undefined && options.up === undefined && options.down === undefined)
    return usage('--dot draws one flow, or what --up or --down finds.');
  if (id !== undefined) return one(io, id, isDot);
  if (typeof options.up === 'string') return lineage(io, options.up, 'causes', isDot);
  if (typeof options.down === 'string') return lineage(io, options.down, 'effects', isDot);
  if (options.size === true) return show(io, await io.client.get<Size>('/dev/trace'), sizeWords);
  return options.follow === true ? follow(io, args) : list(io, args);
}

export const traceCommand: Command = {
  name: 'trace',
  args: '[flow] [--rule NAME] [--what Concept.action] [--since WHEN] [--until WHEN] [--limit N] [--up RECORD | --down RECORD] [--follow | --size] [--dot]',
  summary: 'What happened and why: the latest flows, or one as a tree',
  details:
    'WHEN is 90s, 30m, 2h or 3d ago, 18:30 today, or 2026-11-21 18:30. RECORD is named as in a flow, 45170f57-31.2; a flow alone means its root.',
  options: {
    rule: { takes: 'NAME', summary: 'flows in which that rule matched' },
    what: { takes: 'KEY', summary: 'flows with that Concept.action or Concept.event' },
    since: { takes: 'WHEN', summary: 'flows that began then or later' },
    until: { takes: 'WHEN', summary: 'flows that began then or earlier' },
    limit: { takes: 'N', summary: 'how many flows (default 20)' },
    up: { takes: 'RECORD', summary: 'what led to that record, across flows' },
    down: { takes: 'RECORD', summary: 'everything that followed from that record' },
    dot: { summary: 'as Graphviz' },
    follow: { summary: 'show flows as they end' },
    count: { takes: 'N', summary: 'with --follow: end after so many' },
    size: { summary: 'how much is kept, and what is written to disk for it' },
  },
  words: [0, 1],
  run: trace,
};
