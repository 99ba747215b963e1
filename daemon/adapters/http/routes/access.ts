// Routes of who may do what: log in with a claim code and out again, see and end sessions.
import type { Context } from 'koa';
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId, publicId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { type Request, type Route, route } from '../route.ts';
import { boolean, object, optional, text } from '../schema.ts';
import { setToken, tokenOf } from '../session-cookie.ts';
import type { Session, SessionLine } from '../shapes.ts';

export function accessRoutes({ door }: HttpPorts): Route[] {
  const isOwner = (request: Pick<Request<never, never>, 'origin'>) => request.origin.door === 'socket';

  /** A session that is looked at goes on: the browser keeps it for another year. */
  function show(ctx: Context, request: Request<unknown, unknown>): void {
    const token = tokenOf(ctx);
    const rights = door.query('Access', 'rights', { token });
    const role = isOwner(request) ? 'owner' : (rights[0]?.role ?? 'guest');
    if (role === 'admin') setToken(ctx, token);
    ctx.body = {
      role,
      rights: role === 'owner' ? ['see', 'control', 'admin'] : rights.map(({ right }) => right),
      claimed: door.query('Access', 'state', {})[0]?.claimed ?? false,
    } satisfies Session;
  }

  return [
    route('GET', {
      path: '/api/v1/session',
      summary: 'Who this client is, and what it may do',
      raw: show,
    }),
    route('POST', {
      path: '/api/v1/session',
      summary: 'Log in as admin with the claim code, which is good once',
      right: 'see',
      body: object({
        code: text({ minLength: 1, maxLength: 40 }),
        name: optional(text({ minLength: 1, maxLength: 60 })),
      }),
      async raw(ctx, { body: { code, name = 'a browser' }, origin }): Promise<Failure | undefined> {
        const address = ctx.req.socket.remoteAddress ?? 'local';
        const answer = await door.run('Access', 'enter', { code, address, name }, origin);
        if (isFailure(answer)) return answer;
        setToken(ctx, answer.token);
        ctx.status = 201;
        ctx.body = { role: answer.role, session: publicId('s', answer.session) };
      },
    }),
    route('DELETE', {
      path: '/api/v1/session',
      summary: 'Log out',
      right: 'see',
      async raw(ctx, { origin }): Promise<Failure | undefined> {
        const answer = await door.run('Access', 'leave', { token: tokenOf(ctx) }, origin);
        if (isFailure(answer)) return answer;
        setToken(ctx, null);
        ctx.body = answer;
      },
    }),
    route('GET', {
      path: '/api/v1/sessions',
      summary: 'Who is logged in as admin',
      right: 'admin',
      run: (): { sessions: SessionLine[] } => ({
        sessions: door.query('Access', 'sessions', {}).map(({ session, ...row }) => ({
          session: publicId('s', session),
          ...row,
        })),
      }),
    }),
    route('DELETE', {
      path: '/api/v1/sessions/:id',
      summary: 'Log one out, wherever it is',
      right: 'admin',
      run({ params, origin }) {
        const session = parseId('s', params.id ?? '');
        return session === null
          ? failure('NOT_FOUND', `There is no session "${params.id}": GET /api/v1/sessions.`)
          : door.run('Access', 'endSession', { session }, origin);
      },
    }),
    route('POST', {
      path: '/api/v1/admin-code',
      summary: 'The claim code, over the local socket alone; renew: another one in its place; code: this one',
      right: 'admin',
      body: object({ renew: optional(boolean()), code: optional(text({ minLength: 1, maxLength: 40 })) }),
      async run({ body, origin }) {
        if (!isOwner({ origin }))
          return failure('FORBIDDEN', 'Only on the machine itself: segue admin-code.');
        return body.code === undefined
          ? door.run('Access', 'ensureCode', { renew: body.renew ?? false }, origin)
          : door.run('Access', 'setCode', { code: body.code }, origin);
      },
    }),
  ];
}
