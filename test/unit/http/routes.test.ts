// Every route of the HTTP adapter, good input and bad, over the fake radio and a real socket.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { EndedFlow } from '../../../sync/engine/index.ts';
import { FakeRadio } from '../../support/fake-radio.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely here, and wrong shapes fail the test
type Json = any;
let server: FakeServer;
let radio: FakeRadio;

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const typed = method === 'GET' ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...typed, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: (isJson ? JSON.parse(text) : null) as Json,
  };
}

/** fetch sets Host itself; this does not. */
function callRaw(headers: Record<string, string>, method = 'GET', path = '/api/v1/status'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, method, path, headers, setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

async function refused(method: string, path: string, body: unknown, status: number, code: string) {
  const answer = await call(method, path, body);
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code);
  assert.ok(answer.json.error.message.length > 10);
  return answer.json.error as { code: string; message: string; details?: Json };
}

before(async () => {
  server = await startFakeServer({ isDevOpen: true });
  radio = server.radio;
});
beforeEach(() => {
  radio.calls.length = 0;
});
after(() => server.close());

describe('status', () => {
  it('tells what plays, what follows and how', async () => {
    radio.setPosition(61_000);
    const { status, json } = await call('GET', '/api/v1/status');
    assert.equal(status, 200);
    assert.equal(json.playing, true);
    assert.equal(json.current.entry, 'e1');
    assert.equal(json.current.passage, 'p1');
    assert.equal(json.current.title, 'Harbour Lights');
    assert.equal(json.current.positionMs, 61_000);
    assert.equal(json.current.durationMs, 214_000);
    assert.equal(json.crossfade, null);
    assert.deepEqual(
      json.next.map((each: Json) => each.entry),
      ['e2', 'e3', 'e4', 'e5', 'e6'],
    );
    assert.equal(json.queueLength, 5);
    assert.deepEqual(json.timeslot, { name: 'evening', kind: 'timeslot' });
    assert.deepEqual(json.autoSelect, { on: true, reason: null, message: null, freeAtMs: null });
    assert.equal(json.bootId, 'boot1');
    assert.equal(json.version, '0.1.0-test');
  });

  it('names both sides of a crossfade', async () => {
    const own = await startFakeServer();
    own.radio.startCrossfade(8000);
    own.radio.nowMs += 2000;
    const json = (await (await fetch(`${own.url}/api/v1/status`)).json()) as Json;
    await own.close();
    assert.equal(json.current.entry, 'e2');
    assert.equal(json.crossfade.from.title, 'Harbour Lights');
    assert.equal(json.crossfade.to.entry, 'e2');
    assert.equal(json.crossfade.progress, 0.25);
    assert.equal(json.crossfade.lengthMs, 8000);
  });

  it('says in words why nothing more is chosen', async () => {
    for (const reason of ['NO_PASSAGES', 'NO_SONGS', 'ALL_IN_COOLDOWN', 'ALL_EXCLUDED']) {
      radio.directorState = { paused: false, reason, freeAtMs: null };
      const { json } = await call('GET', '/api/v1/status');
      assert.equal(json.autoSelect.reason, reason);
      assert.match(json.autoSelect.message, /\w+ .*: .*\.$/);
    }
    radio.directorState = { paused: true, reason: null, freeAtMs: 5 };
    const { json } = await call('GET', '/api/v1/status');
    assert.equal(json.autoSelect.on, false);
    assert.equal(json.autoSelect.reason, 'PAUSED');
    radio.directorState = { paused: false, reason: null, freeAtMs: null };
    radio.settings.set('autoplay', false);
    const off = (await call('GET', '/api/v1/status')).json.autoSelect;
    radio.settings.set('autoplay', true);
    assert.equal(off.reason, 'OFF');
    assert.equal(off.on, false);
  });

  it('is answered with nothing in the queue', async () => {
    const own = await startFakeServer({ radio: new FakeRadio([]) });
    const json = (await (await fetch(`${own.url}/api/v1/status`)).json()) as Json;
    await own.close();
    assert.equal(json.current, null);
    assert.deepEqual(json.next, []);
  });
});

