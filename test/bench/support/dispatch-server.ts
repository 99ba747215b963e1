// One server of the dispatch bench, a process of its own: bare node:http, koa, or Segue's HTTP adapter over its engine, by
// a route of its own or by one of a script. All answer the same two requests with the same bodies. Tells its port, and its processor time when asked.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import { openLua } from '../../../daemon/adapters/script/lua.ts';
import { createAccess } from '../../../daemon/concepts/access/access.ts';
import { lookForRuleFiles } from '../../../daemon/owner-rules/rule-files.ts';
import { createScripts } from '../../../daemon/scripts/scripts.ts';
import { createEngine } from '../../../sync/engine/index.ts';
import { ScriptFailure } from '../../../sync/script/host.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';
import { openMemory } from '../../support/database.ts';
import { AUDIO, startFakeServer } from '../../support/fake-server.ts';

export const DISPATCH_SIDES = ['node:http', 'koa', 'Segue', 'Segue, a script'] as const;
export type DispatchSide = (typeof DISPATCH_SIDES)[number];

const GET_PATH = '/api/v1/audio/meters';
const POST_PATH = '/api/v1/volume';
/** Where a side answers them. */
export const pathsOf = (side: DispatchSide) =>
  side === 'Segue, a script' ? { get: '/x/meters', post: '/x/volume' } : { get: GET_PATH, post: POST_PATH };

async function bodyOf(request: IncomingMessage): Promise<{ volume: number }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function answerOf(method: string | undefined, path: string | undefined): 'meters' | 'volume' | null {
  if (method === 'GET' && path === GET_PATH) return 'meters';
  return method === 'POST' && path === POST_PATH ? 'volume' : null;
}

async function bare(): Promise<number> {
  const server = createServer(async (request, response) => {
    const kind = answerOf(request.method, request.url);
    const { volume } = kind === 'volume' ? await bodyOf(request) : { volume: 0 };
    const text = JSON.stringify(kind === 'meters' ? AUDIO.meters : { volume });
    const head = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    };
    response.writeHead(kind === null ? 404 : 200, head).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function koa(): Promise<number> {
  const app = new Koa();
  app.use(async (ctx) => {
    const kind = answerOf(ctx.method, ctx.path);
    if (kind === 'meters') ctx.body = AUDIO.meters;
    if (kind === 'volume') ctx.body = { volume: (await bodyOf(ctx.req)).volume };
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
const timers = {
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

function benchEngine() {
  let last = 0;
  const engine = createEngine<Vocabulary>({
    clock,
    timers,
    ids: { boot: 'bench', next: () => ++last },
  });
  const player = { actions: { setVolume: ({ volume }: { volume: number }) => ({ volume }) }, queries: {} };
  engine.register('Player', player as never);
  const emit = engine.emitter('Access');
  engine.register('Access', createAccess({ db: openMemory(), clock, emit, guestsMay: () => 'control' }));
  return engine;
}

/** Guard, routes, validation and the engine as they are; behind them a player that only says what it was told. */
async function segue(): Promise<number> {
  return (await startFakeServer({ ports: { door: benchEngine() } })).port;
}

/** A plain value as a Lua table. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `list { ${value.map(lua).join(', ')} }`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name} = ${lua(each)}`)
    .join(', ')} }`;
}

const SCRIPT = `may { 'Player.setVolume' }
local meters = ${lua(AUDIO.meters)}
function api.meters.get() return meters end
function api.volume.post(ctx)
  local body = ctx:body():expect { volume = { type = 'number', required = true, min = 0, max = 1 } }
  local volume = { volume = body.volume }
  return reply { body = volume, actions = { { 'Player.setVolume', volume } } }
end
`;

/** The same by routes of a script: the POST is read and checked by it, and its answer brings the action. */
async function script(): Promise<number> {
  const engine = benchEngine();
  const directory = mkdtempSync(join(tmpdir(), 'segue-dispatch-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'bench.lua'), SCRIPT);
  const say = (message: string) => void console.error(message);
  const scripts = createScripts({
    engine,
    door: engine,
    clock,
    timers,
    scriptsOff: () => '',
    files: lookForRuleFiles(directory, (name) => name.endsWith('.lua')),
    directory,
    log: { debug() {}, info() {}, warn: say, error: say },
    open: () => openLua(ScriptFailure),
  });
  await scripts.look(true);
  return (await startFakeServer({ ports: { door: engine, scripts } })).port;
}

const START: Readonly<Record<DispatchSide, () => Promise<number>>> = {
  'node:http': bare,
  koa,
  Segue: segue,
  'Segue, a script': script,
};

const wanted = DISPATCH_SIDES.find((side) => side === process.argv[2]);
if (wanted !== undefined) {
  const port = await START[wanted]();
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}
