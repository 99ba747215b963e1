// Routes of the HTTP adapter over the fake radio and a real socket: envelopes, settings, imports, the list of rules.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FakeRadio } from '../../support/fake-radio.ts';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo, type Json } from '../../support/http-calls.ts';

let server: FakeServer;
let radio: FakeRadio;
const { call, refused } = callsTo(() => server);

before(async () => {
  server = await startFakeServer({ isDevOpen: true });
  radio = server.radio;
});
beforeEach(() => {
  radio.calls.length = 0;
});
after(() => server.close());

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
