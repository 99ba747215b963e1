// One server of the dispatch bench, a process of its own: bare node:http, koa, or Segue's HTTP adapter over its engine.
// All answer the same two requests with the same bodies. Tells its port, and its processor time when asked.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { createEngine } from '../../../sync/engine/index.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';
import { AUDIO, startFakeServer } from '../../support/fake-server.ts';

export const DISPATCH_SIDES = ['node:http', 'koa', 'Segue'] as const;
export type DispatchSide = (typeof DISPATCH_SIDES)[number];

const GET_PATH = '/api/v1/audio/meters';
const POST_PATH = '/api/v1/volume';

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

/** Guard, routes, validation and the engine as they are; behind them a player that only says what it was told. */
async function segue(): Promise<number> {
  let last = 0;
  const engine = createEngine<Vocabulary>({
    clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
    timers: {
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    ids: { boot: 'bench', next: () => ++last },
  });
  const player = { actions: { setVolume: ({ volume }: { volume: number }) => ({ volume }) }, queries: {} };
  engine.register('Player', player as never);
  return (await startFakeServer({ ports: { door: engine } })).port;
}

const START: Readonly<Record<DispatchSide, () => Promise<number>>> = { 'node:http': bare, koa, Segue: segue };

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
