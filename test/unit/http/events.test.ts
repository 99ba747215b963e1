// Live events over a real connection, and the panel's files.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';

interface Stream {
  readonly response: IncomingMessage;
  /** Resolves with the data of the next event of that name. */
  next(name: string): Promise<{ id: string; data: Record<string, never> }>;
  leave(): void;
}

interface Full {
  readonly status: { current: { title: string } };
  readonly queue: { entries: readonly object[] };
  readonly history: { plays: readonly object[] };
  readonly timeslots: { version: string };
}

async function follow(server: FakeServer, headers: Record<string, string> = {}): Promise<Stream> {
  const sent = get(`${server.url}/api/v1/events`, { headers });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  const waiting = new Set<() => void>();
  response.on('data', (chunk: string) => {
    text += chunk;
    for (const look of [...waiting]) look();
  });
  return {
    response,
    next: (name) =>
      new Promise((resolve) => {
        const pattern = new RegExp(`id: (\\S+)\\nevent: ${name}\\ndata: (.*)\\n\\n`);
        const look = () => {
          const match = pattern.exec(text);
          if (match === null) return;
          text = text.slice(match.index + match[0].length);
          waiting.delete(look);
          resolve({ id: match[1] as string, data: JSON.parse(match[2] as string) });
        };
        waiting.add(look);
        look();
      }),
    leave: () => sent.destroy(),
  };
}

describe('live events', () => {
  it('carry the full state, then each change as the API would show it', async (t) => {
    const server = await startFakeServer();
    t.after(() => server.close());
    const stream = await follow(server);
    assert.equal(stream.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    const full = (await stream.next('full')).data as unknown as Full;
    assert.equal(full.status.current.title, 'Harbour Lights');
    assert.equal(full.queue.entries.length, 6);
    assert.ok(full.history.plays);
    const slots = (await (await fetch(`${server.url}/api/v1/timeslots`)).json()) as { version: string };
    assert.deepEqual(full.timeslots, { version: slots.version });
    await fetch(`${server.url}/api/v1/skip`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    const { data } = await stream.next('state');
    const shown = await (await fetch(`${server.url}/api/v1/status`)).json();
    assert.deepEqual(data, shown);
    const written = await fetch(`${server.url}/api/v1/timeslots`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timeslots: [{ name: 'all day', start: '00:00', references: ['p2'] }] }),
    });
    const { version } = (await written.json()) as { version: string };
    assert.notEqual(version, slots.version);
    assert.deepEqual((await stream.next('timeslots')).data, { version });
    stream.leave();
  });

  it('go on where they broke off', async (t) => {
    const server = await startFakeServer();
    t.after(() => server.close());
    const first = await follow(server);
    await first.next('full');
    server.hub.broadcast('notice', { message: 'one' });
    const { id } = await first.next('notice');
    first.leave();
    server.hub.broadcast('notice', { message: 'two' });
    const second = await follow(server, { 'last-event-id': id });
    assert.deepEqual((await second.next('notice')).data, { message: 'two' });
    const third = await follow(server, { 'last-event-id': 'boot0-1' });
    await third.next('full');
    second.leave();
    third.leave();
  });

  it('make no noise when a client leaves, and let the server close', async (t) => {
    const server = await startFakeServer();
    t.after(() => server.close());
    const stream = await follow(server);
    await stream.next('full');
    const left = new Promise<void>((resolve) =>
      server.hub.onClients((clients) => clients === 0 && resolve()),
    );
    stream.leave();
    await left;
    const stays = await follow(server);
    stays.response.on('error', () => {});
    await server.close();
    assert.deepEqual(server.logged, []);
  });

  it('drop a client that never reads', async (t) => {
    const server = await startFakeServer();
    t.after(() => server.close());
    const sent = get(`${server.url}/api/v1/events`);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.pause();
    const dropped = new Promise<void>((resolve) =>
      server.hub.onClients((clients) => clients === 0 && resolve()),
    );
    // More than every buffer of the kernel between the two ends together.
    const text = 'x'.repeat(200_000);
    for (let i = 0; i < 200 && server.hub.clients() > 0; i++) {
      server.hub.broadcast('notice', { text });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await dropped;
    assert.equal(server.hub.counts().dropped, 1);
    sent.on('error', () => {});
    sent.destroy();
  });
});

describe('the files of the panel', () => {
  it('are sent precompressed, with a strict policy, and assets for ever', async (t) => {
    const panelDir = mkdtempSync(join(tmpdir(), 'segue-panel-'));
    mkdirSync(join(panelDir, 'assets'));
    writeFileSync(join(panelDir, 'index.html'), '<!doctype html><title>Segue</title>');
    writeFileSync(join(panelDir, 'assets/app-1a2b.js'), 'let x = 1;');
    writeFileSync(join(panelDir, 'assets/app-1a2b.js.gz'), gzipSync('let x = 1;'));
    const server = await startFakeServer({ panelDir });
    t.after(async () => {
      await server.close();
      rmSync(panelDir, { recursive: true });
    });
    const page = await fetch(`${server.url}/`);
    assert.equal(await page.text(), '<!doctype html><title>Segue</title>');
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe/);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    const etag = page.headers.get('etag') ?? '';
    // Not fetch: with If-None-Match it also asks for an answer that is not from any cache.
    const [again] = (await once(get(server.url, { headers: { 'if-none-match': etag } }), 'response')) as [
      IncomingMessage,
    ];
    again.resume();
    assert.equal(again.statusCode, 304);
    const asset = await fetch(`${server.url}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(asset.headers.get('content-encoding'), 'gzip');
    assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
    assert.equal(await asset.text(), 'let x = 1;');
    for (const path of ['/assets/../../package.json', '/%2e%2e/package.json', '/assets/app-1a2b.js.gz'])
      assert.equal((await fetch(`${server.url}${path}`)).status, 404, path);
  });
});
