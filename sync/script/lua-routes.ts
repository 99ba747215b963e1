// The routes of scripts: from the table `api` to what a request finds. Pure.
// api.things.p_id.get is GET /x/things/:id; `before` and `after` on the way belong to everything below them.
import type { ScriptValue } from './host.ts';
import type { JsonSchema } from './json-schema.ts';
import { bodySchema } from './lua-body.ts';
import { type FunctionPath, referenceOf } from './lua-script.ts';
import { tableOf } from './lua-tables.ts';

export interface ScriptRoute {
  /** The script that has it. */
  readonly file: string;
  readonly method: string;
  /** Below /x/; null is a parameter, in the order of `params`. */
  readonly segments: readonly (string | null)[];
  readonly params: readonly string[];
  readonly handler: FunctionPath;
  /** What a route { ... } says about itself; null: nothing. */
  readonly summary: string | null;
  readonly body: JsonSchema | null;
  /** Outermost first. */
  readonly before: readonly FunctionPath[];
  /** Innermost first. */
  readonly after: readonly FunctionPath[];
}

export type ScriptMatch =
  | { readonly kind: 'found'; readonly route: ScriptRoute; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'wrongMethod'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

const methods = ['get', 'post', 'put', 'delete'];

interface Place {
  readonly path: string;
  readonly segments: readonly (string | null)[];
  readonly params: readonly string[];
  readonly before: readonly FunctionPath[];
  readonly after: readonly FunctionPath[];
}

/** "GET /x/things/:id" */
export function routeWords({ method, segments, params }: ScriptRoute): string {
  let at = 0;
  return `${method} /x/${segments.map((segment) => segment ?? `:${params[at++]}`).join('/')}`;
}

/** What of a script's routes another has already: the same requests, whatever the parameters are called. */
export function takenRoutes(routes: readonly ScriptRoute[], others: readonly ScriptRoute[]): string[] {
  return routes.flatMap((route) => {
    const other = others.find((each) => isSame(each, route));
    if (other === undefined) return [];
    const whose =
      other.file === route.file
        ? `is written twice, as ${other.handler} too`
        : `is a route of ${other.file} already`;
    return [`${route.file}: ${route.handler}: ${routeWords(route)} ${whose}: choose another path`];
  });
}

const isSame = (one: ScriptRoute, other: ScriptRoute) =>
  one.method === other.method &&
  one.segments.length === other.segments.length &&
  one.segments.every((segment, at) => segment === other.segments[at]);

/** In the order in which they are looked at: where two fit a request, the one that names more of its beginning. */
export function inOrder(routes: readonly ScriptRoute[]): ScriptRoute[] {
  const form = ({ segments }: ScriptRoute) =>
    segments.map((segment) => (segment === null ? '1' : '0')).join('');
  return [...routes].sort((a, b) => (form(a) < form(b) ? -1 : form(a) > form(b) ? 1 : 0));
}

export function readScriptRoutes(
  file: string,
  api: ScriptValue,
): { routes: ScriptRoute[]; faults: string[] } {
  const routes: ScriptRoute[] = [];
  const faults: string[] = [];

  function add(
    { path, segments, params }: Place,
    method: string,
    handler: FunctionPath,
    before: readonly FunctionPath[],
    after: readonly FunctionPath[],
    says: Pick<ScriptRoute, 'summary' | 'body'>,
  ): void {
    if (segments.length === 0)
      faults.push(`${file}: ${path}.${method}: a route has a name of its own: api.things.${method}`);
    routes.push({ file, method: method.toUpperCase(), segments, params, handler, before, after, ...says });
  }

  function visit(node: ScriptValue, at: Place): void {
    if (typeof node !== 'object' || node === null) {
      faults.push(`${file}: ${at.path} is no function and no table`);
      return;
    }
    const table = node as Readonly<Record<string, ScriptValue>>;
    const own = (name: string) => (referenceOf(table[name]) === null ? [] : [`${at.path}.${name}`]);
    const before = [...at.before, ...own('before')];
    const after = [...own('after'), ...at.after];
    for (const [name, child] of Object.entries(table)) {
      const path = `${at.path}.${name}`;
      if (methods.includes(name) && referenceOf(tableOf(child).run) !== null) {
        const { run: _, summary, body, ...rest } = tableOf(child);
        for (const key of Object.keys(rest))
          faults.push(`${file}: ${path}: a route has no "${key}": it has run, summary, body`);
        add(at, name, `${path}.run`, before, after, {
          summary: typeof summary === 'string' ? summary : null,
          body: body === undefined ? null : bodySchema(tableOf(body)),
        });
      } else if (referenceOf(child) === null) {
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
          faults.push(`${file}: ${path}: a part of a URL is letters, digits, _ and -`);
        const param = name.startsWith('p_') ? name.slice(2) : null;
        visit(child, {
          path,
          segments: [...at.segments, param === null ? name : null],
          params: param === null ? at.params : [...at.params, param],
          before,
          after,
        });
      } else if (methods.includes(name)) {
        add(at, name, path, before, after, { summary: null, body: null });
      } else if (name !== 'before' && name !== 'after') {
        faults.push(`${file}: ${path}: a function is one of ${methods.join(', ')}, before and after`);
      }
    }
  }

  visit(api, { path: 'api', segments: [], params: [], before: [], after: [] });
  // The same path twice: only under different names of a parameter.
  faults.push(...routes.flatMap((route, at) => takenRoutes([route], routes.slice(0, at))));
  return { routes: faults.length > 0 ? [] : routes, faults };
}

/** `path` as in a request, with /x/ before it; `routes` in order. */
export function matchScriptRoute(routes: readonly ScriptRoute[], method: string, path: string): ScriptMatch {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const given = path.split('/').slice(2).map(decoded);
  const allowed: string[] = [];
  for (const route of routes) {
    if (!fits(route, given)) continue;
    if (route.method !== wanted) {
      if (!allowed.includes(route.method)) allowed.push(route.method);
      continue;
    }
    const values = route.segments.flatMap((segment, at) => (segment === null ? [given[at] as string] : []));
    return {
      kind: 'found',
      route,
      params: Object.fromEntries(route.params.map((name, at) => [name, values[at] as string])),
    };
  }
  return allowed.length > 0 ? { kind: 'wrongMethod', allowed } : { kind: 'unknown' };
}

function fits({ segments }: ScriptRoute, given: readonly (string | null)[]): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, at) => (segment === null ? Boolean(given[at]) : segment === given[at]))
  );
}

function decoded(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
