// The route table: what a route is, and how a request finds its own. Pure.
// A route says what it reads (schemas) and what it does; the server does all that routes have in common.
import type { Context } from 'koa';
import type { Origin } from '../../../sync/door.ts';
import type { Right } from '../../../sync/vocabulary/access.ts';
import type { Schema } from './schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Request<B, Q> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** Who asks, for the root of the flow. */
  readonly origin: Origin;
}

export interface Route {
  readonly method: Method;
  /** Segments; `:name` is a parameter. */
  readonly path: string;
  readonly summary: string;
  /** What a client of the network has to be allowed. */
  readonly right: Right;
  readonly query: Schema<unknown> | null;
  readonly body: Schema<unknown> | null;
  /** The answer as JSON: an object (200), a Failure (its status), a Reply or a TextReply. */
  readonly run: ((request: Request<never, never>) => object | Promise<object>) | null;
  /** Instead of `run`, for streams: writes the answer itself, unless it answers with a Failure. */
  readonly raw: ((ctx: Context, request: Request<never, never>) => unknown) | null;
}

type Parts<B, Q> = {
  path: string;
  summary: string;
  /** Unless said otherwise: to see, where nothing changes; to control, where something does. */
  right?: Right;
  query?: Schema<Q>;
  body?: Schema<B>;
} & (
  | { run: (request: Request<B, Q>) => object | Promise<object> }
  | { raw: (ctx: Context, request: Request<B, Q>) => unknown }
);

type Nothing = Record<never, never>;

export function route<B = Nothing, Q = Nothing>(method: Method, parts: Parts<B, Q>): Route {
  const run = 'run' in parts ? (parts.run as Route['run']) : null;
  const raw = 'raw' in parts ? (parts.raw as Route['raw']) : null;
  const { path, summary, query = null, body = null } = parts;
  const right = parts.right ?? (method === 'GET' ? 'see' : 'control');
  return { method, path, summary, right, query, body, run, raw };
}

/** An answer with a status other than 200. */
export class Reply {
  readonly status: number;
  readonly body: object;
  constructor(status: number, body: object) {
    this.status = status;
    this.body = body;
  }
}

/** An answer that is text of its own kind. */
export class TextReply {
  readonly type: string;
  readonly text: string;
  constructor(type: string, text: string) {
    this.type = type;
    this.text = text;
  }
}

export type Match =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Record<string, string> }
  | { readonly kind: 'wrongMethod'; readonly allowed: readonly Method[] }
  | { readonly kind: 'unknown' };

export function createMatcher(routes: readonly Route[]): (method: string, path: string) => Match {
  const table = routes.map((each) => ({ route: each, segments: each.path.split('/') }));
  const seek = (method: string, path: string): Match => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const given = path.split('/');
    const allowed: Method[] = [];
    for (const { route: candidate, segments } of table) {
      const params = matchSegments(segments, given);
      if (params === null) continue;
      if (candidate.method === wanted) return { kind: 'found', route: candidate, params };
      allowed.push(candidate.method);
    }
    return allowed.length > 0 ? { kind: 'wrongMethod', allowed } : { kind: 'unknown' };
  };
  // Nearly all requests are for a path without parameters: what is found for those is known before.
  const known = new Map(
    routes
      .filter(({ path }) => !path.includes(':'))
      .map(({ method, path }) => [`${method} ${path}`, seek(method, path)]),
  );
  return (method, path) => known.get(`${method} ${path}`) ?? seek(method, path);
}

function matchSegments(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (segments.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const text = given[i] as string;
    if (!segment.startsWith(':')) {
      if (segment !== text) return null;
    } else {
      const decoded = decode(text);
      if (decoded === null || decoded === '') return null;
      params[segment.slice(1)] = decoded;
    }
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
