// Routes of the HTTP adapter, good input and bad, over the fake radio and a real socket: what plays, the queue, the library.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FakeRadio } from '../../support/fake-radio.ts';
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
