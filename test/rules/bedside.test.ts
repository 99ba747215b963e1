// The sleep timer and the alarms: what the music does when their time has come. Over the real concepts, on a clock by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlarms } from '../../daemon/concepts/alarms/alarms.ts';
import { createSleep } from '../../daemon/concepts/sleep/sleep.ts';
import { localTimeAt } from '../../daemon/local-time.ts';
import type { AlarmSetting } from '../../sync/vocabulary/alarms.ts';
import { openMemory } from '../support/database.ts';
import { handClock } from '../support/ports.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

const by = { door: 'test' } as const;
const MINUTE = 60_000;

function bedroom() {
  const stub = stubAppliance();
  const clock = handClock(Date.UTC(2026, 10, 20, 21));
  const db = openMemory();
  const sleep = createSleep({ db, clock, emit: stub.engine.emitter('Sleep') });
  const alarms = createAlarms({
    ...{ db, clock, emit: stub.engine.emitter('Alarms') },
    timeZone: () => 'Etc/UTC',
    wallOf: (zone) => (atMs) => localTimeAt(atMs, zone),
  });
  for (const [concept, { actions, queries }] of Object.entries({ Sleep: sleep, Alarms: alarms })) {
    for (const [name, run] of Object.entries(actions)) stub.actions[`${concept}.${name}`] = run as never;
    for (const [name, ask] of Object.entries(queries)) stub.queries[`${concept}.${name}`] = ask as never;
  }
  const pass = async (ms: number) => {
    clock.pass(ms);
    sleep.tick();
    alarms.tick();
    await stub.settle();
  };
  const wake = (setting: Partial<AlarmSetting>) =>
    stub.engine.run(
      'Alarms',
      'add',
      { minute: 420, weekdays: [], timeslot: null, volume: null, rampMs: MINUTE, enabled: true, ...setting },
      by,
    );
  const of = (name: string) => stub.of(name);
  const moods = () => alarms.queries.all({}).map(({ timeslot }) => timeslot);
  return { stub, pass, wake, of, moods };
}

test('half a minute before its end it fades out, once; then it pauses, and the trace says whose doing it was', async () => {
  const { stub, pass, of } = bedroom();
  await stub.engine.run('Sleep', 'set', { durationMs: 20 * MINUTE }, by);
  await pass(19 * MINUTE);
  assert.deepEqual(of('Player.fadeOut'), []);
  await pass(MINUTE / 2);
  await pass(1000);
  assert.deepEqual(of('Player.fadeOut'), [{ overMs: 30_000 }]);
  assert.deepEqual(of('Player.pause'), []);
  stub.engine.emit('Player', 'fadedOut', { entry: 1 });
  await stub.settle();
  assert.equal(of('Player.pause').length, 1);
  const [flow] = stub.engine.trace.findFlowsOf(({ name }) => name === 'Player.fadeOut');
  const record = flow?.records.find(({ name }) => name === 'Player.fadeOut');
  assert.equal(record?.rule, 'FadeOutWhenSleepTimerIsDue');
  assert.deepEqual(stub.problems, []);
});

test('whoever sets it anew or ends it while the music fades is awake', async () => {
  const { stub, of } = bedroom();
  await stub.engine.run('Sleep', 'set', { durationMs: 20 * MINUTE }, by);
  assert.equal(of('Player.endFadeOut').length, 1);
  await stub.engine.run('Sleep', 'cancel', {}, by);
  await stub.engine.run('Sleep', 'cancel', {}, by);
  assert.equal(of('Player.endFadeOut').length, 3);
  const refused = await stub.engine.run('Sleep', 'set', { durationMs: 1 }, by);
  assert.ok('error' in refused);
  assert.equal(of('Player.endFadeOut').length, 3, 'what was refused changes nothing');
});

test('an alarm begins the music, with its volume and the mood it names', async () => {
  const { stub, pass, wake, of } = bedroom();
  await wake({ timeslot: 'morning', volume: 0.4 });
  await pass(10 * 60 * MINUTE - 1000);
  assert.deepEqual(of('Player.fadeIn'), []);
  await pass(1000);
  await pass(1000);
  assert.deepEqual(of('Player.fadeIn'), [{ overMs: MINUTE, volume: 0.4 }]);
  assert.deepEqual(of('Override.askLikeTimeslot'), [
    { timeslot: 'morning', durationMs: 120 * MINUTE, name: null },
  ]);
  assert.deepEqual(of('Alarms.ring'), [{ alarm: 1 }]);
  assert.deepEqual(stub.problems, []);
});

test('one without a mood asks for none; two of one minute both ring; one that is off does not', async () => {
  const { pass, wake, of } = bedroom();
  await wake({});
  await wake({ rampMs: 0, volume: 1 });
  await wake({ enabled: false });
  await pass(10 * 60 * MINUTE);
  assert.deepEqual(of('Override.askLikeTimeslot'), []);
  assert.deepEqual(of('Player.fadeIn'), [
    { overMs: MINUTE, volume: null },
    { overMs: 0, volume: 1 },
  ]);
});

test('every page is told of both', async () => {
  const { stub, pass, wake } = bedroom();
  await pass(0);
  stub.forget();
  await wake({});
  await stub.pass(100);
  await stub.engine.run('Sleep', 'set', { durationMs: 20 * MINUTE }, by);
  await stub.pass(100);
  assert.equal(stub.of('Panel.broadcast').filter(({ topic }) => topic === 'state').length, 2);
});

test('an alarm keeps the mood of a timeslot that is called otherwise now, also where two have changed names', async () => {
  const { stub, wake, moods } = bedroom();
  for (const timeslot of ['morning', 'Day', 'evening', null]) await wake({ timeslot });
  stub.engine.emit('Timeslots', 'renamed', {
    names: [
      { from: 'morning', to: 'day' },
      { from: 'day', to: 'morning' },
    ],
  });
  await stub.settle();
  assert.deepEqual(moods(), ['day', 'morning', 'evening', null]);
  assert.deepEqual(stub.problems, []);
});
