// The routes of the sleep timer and the alarms, over the real concepts and a real socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { callsTo } from '../../support/http-calls.ts';

let server: FakeServer;
before(async () => {
  server = await startFakeServer();
});
after(() => server.close());
const { call, refused } = callsTo(() => server);
const ask = async (method: string, path: string, body?: object) => {
  const { status, json } = await call(method, `/api/v1${path}`, body);
  return { status, json };
};

test('a sleep timer is set, told by the status, and ended', async () => {
  const { nowMs } = server.radio;
  const expected = { setAtMs: nowMs, untilMs: nowMs + 2_700_000, leftMs: 2_700_000 };
  const set = await ask('POST', '/sleep', { durationS: 2700 });
  assert.deepEqual([set.status, set.json], [200, { sleep: expected }]);
  assert.deepEqual((await ask('GET', '/status')).json.sleep, expected);
  assert.deepEqual((await ask('DELETE', '/sleep')).json, { cancelled: true });
  assert.deepEqual((await ask('DELETE', '/sleep')).json, { cancelled: false });
  assert.equal((await ask('GET', '/status')).json.sleep, null);
  await refused('POST', '/api/v1/sleep', { durationS: 59 }, 400, 'BAD_REQUEST');
  await refused('POST', '/api/v1/sleep', { durationS: 86_401 }, 400, 'BAD_REQUEST');
});

test('an alarm: what is not said is as most people want it', async () => {
  // It is Friday, 19:30 UTC.
  const { status, json } = await ask('POST', '/alarms', { time: '6:45' });
  const alarm = {
    alarm: 'w1',
    time: '06:45',
    weekdays: [],
    timeslot: null,
    volume: null,
    rampS: 60,
    enabled: true,
    nextMs: Date.UTC(2026, 10, 21, 6, 45),
  };
  assert.deepEqual([status, json], [201, { alarm }]);
  assert.deepEqual((await ask('GET', '/alarms')).json, { alarms: [alarm] });
  assert.deepEqual((await ask('GET', '/status')).json.alarm, { alarm: 'w1', atMs: alarm.nextMs });
});

test('what is changed is changed, and the rest stays', async () => {
  const days = { weekdays: ['mon', 'sun', 'mon'], timeslot: 'morning', volume: 0.4, rampS: 0 };
  const all = (await ask('PUT', '/alarms/w1', days)).json.alarm;
  assert.deepEqual(
    [all.time, all.weekdays, all.timeslot, all.volume, all.rampS],
    ['06:45', ['sun', 'mon'], 'morning', 0.4, 0],
  );
  assert.equal(all.nextMs, Date.UTC(2026, 10, 22, 6, 45));
  const none = { time: '23:59', timeslot: null, volume: null, enabled: false };
  const off = (await ask('PUT', '/alarms/w1', none)).json.alarm;
  assert.deepEqual(
    [off.time, off.timeslot, off.volume, off.enabled, off.nextMs],
    ['23:59', null, null, false, null],
  );
  assert.equal((await ask('GET', '/status')).json.alarm, null);
});

test('removed it is gone, and gone it is not there', async () => {
  assert.deepEqual((await ask('DELETE', '/alarms/w1')).json, { removed: true });
  assert.deepEqual((await ask('DELETE', '/alarms/w1')).json, { removed: false });
  await refused('PUT', '/api/v1/alarms/w1', { enabled: true }, 404, 'NO_SUCH_ALARM');
  await refused('PUT', '/api/v1/alarms/1', { enabled: true }, 404, 'NO_SUCH_ALARM');
  await refused('DELETE', '/api/v1/alarms/e1', undefined, 404, 'NO_SUCH_ALARM');
});

test('every fault of a request is said', async () => {
  for (const body of [
    {},
    { time: '24:00' },
    { time: '7' },
    { time: '07:00', weekdays: ['monday'] },
    { time: '07:00', volume: 40 },
    { time: '07:00', rampS: 1801 },
    { time: '07:00', timeslot: '' },
    { time: '07:00', mood: 'morning' },
  ])
    await refused('POST', '/api/v1/alarms', body, 400, 'BAD_REQUEST');
});