describe('control', () => {
  it('pauses and plays', async () => {
    assert.equal((await call('POST', '/api/v1/pause', {})).json.playing, false);
    assert.deepEqual((await call('POST', '/api/v1/play')).json, { playing: true });
    assert.deepEqual(
      radio.calls.map((each) => each.name),
      ['Player.pause', 'Player.play'],
    );
    assert.deepEqual(radio.calls[0]?.origin, { door: 'http' });
  });

  it('seeks in milliseconds or seconds, and nowhere else', async () => {
    assert.deepEqual((await call('POST', '/api/v1/seek', { positionMs: 5000 })).json, { positionMs: 5000 });
    assert.deepEqual((await call('POST', '/api/v1/seek', { positionS: 2.5 })).json, { positionMs: 2500 });
    await refused('POST', '/api/v1/seek', {}, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/seek', { positionMs: 1, positionS: 1 }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/seek', { positionMs: -1 }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/seek', { positionMs: '5' }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/seek', { positionMs: 999_000 }, 400, 'OUT_OF_RANGE');
  });

  it('sets the volume within 0 and 1', async () => {
    assert.deepEqual((await call('POST', '/api/v1/volume', { volume: 0.35 })).json, { volume: 0.35 });
    for (const volume of [-0.1, 1.1, '1', null])
      await refused('POST', '/api/v1/volume', { volume }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/volume', {}, 400, 'BAD_REQUEST');
  });

  it('skips, and says when it was too soon or nothing plays', async () => {
    radio.answer('Player.skip', () => ({ skipped: null, throttled: true }));
    assert.deepEqual((await call('POST', '/api/v1/skip')).json, { skipped: null, throttled: true });
    radio.answer('Player.skip', () => ({ error: 'NOTHING_PLAYS', message: 'Nothing plays: add something.' }));
    await refused('POST', '/api/v1/skip', {}, 409, 'NOTHING_PLAYS');
    radio.answers.delete('Player.skip');
    assert.deepEqual((await call('POST', '/api/v1/skip')).json, { skipped: 'e1', throttled: false });
  });
});

describe('queue', () => {
  it('enqueues one or several, at a place', async () => {
    const one = await call('POST', '/api/v1/queue', { passage: 'p9', where: 'next' });
    assert.equal(one.status, 201);
    const [entry] = one.json.entries;
    const several = await call('POST', '/api/v1/queue', {
      passages: ['p10', 'p11'],
      where: { after: entry },
    });
    assert.equal(several.status, 201);
    const { json } = await call('GET', '/api/v1/queue');
    const titles = json.entries.slice(1, 4).map((each: Json) => each.title);
    assert.deepEqual(titles, ['Half Past Rain', 'Copper Wire', 'Low Sun']);
    assert.deepEqual(radio.calls[0]?.input, { passages: [9], where: 'next', source: 'person' });
  });

  it('refuses what is not a passage, not a place, or unknown', async () => {
    await refused('POST', '/api/v1/queue', {}, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue', { passage: '9' }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue', { passage: 'p9', where: 'soon' }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue', { passage: 'p9', where: { after: 'p1' } }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue', { passages: [] }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue', { passage: 'p999' }, 404, 'NO_SUCH_PASSAGE');
    const { details } = await refused(
      'POST',
      '/api/v1/queue',
      { passage: 'p9', loud: 1 },
      400,
      'BAD_REQUEST',
    );
    assert.equal(details[0].path, 'loud');
  });

  it('says when the queue is full', async () => {
    const passages = Array.from({ length: 99 }, () => 'p3');
    await refused('POST', '/api/v1/queue', { passages }, 409, 'QUEUE_FULL');
  });

  it('removes an entry once, and again without complaint', async () => {
    const { json } = await call('GET', '/api/v1/queue');
    const last = json.entries.at(-1).entry;
    assert.deepEqual((await call('DELETE', `/api/v1/queue/${last}`)).json, { entry: last, removed: true });
    assert.deepEqual((await call('DELETE', `/api/v1/queue/${last}`)).json, { entry: last, removed: false });
    await refused('DELETE', '/api/v1/queue/p4', undefined, 404, 'NO_SUCH_ENTRY');
  });

  it('skips an entry that sounds, and says when the core was faster', async () => {
    const current = radio.current?.entry;
    const gone = await call('DELETE', `/api/v1/queue/e${current}`);
    assert.deepEqual(gone.json, { entry: `e${current}`, removed: true, throttled: false });
    radio.answer('Queue.askRemove', () => ({ error: 'TOO_LATE', message: 'It has begun: skip it instead.' }));
    await refused('DELETE', `/api/v1/queue/e${current}`, undefined, 409, 'TOO_LATE');
    radio.answers.delete('Queue.askRemove');
  });

  it('does not call an unanswered removal done while the entry is there', async () => {
    radio.answer('Queue.askRemove', () => ({ error: 'NO_ANSWER', message: 'The flow ended unanswered.' }));
    const entry = radio.entries.at(-1)?.entry;
    await refused('DELETE', `/api/v1/queue/e${entry}`, undefined, 500, 'NO_ANSWER');
    radio.answers.delete('Queue.askRemove');
  });

  it('moves an entry', async () => {
    const last = radio.entries.at(-1)?.entry;
    const moved = await call('POST', `/api/v1/queue/e${last}/move`, { where: 'next' });
    assert.deepEqual(moved.json, { entry: `e${last}` });
    assert.equal(radio.entries[1]?.entry, last);
    await refused('POST', `/api/v1/queue/e${last}/move`, {}, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/queue/e999/move', { where: 'end' }, 404, 'NO_SUCH_ENTRY');
    await refused('POST', '/api/v1/queue/x/move', { where: 'end' }, 404, 'NO_SUCH_ENTRY');
    await refused('POST', `/api/v1/queue/e${radio.current?.entry}/move`, { where: 'end' }, 409, 'TOO_LATE');
  });

  it('clears what waits', async () => {
    const waiting = radio.entries.length - 1;
    assert.deepEqual((await call('DELETE', '/api/v1/queue')).json, { removed: waiting });
  });
});

describe('looking things up', () => {
  it('searches in pages', async () => {
    const first = (await call('GET', '/api/v1/library/search?q=a&limit=5')).json;
    assert.equal(first.passages.length, 5);
    const second = (await call('GET', `/api/v1/library/search?q=a&limit=5&after=${first.next}`)).json;
    assert.notEqual(second.passages[0].passage, first.passages[0].passage);
    assert.equal((await call('GET', '/api/v1/library/search?q=stairwell')).json.next, null);
    await refused('GET', '/api/v1/library/search', undefined, 400, 'BAD_REQUEST');
    await refused('GET', '/api/v1/library/search?q=a&limit=0', undefined, 400, 'BAD_REQUEST');
    await refused('GET', '/api/v1/library/search?q=a&limit=', undefined, 400, 'BAD_REQUEST');
    await refused('GET', '/api/v1/library/search?q=a&colour=red', undefined, 400, 'BAD_REQUEST');
    await refused('GET', '/api/v1/library/search?q=a&q=b', undefined, 400, 'BAD_REQUEST');
  });

  it('shows a passage', async () => {
    assert.equal((await call('GET', '/api/v1/library/passages/p8')).json.title, 'Static Bloom');
    await refused('GET', '/api/v1/library/passages/p800', undefined, 404, 'NO_SUCH_PASSAGE');
    await refused('GET', '/api/v1/library/passages/eight', undefined, 404, 'NO_SUCH_PASSAGE');
  });

  it('sends art that may be kept', async () => {
    const { status, headers } = await call('GET', '/api/v1/art/a1');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'image/png');
    assert.match(headers.get('cache-control') ?? '', /immutable/);
    await refused('GET', '/api/v1/art/a99', undefined, 404, 'NOT_FOUND');
    await refused('GET', '/api/v1/art/..%2Fsegue.db', undefined, 404, 'NOT_FOUND');
  });

  it('pages through history', async () => {
    const first = (await call('GET', '/api/v1/history?limit=1')).json;
    assert.match(first.next, /^h\d+$/);
    const older = (await call('GET', `/api/v1/history?limit=100&before=${first.next}`)).json;
    assert.equal(older.next, null);
    assert.ok(older.plays.every((play: Json) => play.play !== first.plays[0].play));
    await refused('GET', '/api/v1/history?before=12', undefined, 400, 'BAD_REQUEST');
  });

  it('says why, in words and in facts', async () => {
    const { json } = await call('GET', '/api/v1/why/current');
    assert.equal(json.entry, `e${radio.current?.entry}`);
    assert.match(json.sentence, /evening/);
    assert.equal(json.facts.candidates[0].passage, json.passage);
    assert.equal(json.facts.candidates[1].title, 'Paper Boats');
    await refused('GET', '/api/v1/why/e777', undefined, 404, 'NO_SUCH_ENTRY');
    await refused('GET', '/api/v1/why/seven', undefined, 404, 'NO_SUCH_ENTRY');
  });
});

describe('envelope', () => {
  it('shows the file in spans and the passage in it', async () => {
    const { status, json } = await call('GET', '/api/v1/passages/p1/envelope');
    assert.equal(status, 200);
    assert.deepEqual(json, {
      passage: 'p1',
      fileMs: 4000,
      spanMs: 2,
      peaks: [0.5, 0.25],
      rms: [0.3, 0.1],
      points: {
        startMs: 0,
        fadeInMs: null,
        leadInMs: null,
        leadOutMs: null,
        fadeOutMs: null,
        endMs: 10_000,
      },
    });
  });

  it('says what is not there, and what cannot be read', async () => {
    for (const id of ['p999', 'x', 'e1'])
      await refused('GET', `/api/v1/passages/${id}/envelope`, undefined, 404, 'NO_SUCH_PASSAGE');
    for (const [code, status] of [
      ['FILE_GONE', 404],
      ['UNREADABLE', 422],
      ['BUSY', 409],
      ['UNAVAILABLE', 503],
    ] as const) {
      const failing = await startFakeServer({
        ports: { envelope: async () => ({ error: code, message: 'Some words that help.' }) },
      });
      const answer = await fetch(`${failing.url}/api/v1/passages/p1/envelope`);
      await failing.close();
      assert.equal(answer.status, status);
      assert.equal(((await answer.json()) as Json).error.code, code);
    }
  });

  it('ends the work when its client leaves', async () => {
    let said: AbortSignal | null = null;
    const slow = await startFakeServer({
      ports: {
        envelope: (_path, signal) =>
          new Promise((resolve) => {
            said = signal;
            signal.addEventListener('abort', () => resolve({ error: 'UNAVAILABLE', message: 'left' }));
          }),
      },
    });
    const leaving = new AbortController();
    const asked = fetch(`${slow.url}/api/v1/passages/p1/envelope`, { signal: leaving.signal });
    const signalOf = () => said as AbortSignal | null;
    while (signalOf() === null) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(signalOf()?.aborted, false);
    leaving.abort();
    await assert.rejects(asked);
    while (!signalOf()?.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
    await slow.close();
  });
});

describe('upkeep', () => {
  it('imports', async () => {
    assert.equal((await call('POST', '/api/v1/import', {})).status, 202);
    assert.deepEqual((await call('POST', '/api/v1/import', { path: '/music' })).json, { job: 3 });
    await refused('POST', '/api/v1/import', { path: '/nowhere' }, 400, 'NOT_A_FOLDER');
    assert.deepEqual((await call('POST', '/api/v1/import/3/cancel')).json, { job: 3, cancelled: true });
    await refused('POST', '/api/v1/import/x/cancel', {}, 404, 'NOT_FOUND');
    const { json } = await call('GET', '/api/v1/import');
    assert.equal(json.status, null);
    assert.equal(json.failures[0].path, 'notes.mp3');
  });

  it('shows and changes settings', async () => {
    const { json } = await call('PUT', '/api/v1/settings', { crossfade_s: 4 });
    assert.equal(json.settings.find((row: Json) => row.key === 'crossfade_s').value, 4);
    await refused('PUT', '/api/v1/settings', { crossfades: 4 }, 404, 'UNKNOWN_SETTING');
    const { details } = await refused('PUT', '/api/v1/settings', { crossfade_s: 'x' }, 400, 'BAD_VALUE');
    assert.deepEqual(details, { key: 'crossfade_s', alreadySet: [] });
    await refused('PUT', '/api/v1/settings', '[1]', 400, 'BAD_REQUEST');
  });

  it('shows timeslots, devices and audio counters', async () => {
    assert.equal((await call('GET', '/api/v1/timeslots')).json.timeslots[0].start, '18:30');
    assert.equal((await call('GET', '/api/v1/devices')).json.devices[0].name, 'USB DAC');
    assert.equal((await call('GET', '/api/v1/memory')).json.parts[0].part, 'Node');
    const meters = (await call('GET', '/api/v1/audio/meters')).json;
    assert.equal(meters.voices[0].entry, 1);
    const audio = (await call('GET', '/api/v1/audio')).json;
    assert.equal(audio.counters.worstCallbackUs, 117);
    assert.equal(audio.meters.channels[0].heldPeak, 0.9);
    assert.deepEqual(Object.keys(audio), ['output', 'callback', 'meters', 'counters', 'snapshot', 'memory']);
  });

  it('answers health with 503 when a check fails', async () => {
    assert.equal((await call('GET', '/api/v1/health')).status, 200);
    radio.health = [{ name: 'audio', ok: false, message: 'The audio clock stands still.' }];
    const { status, json } = await call('GET', '/api/v1/health');
    assert.equal(status, 503);
    assert.equal(json.checks[0].message, 'The audio clock stands still.');
    radio.health = [{ name: 'audio', ok: true, message: 'The audio clock moves.' }];
  });
});

describe('the rules', () => {
  it('are sentences for everybody, with how often and when last', async () => {
    const own = await startFakeServer();
    const { rules } = (await (await fetch(`${own.url}/api/v1/rules/all`)).json()) as Json;
    await own.close();
    assert.deepEqual(rules[0], {
      name: 'AutoSelectWhenQueueLow',
      sentence: 'When too little lies ahead, a passage is chosen, and enqueued.',
      isOwn: false,
      enabled: true,
      fired: 11,
      failed: 0,
      lastAtMs: 1_700_000_000_000,
    });
    assert.deepEqual([rules[1].fired, rules[1].lastAtMs], [0, null]);
    assert.deepEqual([rules[2].isOwn, rules[2].enabled], [true, false]);
  });
});

describe("the developers' door", () => {
  it('shows rules and flows', async () => {
    assert.equal((await call('GET', '/dev/syncs')).json.syncs[0].metrics.activations, 12);
    const { json } = await call('GET', '/dev/syncs/AutoSelectWhenQueueLow/metrics');
    assert.equal(json.activations, 12);
    assert.equal(json.p95_duration_us, 640);
    await refused('GET', '/dev/syncs/Nothing/metrics', undefined, 404, 'NOT_FOUND');
    assert.equal((await call('GET', '/dev/flows?limit=1')).json.flows.length, 1);
    assert.equal((await call('GET', '/dev/flows/b1-42')).json.id, 'b1-42');
    assert.match((await call('GET', '/dev/flows/b1-42?format=dot')).text, /^digraph/);
    assert.match((await call('GET', '/dev/flows/b1-42')).json.tree, /Queue.changed/);
    await refused('GET', '/dev/flows/b1-99', undefined, 404, 'NOT_FOUND');
    await refused('GET', '/dev/flows/b1-99?format=dot', undefined, 404, 'NOT_FOUND');
  });

  it('is closed unless it is opened', async () => {
    const own = await startFakeServer();
    for (const path of [
      '/dev/syncs',
      '/dev/syncs/AutoSelectWhenQueueLow/metrics',
      '/dev/flows',
      '/dev/flows/b1-42',
      '/dev/records/b1-42.0/causes',
      '/dev/records/b1-42.0/effects',
      '/dev/trace',
      '/dev/events/stream',
    ])
      assert.equal((await fetch(`${own.url}${path}`)).status, 403, path);
    await own.close();
  });

  it('finds flows by rule, by what happened and by time, and refuses what makes no sense', async () => {
    const found = async (query: string) => (await call('GET', `/dev/flows?${query}`)).json.flows.length;
    assert.equal(await found('what=Queue.changed&sinceMs=1700000000000&untilMs=1700000000000'), 1);
    assert.equal(await found('what=Queue.enqueue'), 0);
    assert.equal(await found('rule=AutoSelectWhenQueueLow'), 0);
    assert.equal(await found('sinceMs=1700000000001'), 0);
    assert.equal((await call('GET', '/dev/flows')).json.next, null);
    for (const [query, message] of [
      ['what=Queue', /Concept\.action/],
      ['sinceMs=yesterday', /sinceMs must be/],
      ['before=b1', /id of a flow/],
      ['limit=0', /from 1 to 1000/],
      ['since=2', /unknown; known: rule, what/],
      ['sinceMs=5&untilMs=4', /must not lie after/],
    ] as const)
      assert.match(
        (await refused('GET', `/dev/flows?${query}`, undefined, 400, 'BAD_REQUEST')).message,
        message,
      );
  });

  it('walks from a record to its causes and its effects', async () => {
    for (const way of ['causes', 'effects']) {
      const { json } = await call('GET', `/dev/records/b1-42.0/${way}`);
      assert.equal(json.records[0].name, 'Queue.changed');
      assert.equal(json.isCut, false);
      assert.match(json.text, /^b1-42\.0 {2}Queue\.changed \{\}$/);
      assert.match((await call('GET', `/dev/records/b1-42.0/${way}?format=dot`)).text, /^digraph "b1-42\.0"/);
      const { message } = await refused('GET', `/dev/records/b1-43.0/${way}`, undefined, 404, 'NOT_FOUND');
      assert.match(message, /named as in a flow/);
    }
    assert.equal((await call('GET', '/dev/trace')).json.disk.flows, 12_345);
  });

  it('streams flows as they end, to those whom they fit, and makes none for nobody', async () => {
    const flow = (n: number, name: string): EndedFlow & { views: number } => {
      const ended = {
        id: `b1-${n}`,
        startedAtMs: n,
        origin: { door: 'test' as const },
        routine: false,
        names: () => [name],
        compact: () => ({ o: ended.origin, r: [], a: [] }),
        views: 0,
        view() {
          ended.views++;
          const records = [
            {
              id: `b1-${n}.0`,
              type: 'action' as const,
              name,
              input: {},
              output: {},
              rule: null,
              causes: [],
              threw: false,
            },
          ];
          return { ...ended, causedBy: [], causedFlows: [], records, activations: [] };
        },
      };
      return ended;
    };
    const { flowStream } = server;
    const unheard = flow(1, 'Queue.enqueue');
    flowStream.add(unheard);
    assert.equal(unheard.views, 0);
    const ended = new AbortController();
    const response = await fetch(`${server.url}/dev/events/stream?what=Queue.enqueue`, {
      signal: ended.signal,
    });
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal(flowStream.followers(), 1);
    flowStream.add(flow(2, 'Player.pause'));
    flowStream.add(flow(3, 'Queue.enqueue'));
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('data:')) break;
    }
    ended.abort();
    assert.match(text, /^retry: 1000\n\nid: b1-3\nevent: flow\ndata: \{"id":"b1-3"/);
    while (flowStream.followers() > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await refused('GET', '/dev/events/stream?what=x', undefined, 400, 'BAD_REQUEST');
  });

  it('counts for Prometheus', async () => {
    const { text } = await call('GET', '/metrics');
    assert.match(text, /^segue_healthy 1$/m);
    assert.match(text, /^segue_audio_worst_callback_seconds 0.000117$/m);
    assert.match(text, /^segue_audio_callback_seconds_bucket\{le="\+Inf"\} 1000$/m);
    assert.match(text, /^segue_rule_activations_total\{rule="AutoSelectWhenQueueLow"\} 12$/m);
  });
});

describe('who may speak', () => {
  const host = () => `127.0.0.1:${server.port}`;

  it('knows its own names and addresses, and no others', async () => {
    for (const good of [
      'localhost',
      'LOCALHOST:80',
      '192.168.1.7:5720',
      '[::1]:5720',
      'radio.local:5720',
      'radio',
    ])
      assert.equal(await callRaw({ host: good }), 200, good);
    for (const bad of ['evil.example', 'localhost.evil.example', 'radio.local@evil.example', ''])
      assert.notEqual(await callRaw({ host: bad }), 200, bad);
    assert.equal(await callRaw({ host: 'evil.example:5720' }), 403);
  });

  it('refuses other origins, for reading too, and never allows them', async () => {
    assert.equal(await callRaw({ host: host(), origin: `http://${host()}` }), 200);
    assert.equal(await callRaw({ host: host(), origin: 'http://evil.example' }), 403);
    assert.equal(await callRaw({ host: host(), origin: 'null' }), 403);
    const { headers } = await call('GET', '/api/v1/status', undefined, { origin: server.url });
    assert.equal(headers.get('access-control-allow-origin'), null);
  });

  it('wants JSON where something changes', async () => {
    const post = (headers: Record<string, string>) =>
      callRaw({ host: host(), ...headers }, 'POST', '/api/v1/play');
    assert.equal(await post({}), 415);
    assert.equal(await post({ 'content-type': 'text/plain' }), 415);
    assert.equal(await post({ 'content-type': 'application/json; charset=utf-8' }), 200);
    const foreign = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    assert.equal(await post(foreign), 403);
  });

  it('takes at most 1 MiB, and only JSON', async () => {
    const big = JSON.stringify({ passage: 'x'.repeat(1024 * 1024) });
    await refused('POST', '/api/v1/queue', big, 413, 'TOO_LARGE');
    await refused('POST', '/api/v1/queue', '{"passage":', 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/play', { loud: true }, 400, 'BAD_REQUEST');
  });

  it('knows its routes and methods', async () => {
    await refused('GET', '/api/v1/nothing', undefined, 404, 'NOT_FOUND');
    await refused('GET', '/api/v1/library/passages/%', undefined, 404, 'NOT_FOUND');
    const wrong = await call('GET', '/api/v1/skip');
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'POST');
  });

  it('says that a mistake of ours is one, and tells only the log', async () => {
    radio.answer('Timeslots.all', () => {
      throw new Error('secret detail');
    });
    const { message } = await refused('GET', '/api/v1/timeslots', undefined, 500, 'INTERNAL');
    radio.answers.delete('Timeslots.all');
    assert.ok(!message.includes('secret'));
    assert.ok(server.logged.some((line) => line.includes('secret detail')));
  });

  it('says what to do while the panel is not built', async () => {
    const { status, text } = await call('GET', '/');
    assert.equal(status, 503);
    assert.match(text, /npm run build/);
  });
});

describe("the owner's rules", () => {
  it('are listed, checked, tried out and switched', async () => {
    const { json } = await call('GET', '/api/v1/rules');
    assert.equal(json.rules[0].name, 'QuietAfterTen');
    const checked = await call('POST', '/api/v1/rules/check', { text: 'wen: x' });
    assert.deepEqual(checked.json.faults[0], { line: 2, column: 5, message: 'a rule has no "wen"' });
    const tested = await call('POST', '/api/v1/rules/test', { name: 'QuietAfterTen', hours: 24 });
    assert.equal(tested.json.tests[0].matched, 3);
    const off = await call('PUT', '/api/v1/rules/QuietAfterTen', { enabled: false });
    assert.deepEqual(off.json, { name: 'QuietAfterTen', enabled: false });
  });

  it('refuse what is neither text nor name, and what is not there', async () => {
    await refused('POST', '/api/v1/rules/test', {}, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/rules/test', { text: 'a', name: 'b' }, 400, 'BAD_REQUEST');
    await refused('POST', '/api/v1/rules/test', { name: 'b' }, 404, 'NO_SUCH_RULE');
    await refused('PUT', '/api/v1/rules/Nobody', { enabled: true }, 404, 'NO_SUCH_RULE');
    await refused('PUT', '/api/v1/rules/QuietAfterTen', { enabled: 'yes' }, 400, 'BAD_REQUEST');
  });
});

describe("the owner's scripts", () => {
  it('are listed and switched', async () => {
    assert.equal((await call('GET', '/api/v1/scripts')).json.scripts[0].enabled, true);
    const off = await call('PUT', '/api/v1/scripts/party.lua', { enabled: false });
    assert.deepEqual(off.json, { file: 'party.lua', enabled: false });
    await refused('PUT', '/api/v1/scripts/nobody.lua', { enabled: false }, 404, 'NO_SUCH_SCRIPT');
  });
});

describe('/x/', () => {
  it('hands a request to the scripts, with what they may ask of it', async () => {
    const { status, json } = await call('POST', '/x/party/a%20b?n=1&n=2', { volume: 1 });
    assert.equal(status, 200);
    assert.deepEqual(json, {
      method: 'POST',
      path: '/x/party/a%20b',
      query: { n: '1' },
      type: 'application/json',
      body: { value: { volume: 1 } },
    });
    const broken = await call('POST', '/x/party', '{');
    assert.deepEqual(broken.json.body.refuse, 400);
    assert.deepEqual((await call('GET', '/x/party')).json.body, { value: {} });
  });

  it('refuses what is not JSON, too large, or from another site, before any script sees it', async () => {
    assert.equal((await call('POST', '/x/party', 'a=1', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await call('POST', '/x/party', `"${'x'.repeat(1024 * 1024)}"`)).status, 413);
    assert.equal((await call('POST', '/x/party', {}, { origin: 'http://evil.example' })).status, 403);
  });
});
