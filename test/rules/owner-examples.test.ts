// The rules that ship as examples, over the stub appliance: what each does, and that the trace says who did it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readRuleFile } from '../../sync/script/rule-file.ts';
import { type StubAppliance, stubAppliance } from '../support/stub-appliance.ts';

const folder = 'deploy/rules/';
const byTest = { door: 'test' } as const;

/** Local time as a rule sees it. */
const at = (minuteOfDay: number, weekday = 3, month = 6, dayOfMonth = 15) => [
  { minuteOfDay, weekday, month, dayOfMonth, year: 2026 },
];

function withExample(name: string): StubAppliance {
  const stub = stubAppliance();
  const { rules, faults } = readRuleFile(readFileSync(`${folder}${name}.yaml`, 'utf8'));
  assert.deepEqual(faults, []);
  stub.queries['Appliance.localTime'] = () => at(12 * 60);
  stub.register(rules);
  assert.ok('added' in stub.engine.replace(`rules/${name}.yaml`, rules));
  return stub;
}

/** Every run of this action was caused by this rule, and the way back leads to `root`. */
function assertProvenance(stub: StubAppliance, action: string, rule: string, root: string): void {
  const flows = stub.engine.trace.findFlowsOf((record) => record.name === action && record.rule === rule);
  const record = flows
    .flatMap((flow) => flow.records)
    .find((each) => each.name === action && each.rule === rule);
  assert.ok(record, `${action} by ${rule}`);
  assert.equal(stub.engine.trace.pathToRoot(record.id).at(-1)?.name, root);
}

test('every example is read without a fault, under names of their own', () => {
  const files = readdirSync(folder);
  assert.equal(files.length, 6);
  const names = files.flatMap((file) => {
    const { rules, faults } = readRuleFile(readFileSync(`${folder}${file}`, 'utf8'));
    assert.deepEqual(faults, [], file);
    return rules.map(({ definition }) => definition.name);
  });
  assert.equal(new Set(names).size, names.length);
});

test('QuietAfterTen turns down what is too loud at night, and nothing by day', async () => {
  const stub = withExample('quiet-after-ten');
  const turnTo = async (volume: number, now: object[]) => {
    stub.queries['Appliance.localTime'] = () => now;
    await stub.engine.run('Player', 'setVolume', { volume }, byTest);
    await stub.settle();
    return stub.player.volume;
  };
  assert.equal(await turnTo(0.9, at(22 * 60 - 1)), 0.9);
  assert.equal(await turnTo(0.3, at(22 * 60)), 0.3);
  assert.equal(await turnTo(0.9, at(22 * 60)), 0.4);
  assert.equal(await turnTo(0.9, at(5 * 60 + 59)), 0.4);
  assertProvenance(stub, 'Player.setVolume', 'QuietAfterTen', 'Player.setVolume');
  stub.player.volume = 0.9;
  stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
  await stub.settle();
  assert.equal(stub.player.volume, 0.4);
  assert.deepEqual(stub.problems, []);
});

test('HoldSkipsWhenPassageBegins holds skips where a passage begins, not where it goes on', async () => {
  const stub = withExample('no-skip-in-the-first-ten-seconds');
  const started = { entry: 1, passage: 1, frame: 0, atMs: 0, positionMs: 0 };
  stub.engine.emit('Player', 'voiceStarted', { ...started, resumed: true });
  await stub.settle();
  assert.deepEqual(stub.of('Player.holdSkips'), []);
  stub.engine.emit('Player', 'voiceStarted', { ...started, resumed: false });
  await stub.settle();
  assert.deepEqual(stub.of('Player.holdSkips'), [{ forMs: 10_000 }]);
  assertProvenance(stub, 'Player.holdSkips', 'HoldSkipsWhenPassageBegins', 'Player.voiceStarted');
});

