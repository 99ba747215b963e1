// Requests below /x/: handed to the owner's scripts, and their answers written. Main thread. The body is read first, and
// understood only when the script asks for it.
import type { Context } from 'koa';
import type { ScriptValue } from '../../../sync/script/host.ts';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { readJson } from './body.ts';
import { isReadOnly } from './guard.ts';
import type { ScriptPorts } from './ports.ts';

export const isScriptPath = (path: string) => path.startsWith('/x/');

/** Null: answered. */
export async function answerByScript(
  ctx: Context,
  scripts: ScriptPorts,
): Promise<Failure<'TOO_LARGE'> | null> {
  const read = isReadOnly(ctx.method) ? ({ ok: true, value: {} } as const) : await readJson(ctx.req);
  if (!read.ok && read.failure.error === 'TOO_LARGE') {
    ctx.set('Connection', 'close');
    return read.failure as Failure<'TOO_LARGE'>;
  }
  const { status, body, headers } = scripts.answer({
    method: ctx.method,
    path: ctx.path,
    headers: () => flat(ctx.req.headers),
    query: () => flat(ctx.query),
    body: () =>
      read.ok ? { value: read.value as ScriptValue } : { refuse: 400, message: read.failure.message },
  });
  ctx.status = status;
  ctx.set(headers);
  if (body === null) ctx.body = null;
  else {
    ctx.type = 'application/json';
    ctx.body = JSON.stringify(body);
  }
  // koa makes 204 of an empty body.
  ctx.status = status;
  return null;
}

/** Of a name that is given several times: the first. */
function flat(values: Readonly<Record<string, string | readonly string[] | undefined>>): ScriptValue {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? value[0] : value]),
  );
}
