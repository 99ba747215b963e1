// The API as OpenAPI 3.1: made of the route table and the schemas that validate requests, so that it cannot drift, and
// of what the owner's scripts say about their routes. Pure.
import type { JsonSchema } from '../../../sync/script/json-schema.ts';
import type { ScriptRouteView } from './ports.ts';
import type { Route } from './route.ts';

const errorRef = { $ref: '#/components/responses/Error' } as const;
const jsonOf = (schema: JsonSchema) => ({ 'application/json': { schema } });
const anyJson = { description: 'What it says', content: jsonOf({}) } as const;

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

export function describeApi(
  version: string,
  routes: readonly Route[],
  ofScripts: readonly ScriptRouteView[],
): object {
  const paths: Record<string, Record<string, Operation>> = {};
  /** By path without the names of its parameters: two paths must not differ in these alone. */
  const names = new Map<string, readonly string[]>();
  const add = (path: string, method: string, describe: (params: readonly string[]) => Operation) => {
    const bare = path.replaceAll(/:\w+/g, '{}');
    const params = names.get(bare) ?? [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    names.set(bare, params);
    let at = 0;
    const key = bare.replaceAll('{}', () => `{${params[at++]}}`);
    paths[key] = { ...paths[key], [method.toLowerCase()]: describe(params) };
  };
  for (const each of routes) add(each.path, each.method, (params) => operationOf(each, params));
  for (const each of ofScripts) add(each.path, each.method, (params) => scriptOperation(each, params));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Segue',
      version,
      description: 'Every error has the same form. A change needs Content-Type: application/json.',
    },
    paths,
    components: { responses: { Error: { description: 'Why not', content: jsonOf(errorBody) } } },
  };
}

const errorBody: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string', description: 'One sentence that says what to do' },
        details: {},
      },
    },
  },
};

function operationOf(
  { method, path, summary, query, body, raw }: Route,
  params: readonly string[],
): Operation {
  const queries = Object.entries(query?.json.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query?.json.required?.includes(name) ?? false,
    schema,
  }));
  const parameters = [...params.map(pathParameter), ...queries];
  return {
    tags: [path.startsWith('/dev') ? 'developers' : 'api'],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: requestBody(body.json) }),
    responses: {
      200: raw === null ? anyJson : { description: 'A stream, a file or text' },
      ...(isChange(method) && { 415: errorRef }),
      default: errorRef,
    },
  };
}

/** What a script answers only the script knows; what it is refused with is the same for all. */
function scriptOperation(
  { file, method, summary, body }: ScriptRouteView,
  params: readonly string[],
): Operation {
  const known: JsonSchema = body ?? {
    type: ['object', 'array'],
    description: 'What it has to be is known to the script alone',
  };
  return {
    tags: [`scripts/${file}`],
    summary: summary ?? `A route of scripts/${file}`,
    ...(params.length > 0 && { parameters: params.map(pathParameter) }),
    ...(isChange(method) && { requestBody: requestBody(known) }),
    responses: {
      200: { description: 'What the script answers', content: jsonOf({}) },
      204: { description: 'It has nothing to say' },
      400: errorRef,
      404: errorRef,
      405: errorRef,
      ...(isChange(method) && { 413: errorRef, 415: errorRef }),
      500: errorRef,
      503: errorRef,
    },
  };
}

const isChange = (method: string) => method !== 'GET';
const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const requestBody = (schema: JsonSchema) => ({
  required: (schema.required ?? []).length > 0,
  content: jsonOf(schema),
});
