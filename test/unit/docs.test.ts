// The pages of docs/ say what the code says: every route, rule and setting stands there as it is, and no link is dead.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../daemon/cli/commands/index.ts';
import { OPTIONS } from '../../daemon/concepts/settings/options.ts';
import { allRules } from '../../sync/rules/index.ts';
import { startFakeServer } from '../support/fake-server.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const pages = ['README.md', 'CHANGELOG.md', ...filesUnder('docs')].filter((path) => path.endsWith('.md'));

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
}

/** First cells of the tables of a page, without their backticks. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `?([^`|]+?)`? \|/gm)].map((match) => match[1] ?? '');
}

test('api.md names every route, and no other', async (t) => {
  const server = await startFakeServer();
  t.after(() => server.close());
  const known = server.http.routes.map(({ method, path }) => `${method} ${path}`);
  const named = firstCells(read('docs/api.md')).filter((cell) => /^(GET|POST|PUT|DELETE) /.test(cell));
  const inProse = ['GET /api/v1/events', 'GET /metrics'];
  for (const route of inProse) assert.ok(read('docs/api.md').includes(`\`${route}\``), route);
  assert.deepEqual([...named, ...inProse].sort(), known.sort());
});

test('orchestration.md lists every rule with its sentence, in order', () => {
  const rows = [...read('docs/orchestration.md').matchAll(/^\| ([A-Z]\w+) \| (.*) \|$/gm)];
  assert.deepEqual(
    rows.map((row) => [row[1], row[2]]),
    allRules.map(({ definition: { name, summary } }) => [name, summary]),
  );
});

test('operations.md lists every setting with its default, range and meaning', () => {
  const text = read('docs/operations.md');
  const rows = text.slice(text.indexOf('\n## Settings')).match(/^\| `.*$/gm);
  assert.deepEqual(
    rows,
    Object.entries(OPTIONS).map(
      ([key, { initial, range, meaning }]) =>
        `| \`${key}\` | \`${JSON.stringify(initial)}\` | ${range} | ${meaning} |`,
    ),
  );
});

test('every segue command and npm script that a page shows is there', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
  const names = new Set(COMMANDS.flatMap(({ name }) => [name, name.split(' ')[0]]));
  for (const page of pages) {
    const text = read(page);
    for (const [, word] of text.matchAll(/npm run ([a-z0-9:]+)/g))
      assert.ok(scripts.includes(word ?? ''), `${page}: npm run ${word}`);
    for (const [, word] of text.matchAll(/(?:npx |^|`)segue ([a-z][a-z-]*)/gm))
      assert.ok(names.has(word), `${page}: segue ${word}`);
    for (const [, key] of text.matchAll(/settings set ([a-z_]+)/g))
      assert.ok(Object.hasOwn(OPTIONS, key ?? ''), `${page}: setting ${key}`);
  }
});

test('no link within the project is dead', () => {
  let seen = 0;
  for (const page of pages)
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(file), `${page}: ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(read(file)).includes(anchor), `${page}: ${target}`);
      seen++;
    }
  assert.ok(seen > 20, `${seen} links`);
});

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
