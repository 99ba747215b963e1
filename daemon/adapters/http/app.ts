// The koa app: what every request goes through, whichever door it came by. Main thread.
// Guard, then route, then validation, then the route's own work; one place where errors become answers.
import type { IncomingMessage } from 'node:http';
import Koa, { type Context } from 'koa';
import type { Origin } from '../../../sync/door.ts';
import type { Right, Role } from '../../../sync/vocabulary/access.ts';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { readJson } from './body.ts';
import { errorBody, failure, isFailure, statusOf } from './errors.ts';
import { type Headers, isReadOnly, refuse, refuseUntyped } from './guard.ts';
import type { HttpPorts } from './ports.ts';
import { createMatcher, Reply, type Request, type Route, TextReply } from './route.ts';
import { type Schema, validate } from './schema.ts';
import { answerByScript, isScriptPath } from './script-routes.ts';
import { tokenOf } from './session-cookie.ts';
import { createStaticFiles } from './static.ts';

export interface AppOptions {
  readonly ports: HttpPorts;
  readonly routes: readonly Route[];
  /** By which door a request came. */
  readonly doorOf: (request: IncomingMessage) => 'http' | 'socket';
}

/** A client that goes away in the middle of an answer is no event. */
const CLIENT_IS_GONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function answerFailure(ctx: Context, given: Failure): void {
  ctx.status = statusOf(given.error);
  ctx.body = errorBody(given);
}

function headersOf(ctx: Context): Headers {
  const { headers } = ctx.req;
  const site = headers['sec-fetch-site'];
  return {
    method: ctx.method,
    host: headers.host,
    origin: headers.origin,
    fetchSite: typeof site === 'string' ? site : undefined,
    contentType: headers['content-type'],
    hasBody: headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0,
  };
}

/** An answer as JSON: a Failure has its status, a Reply its own, text its type, anything else is 200. */
function answer(ctx: Context, result: object): void {
  if (result instanceof Reply) {
    ctx.status = result.status;
    ctx.body = result.body;
  } else if (result instanceof TextReply) {
    ctx.type = result.type;
    ctx.body = result.text;
  } else if (isFailure(result)) answerFailure(ctx, result);
  else ctx.body = result;
}

const NO_FIELDS: Schema<unknown> = {
  isOptional: false,
  json: { type: 'object', properties: {}, additionalProperties: false },
  read(value, path, faults) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      faults.push({ path, message: 'must be an object' });
    else
      for (const key of Object.keys(value))
        faults.push({ path: key, message: 'unknown; nothing is read here' });
    return {};
  },
};

function check(part: 'body' | 'query', schema: Schema<unknown> | null, value: unknown) {
  const result = validate(schema ?? NO_FIELDS, value);
  if (result.ok) return result;
  const words = result.faults.map(({ path, message }) => `${path === '' ? `the ${part}` : path} ${message}`);
  return { ok: false, failure: failure('BAD_REQUEST', `${words.join('; ')}.`, result.faults) } as const;
}

export function createApp({ ports, routes, doorOf }: AppOptions): Koa {
  const app = new Koa();
  const match = createMatcher(routes);
  const files = createStaticFiles(ports.panelDir);

  function mayPass(ctx: Context, door: 'http' | 'socket'): Failure | null {
    const headers = headersOf(ctx);
    return door === 'http' ? refuse(headers, ports.hostNames) : refuseUntyped(headers);
  }

  /** Asked of the rules, so that the trace has it; not as long as nobody is admin, who could be asked for. */
  async function mayDo(ctx: Context, right: Right, origin: Origin): Promise<Failure | null> {
    if (right === 'see' || origin.who === undefined) return null;
    const question = { token: tokenOf(ctx), right, what: `${ctx.method} ${ctx.path}` };
    const answeredBy = ['Access.allow', 'Access.refuse'];
    const answer = await ports.door.request('Access', 'ask', question, answeredBy, origin);
    return isFailure(answer) ? answer : null;
  }

  /** `who` once there are roles, over the network. */
  function originOf(ctx: Context, door: 'http' | 'socket'): Origin {
    if (door === 'socket' || !ports.door.query('Access', 'state', {})[0]?.claimed) return { door };
    const [right] = ports.door.query('Access', 'rights', { token: tokenOf(ctx) });
    return { door, who: right?.role ?? ('guest' satisfies Role) };
  }

  async function run(ctx: Context, found: Route, params: Record<string, string>, origin: Origin) {
    const query = check('query', found.query, { ...ctx.query });
    if (!query.ok) return answerFailure(ctx, query.failure);
    let body: unknown = {};
    if (!isReadOnly(ctx.method)) {
      const read = await readJson(ctx.req);
      if (!read.ok) {
        ctx.set('Connection', 'close');
        return answerFailure(ctx, read.failure);
      }
      const checked = check('body', found.body, read.value);
      if (!checked.ok) return answerFailure(ctx, checked.failure);
      body = checked.value;
    }
    const request = { params, query: query.value, body, origin } as Request<never, never>;
    if (found.raw !== null) {
      const refused = await found.raw(ctx, request);
      if (typeof refused === 'object' && refused !== null && isFailure(refused)) answerFailure(ctx, refused);
    } else if (found.run !== null) answer(ctx, await found.run(request));
  }

  app.use(async (ctx) => {
    const door = doorOf(ctx.req);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
    ctx.set('Cache-Control', 'no-store');
    try {
      const refused = mayPass(ctx, door);
      if (refused !== null) return answerFailure(ctx, refused);
      const origin = originOf(ctx, door);
      if (isScriptPath(ctx.path)) {
        const denied = await mayDo(ctx, isReadOnly(ctx.method) ? 'see' : 'control', origin);
        if (denied !== null) return answerFailure(ctx, denied);
        const failed = await answerByScript(ctx, ports.scripts);
        return failed === null ? undefined : answerFailure(ctx, failed);
      }
      const found = match(ctx.method, ctx.path);
      if (found.kind === 'found') {
        const denied = await mayDo(ctx, found.route.right, origin);
        if (denied !== null) return answerFailure(ctx, denied);
        return await run(ctx, found.route, found.params, origin);
      }
      if (found.kind === 'wrongMethod') {
        ctx.set('Allow', found.allowed.join(', '));
        return answerFailure(
          ctx,
          failure('METHOD_NOT_ALLOWED', `Use ${found.allowed.join(' or ')} for ${ctx.path}.`),
        );
      }
      if (!files.serve(ctx)) answerFailure(ctx, failure('NOT_FOUND', `There is nothing at ${ctx.path}.`));
    } catch (error) {
      ports.log.error('a request failed', { path: ctx.path, error: String((error as Error).stack ?? error) });
      answerFailure(ctx, failure('INTERNAL', 'Segue made a mistake; its log says more.'));
    }
  });

  app.on('error', (error: Error & { code?: string }) => {
    if (error.code === undefined || !CLIENT_IS_GONE.has(error.code))
      ports.log.warn('an answer failed', { error: error.message });
  });
  return app;
}
