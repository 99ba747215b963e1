// When another part of the day begins: who is told, and what is left alone. Over the real concept, on a clock by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeslots } from '../../daemon/concepts/timeslots/timeslots.ts';
import { openMemory } from '../support/database.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

function station(zone = 'Europe/Vienna') {
  const stub = stubAppliance();
  const at = { nowMs: Date.parse('2026-03-28T23:30:00Z'), zone };
  const timeslots = createTimeslots({
    db: openMemory(),
    emit: stub.engine.emitter('Timeslots'),
    timeZone: () => at.zone,
  });
  Object.assign(stub.actions, {
    'Timeslots.enter': timeslots.actions.enter,
    'Timeslots.noteSilenced': timeslots.actions.noteSilenced,
  });
  Object.assign(stub.queries, {
    'Timeslots.turn': timeslots.queries.turn,
    'Timeslots.silenced': timeslots.queries.silenced,
    'Appliance.now': () => [{ nowMs: at.nowMs }],
  });
  const slot = (name: string, startMinute: number) => ({
    name,
    startMinute,
    references: [],
    flavor: { mood: { a: 0.5, b: 0.5 } },
    silent: name === 'hush',
  });
  timeslots.actions.replaceAll({ timeslots: [slot('night', 0), slot('morning', 3 * 60)] });
  const look = async (iso: string) => {
    at.nowMs = Date.parse(iso);
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: at.nowMs });
    await stub.settle();
  };
  const told = () =>
    stub.of('Panel.broadcast').flatMap(({ topic, data }) => (topic === 'timeslot' ? [data] : []));
  const hush = () => timeslots.actions.replaceAll({ timeslots: [slot('hush', 0), slot('morning', 3 * 60)] });
  return { stub, at, look, told, hush };
}

test('both names reach everybody connected, once, and the trace has what led to it', async () => {
  const { stub, look, told } = station();
  stub.engine.emit('Appliance', 'started', { firstStart: false });
  await stub.settle();
  assert.deepEqual(told(), [], 'a start announces nothing');
  await look('2026-03-28T23:59:30Z');
  assert.deepEqual(told(), []);
  await look('2026-03-29T01:00:00Z');
  await look('2026-03-29T01:00:30Z');
  assert.deepEqual(told(), [{ from: 'night', to: 'morning' }]);
  const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === 'Timeslots.slotChanged');
  const event = flow?.records.find(({ name }) => name === 'Timeslots.slotChanged');
  assert.deepEqual(event?.input, { from: 'night', to: 'morning' });
  const broadcast = flow?.records.find(
    ({ name, rule }) => name === 'Panel.broadcast' && rule === 'AnnounceTimeslotChange',
  );
  const path = stub.engine.trace.pathToRoot(broadcast?.id ?? '').map(({ name }) => name);
  assert.deepEqual(path, [
    'Panel.broadcast',
    'Timeslots.slotChanged',
    'Timeslots.enter',
    'Appliance.halfMinute',
  ]);
});

test('that the slots were changed is told, once a change', async () => {
  const { stub, hush } = station();
  await stub.settle();
  const times = () => stub.of('Panel.broadcast').filter(({ topic }) => topic === 'timeslots').length;
  const before = times();
  hush();
  await stub.settle();
  assert.equal(times(), before + 1);
});

test('another time zone, or a clock that was set, is announced as well; the queue is left alone', async () => {
  const { stub, at, look, told } = station();
  await look('2026-06-01T10:00:00Z');
  at.zone = 'Pacific/Honolulu';
  stub.engine.emit('Settings', 'changed', { key: 'time_zone', value: at.zone });
  await stub.settle();
  assert.deepEqual(told(), [{ from: 'morning', to: 'night' }]);
  await look('2031-01-01T20:00:00Z');
  assert.deepEqual(told().at(-1), { from: 'night', to: 'morning' });
  assert.deepEqual(stub.of('Queue.dropEarlier'), []);
});

test('the state is told with it, so that every page shows the new one', async () => {
  const { stub, look } = station();
  await look('2026-03-28T23:59:30Z');
  await stub.pass(1000);
  stub.forget();
  await look('2026-03-29T01:00:00Z');
  assert.ok(stub.of('Panel.broadcast').some(({ topic }) => topic === 'state'));
});

test('a silent slot: the music fades out when it begins, and begins again when it ends', async () => {
  const { stub, look, hush } = station();
  hush();
  await look('2026-06-01T21:59:00Z');
  assert.deepEqual(stub.of('Player.fadeOut'), []);
  await look('2026-06-01T22:00:00Z');
  await look('2026-06-01T22:00:30Z');
  assert.deepEqual(stub.of('Player.fadeOut'), [{ overMs: 10_000 }]);
  stub.player.playing = false;
  await look('2026-06-02T00:59:30Z');
  assert.deepEqual(stub.of('Player.fadeIn'), []);
  await look('2026-06-02T01:00:00Z');
  await look('2026-06-02T01:00:30Z');
  assert.deepEqual(stub.of('Player.fadeIn'), [{ overMs: 10_000, volume: null }]);
  assert.deepEqual(stub.problems, []);
});

test('what was paused before stays paused after it; a start within it begins no music', async () => {
  const paused = station();
  paused.hush();
  await paused.look('2026-06-01T21:59:00Z');
  paused.stub.player.playing = false;
  await paused.look('2026-06-01T22:00:00Z');
  await paused.look('2026-06-02T01:00:00Z');
  assert.deepEqual([paused.stub.of('Player.fadeOut'), paused.stub.of('Player.fadeIn')], [[], []]);

  const started = station();
  started.hush();
  started.at.nowMs = Date.parse('2026-06-01T23:00:00Z');
  started.stub.engine.emit('Appliance', 'started', { firstStart: false });
  await started.stub.settle();
  assert.deepEqual(started.stub.of('Player.fadeOut'), [{ overMs: 0 }]);
});

test('who plays something in it has it play, and what they pause stays so', async () => {
  const { stub, look, hush } = station();
  hush();
  await look('2026-06-01T21:59:00Z');
  await look('2026-06-01T22:00:00Z');
  await stub.engine.run('Player', 'play', {}, { door: 'test' });
  await stub.settle();
  stub.player.playing = false;
  await look('2026-06-02T01:00:00Z');
  assert.deepEqual(stub.of('Player.fadeIn'), []);
});
