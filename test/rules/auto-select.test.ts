// What keeps the radio going: the refill, its ends, and what stops and resumes it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stubAppliance } from '../support/stub-appliance.ts';

const start = async () => {
  const stub = stubAppliance();
  stub.engine.emit('Appliance', 'started', { firstStart: false });
  await stub.settle();
  return stub;
};

describe('AutoSelectWhenQueueLow', () => {
  it('fills the queue one selection a flow, each knowing its cause, and stops', async () => {
    const stub = await start();
    assert.deepEqual(
      stub.queue.map((each) => each.passage),
      [1, 2, 3],
    );
    assert.equal(stub.of('Director.select').length, 3);
    const flows = stub.engine.trace.findFlowsOf((record) => record.name === 'Director.select');
    assert.equal(flows.length, 3);
    for (const flow of flows)
      assert.equal(flow.records.filter((record) => record.name === 'Director.select').length, 1);
    const enqueue = flows[0]?.records.find((record) => record.name === 'Queue.enqueue');
    const path = stub.engine.trace.pathToRoot(enqueue?.id ?? '').map((record) => record.name);
    assert.equal(path.at(-1), 'Appliance.started');
    assert.equal(path.filter((name) => name === 'Queue.changed').length, 2);
    assert.deepEqual(stub.problems, []);
  });

  it('aims at the time at which the queue runs out, and must play only when nothing waits', async () => {
    const stub = await start();
    const selects = stub.of('Director.select');
    assert.deepEqual(
      selects.map((input) => [Number(input.targetAtMs) - 1_700_000_000_000, input.mustPlay]),
      [
        [0, true],
        [60_000, false],
        [120_000, false],
      ],
    );
    assert.deepEqual(selects[2]?.queued, [1, 2]);
    assert.deepEqual(stub.of('Queue.enqueue')[0], {
      passages: [1],
      where: 'end',
      source: 'auto',
      selection: 1001,
    });
  });

  it('does not spin when nothing is left, and asks again on the next change', async () => {
    const stub = stubAppliance();
    stub.library = [];
    stub.engine.emit('Appliance', 'started', { firstStart: true });
    await stub.settle();
    assert.equal(stub.of('Director.select').length, 1);
    assert.equal(stub.of('Queue.enqueue').length, 0);
    stub.library = [7, 8, 9, 10, 11, 12, 13];
    stub.engine.emit('Library', 'changed', { passages: 7 });
    await stub.settle();
    assert.deepEqual(
      stub.queue.map((each) => each.passage),
      [7, 8, 9],
    );
  });

  it('stops when half of what is eligible is queued', async () => {
    const stub = stubAppliance();
    stub.library = [1, 2];
    stub.engine.emit('Appliance', 'started', { firstStart: true });
    await stub.settle();
    assert.equal(stub.queue.length, 1);
  });

  it('obeys autoplay absolutely, and goes on when it is turned on', async () => {
    const stub = stubAppliance();
    stub.settings.autoplay = false;
    stub.engine.emit('Appliance', 'started', { firstStart: false });
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    assert.equal(stub.of('Director.select').length, 0);
    await stub.engine.run('Settings', 'set', { key: 'autoplay', value: true }, { door: 'test' });
    await stub.settle();
    assert.equal(stub.queue.length, 3);
  });

  it('chooses nothing while paused after failures, and goes on when somebody acts', async () => {
    const stub = stubAppliance();
    let paused = true;
    stub.queries['Director.state'] = () => [{ paused, reason: null, freeAtMs: null }];
    stub.actions['Director.resumeAfterFailures'] = () => {
      paused = false;
      return { wasPaused: true };
    };
    stub.engine.emit('Appliance', 'started', { firstStart: false });
    await stub.settle();
    assert.equal(stub.of('Director.select').length, 0);
    await stub.engine.run('Player', 'play', {}, { door: 'test' });
    await stub.settle();
    assert.equal(stub.queue.length, 3);
  });

  it('counts each file that fails', async () => {
    const stub = stubAppliance();
    const failed = { entry: 1, passage: 5, path: '/music/5.flac', missing: false, message: 'no audio in it' };
    stub.engine.emit('Player', 'voiceFailed', failed);
    await stub.settle();
    assert.deepEqual(stub.of('Director.noteFailure'), [{ passage: 5 }]);
  });
});

