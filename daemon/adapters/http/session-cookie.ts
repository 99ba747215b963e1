// The cookie that holds a session's token: read, set, taken back. Pages cannot read it, and other sites cannot send it.
import type { Context } from 'koa';

const NAME = 'segue_session';
const YEAR_S = 365 * 86_400;
const TOKEN = /^[\w-]{43}$/;

/** Null: there is none, or what there is was not made here. */
export function tokenOf(ctx: Context): string | null {
  for (const part of (ctx.req.headers.cookie ?? '').split(';')) {
    const [name, value = ''] = part.trim().split('=');
    if (name === NAME) return TOKEN.test(value) ? value : null;
  }
  return null;
}

/** `token` null: the browser forgets it. Plain http on a LAN: it cannot be marked Secure. */
export function setToken(ctx: Context, token: string | null): void {
  const age = token === null ? 0 : YEAR_S;
  ctx.set('Set-Cookie', `${NAME}=${token ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict`);
}