test('PauseWhenNobodyIsThere pauses after eight hours alone, and leaves who then presses play in peace', async () => {
  const stub = withExample('pause-when-nobody-is-there');
  const hour = 3_600_000;
  const look = async (aloneMs: number) => {
    stub.queries['Panel.clients'] = () => [{ count: aloneMs > 0 ? 0 : 1, aloneMs }];
    stub.forget();
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    return stub.of('Player.pause').length;
  };
  assert.equal(await look(8 * hour), 0);
  stub.player.playing = false;
  assert.equal(await look(9 * hour), 0);
  stub.player.playing = true;
  assert.equal(await look(8 * hour + 1), 1);
  assertProvenance(stub, 'Player.pause', 'PauseWhenNobodyIsThere', 'Appliance.halfMinute');
  assert.equal(await look(9 * hour), 0);
  await stub.pass(8 * hour);
  assert.equal(await look(17 * hour), 1);
});

test('ChristmasOnlyInDecember sets aside what is called so, but for December', async () => {
  const stub = withExample('christmas-only-in-december');
  stub.queries['Library.matching'] = ({ texts }) => [
    { passages: (texts as string[])[0] === 'christmas' ? [3, 4] : [] },
  ];
  stub.queries['Appliance.localTime'] = () => at(0, 1, 11, 30);
  stub.engine.emit('Appliance', 'started', { firstStart: false }, { door: 'start' });
  await stub.settle();
  assert.deepEqual(stub.of('Director.setAside'), [{ name: 'christmas', passages: [3, 4] }]);
  assertProvenance(stub, 'Director.setAside', 'ChristmasOnlyInDecember', 'Appliance.started');
  stub.forget();
  stub.queries['Appliance.localTime'] = () => at(0, 2, 12, 1);
  stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
  await stub.settle();
  assert.deepEqual(stub.of('Director.setAside'), []);
  await stub.pass(600_000);
  assert.deepEqual(stub.of('Director.setAside'), [{ name: 'christmas', passages: [] }]);
});

test('LouderWhenItIsAParty is louder for an override of that name, and for no other', async () => {
  const stub = withExample('louder-when-it-is-a-party');
  const change = async (name: string | null, reason: 'set' | 'cancelled', volume: number) => {
    stub.player.volume = volume;
    stub.engine.emit('Override', 'changed', { name, untilMs: 1, reason });
    await stub.settle();
    return stub.player.volume;
  };
  assert.equal(await change('dinner', 'set', 0.5), 0.5);
  assert.equal(await change('party', 'set', 0.9), 0.9);
  assert.equal(await change(null, 'cancelled', 0.5), 0.5);
  assert.equal(await change('party', 'set', 0.5), 0.8);
  const notice = stub.of('Panel.broadcast').find(({ topic }) => topic === 'notice');
  assert.deepEqual(notice?.data, { level: 'info', message: 'It is a party.' });
  assertProvenance(stub, 'Player.setVolume', 'LouderWhenItIsAParty', 'Override.changed');
});

test('LikeAfterThreeFullPlays makes likelier what was heard to its end three times', async () => {
  const stub = withExample('like-after-three-full-plays');
  let plays = 2;
  stub.queries['History.ofEntry'] = ({ entry }) => [{ play: 1, entry, passage: 7 }];
  stub.queries['History.fullPlays'] = () => [{ plays }];
  const ends = async (reason: 'natural' | 'skipped') => {
    const input = { entry: 1, heardMs: 9, heard: true, reason, atMs: 0 };
    await stub.engine.run('History', 'end', input, byTest);
    await stub.settle();
    return stub.of('Library.setBase');
  };
  assert.deepEqual(await ends('natural'), []);
  plays = 3;
  assert.deepEqual(await ends('skipped'), []);
  assert.deepEqual(await ends('natural'), [{ passage: 7, base: 2 }]);
  assertProvenance(stub, 'Library.setBase', 'LikeAfterThreeFullPlays', 'History.end');
});