describe('after an import', () => {
  it('reloads at once, then at most every two seconds, the last time for sure', async () => {
    const stub = stubAppliance();
    for (let batch = 0; batch < 5; batch++) {
      stub.engine.emit('Library', 'changed', { passages: batch });
      await stub.settle();
    }
    assert.equal(stub.of('Director.reload').length, 1);
    await stub.pass(2000);
    assert.equal(stub.of('Director.reload').length, 2);
    await stub.pass(10_000);
    assert.equal(stub.of('Director.reload').length, 2);
  });

  it('ensures the starter set, and scans at the start', async () => {
    const stub = await start();
    assert.deepEqual(stub.of('Import.start'), [{}]);
    stub.engine.emit('Import', 'finished', {
      job: 1,
      state: 'done',
      found: 2,
      done: 2,
      foundBytes: 2_000_000,
      doneBytes: 2_000_000,
      bytesPerS: null,
      leftMs: null,
      added: 2,
      failed: 0,
      current: null,
      message: null,
    });
    await stub.settle();
    assert.equal(stub.of('Timeslots.ensureStarterSet').length, 1);
  });
});

describe('TakeRepeatBackWhenLibraryGrows', () => {
  it('takes a repeat of what sounds back once more is known, and nothing else', async () => {
    const stub = stubAppliance();
    stub.settings.autoplay = false;
    const waiting = (entry: number, passage: number, source: 'auto' | 'person') => ({
      entry,
      passage,
      source,
      selection: null,
      state: 'waiting' as const,
      durationMs: 60_000,
    });
    stub.queries['Player.status'] = () => [{ ...stub.player, entry: 10, passage: 1 }];
    stub.queries['Queue.entries'] = () => [
      waiting(11, 1, 'auto'),
      waiting(12, 1, 'person'),
      waiting(13, 2, 'auto'),
    ];
    stub.actions['Director.reload'] = () => ({ passages: 27 });
    await stub.engine.run('Director', 'reload', {}, { door: 'test' });
    await stub.settle();
    assert.deepEqual(
      stub.of('Queue.askRemove').map(({ entry }) => entry),
      [11],
    );
  });
});

describe('CalibrateWhenLibraryGrows', () => {
  const finished = (state: 'done' | 'cancelled') =>
    ({
      ...{ job: 1, state, found: 2, done: 2, foundBytes: 2, doneBytes: 2, bytesPerS: null, leftMs: null },
      ...{ added: 2, failed: 0, current: null, message: null },
    }) as const;

  it('looks after an import that came to its end, and knows why', async () => {
    const stub = stubAppliance();
    stub.engine.emit('Import', 'finished', finished('cancelled'));
    await stub.settle();
    assert.equal(stub.of('Library.calibrate').length, 0);
    stub.engine.emit('Import', 'finished', finished('done'));
    await stub.settle();
    assert.equal(stub.of('Library.calibrate').length, 1);
    const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === 'Library.calibrate');
    const record = flow?.records.find(({ name }) => name === 'Library.calibrate');
    assert.equal(record?.rule, 'CalibrateWhenLibraryGrows');
    const path = stub.engine.trace.pathToRoot(record?.id ?? '').map(({ name }) => name);
    assert.deepEqual(path, ['Library.calibrate', 'Import.finished']);
  });

  it('takes step after step until the library says no more', async () => {
    const stub = stubAppliance();
    let left = 3;
    stub.actions['Library.calibrate'] = () => {
      left -= 1;
      if (left > 0) stub.engine.emit('Library', 'calibrationGoesOn', { version: 2 });
      return { version: 2, passages: 200, done: left === 0 };
    };
    stub.engine.emit('Appliance', 'started', { firstStart: false });
    await stub.settle();
    assert.equal(stub.of('Library.calibrate').length, 3);
    assert.deepEqual(stub.problems, []);
  });
});
