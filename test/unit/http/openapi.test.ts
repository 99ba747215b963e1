// The description of the API: every route there is, every script's, and schemas that are those which validate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeApi } from '../../../daemon/adapters/http/openapi.ts';
import { type Route, route } from '../../../daemon/adapters/http/route.ts';
import {
  boolean,
  either,
  id,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
} from '../../../daemon/adapters/http/schema.ts';
import { startFakeServer } from '../../support/fake-server.ts';

interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  readonly responses: Readonly<Record<string, object>>;
}
interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

test('every route is in it, parameters and all, and every reference leads somewhere', async (t) => {
  const server = await startFakeServer();
  t.after(() => server.close());
  const described = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as Described;
  assert.equal(described.openapi, '3.1.0');
  const found = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = server.http.routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  assert.deepEqual(found.sort(), [...known, 'POST /x/party/{room}', 'GET /x/guests'].sort());
  for (const [path, operations] of Object.entries(described.paths))
    for (const { parameters = [], responses, summary } of Object.values(operations)) {
      const inPath = parameters.filter((each) => each.in === 'path').map(({ name }) => name);
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path,
      );
      assert.ok(summary.length > 0);
      assert.ok(Object.keys(responses).length > 0);
    }
  for (const [, reference = ''] of JSON.stringify(described).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let at: unknown = described;
    for (const part of reference.split('/')) at = (at as Record<string, unknown>)[part];
    assert.ok(at, reference);
  }
});

test('a script says what it says; what only its handler knows is not made up', async (t) => {
  const server = await startFakeServer();
  t.after(() => server.close());
  const { paths } = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as Described;
  const party = paths['/x/party/{room}']?.post;
  assert.equal(party?.summary, 'Begins a party.');
  assert.deepEqual(party?.tags, ['scripts/party.lua']);
  assert.deepEqual(party?.requestBody, {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object', properties: { volume: { type: 'number' } }, required: ['volume'] },
      },
    },
  });
  for (const status of ['400', '404', '405', '413', '415', '500', '503'])
    assert.ok(party?.responses[status], status);
  const guests = paths['/x/guests']?.get;
  assert.equal(guests?.requestBody, undefined);
  assert.equal(guests?.responses['415'], undefined);
});

test('schemas describe themselves', () => {
  const body = object({
    where: either(oneOf('next', 'end'), object({ after: id('e') })),
    passages: list(id('p'), { min: 1, max: 3 }),
    note: optional(text({ maxLength: 10 })),
    share: number({ min: 0, max: 1 }),
    count: number({ min: 1, integer: true }),
    now: boolean(),
  });
  const entry = { type: 'string', pattern: '^e[1-9][0-9]{0,14}$', description: 'an entry id such as e7' };
  assert.deepEqual(body.json, {
    type: 'object',
    properties: {
      where: {
        anyOf: [
          { type: 'string', enum: ['next', 'end'] },
          { type: 'object', properties: { after: entry }, required: ['after'], additionalProperties: false },
        ],
      },
      passages: {
        type: 'array',
        items: { type: 'string', pattern: '^p[1-9][0-9]{0,14}$', description: 'a passage id such as p12' },
        minItems: 1,
        maxItems: 3,
      },
      note: { type: 'string', minLength: 0, maxLength: 10 },
      share: { type: 'number', minimum: 0, maximum: 1 },
      count: { type: 'integer', minimum: 1 },
      now: { type: 'boolean' },
    },
    required: ['where', 'passages', 'share', 'count', 'now'],
    additionalProperties: false,
  });
});

test('two paths that differ in the name of a parameter alone are one', () => {
  const own: Route[] = [route('GET', { path: '/api/a/:id', summary: 'Reads.', run: () => ({}) })];
  const of = (method: string, path: string) => ({ file: 'a.lua', method, path, summary: null, body: null });
  const { paths } = describeApi('1', own, [of('GET', '/x/a/:id'), of('PUT', '/x/a/:name')]) as Described;
  assert.deepEqual(Object.keys(paths), ['/api/a/{id}', '/x/a/{id}']);
  assert.deepEqual(
    paths['/x/a/{id}']?.put?.parameters?.map(({ name }) => name),
    ['id'],
  );
});
