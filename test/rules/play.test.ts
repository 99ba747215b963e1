// What sounds follows the queue, and the queue follows what sounds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndReason } from '../../sync/vocabulary/player.ts';
import { playableOf, type StubAppliance, stubAppliance } from '../support/stub-appliance.ts';

const by = { door: 'test' } as const;

async function withQueue(passages: number[]): Promise<StubAppliance> {
  const stub = stubAppliance();
  stub.settings.autoplay = false;
  await stub.engine.run('Queue', 'enqueue', { passages, where: 'end', source: 'person' }, by);
  await stub.settle();
  return stub;
}

function voiceStarts(stub: StubAppliance, entry: number): Promise<void> {
  stub.player.entry = entry;
  stub.player.prepared = null;
  const passage = stub.queue.find((each) => each.entry === entry)?.passage ?? 0;
  stub.engine.emit('Player', 'voiceStarted', {
    entry,
    passage,
    frame: 0,
    atMs: 1,
    positionMs: 0,
    resumed: false,
  });
  return stub.settle();
}

function voiceEnds(stub: StubAppliance, entry: number, reason: EndReason, heard: boolean): Promise<void> {
  const passage = stub.queue.find((each) => each.entry === entry)?.passage ?? 0;
  if (stub.player.entry === entry) stub.player.entry = null;
  stub.engine.emit('Player', 'voiceEnded', {
    entry,
    passage,
    reason,
    heardMs: 5,
    durationMs: 60_000,
    heard,
    atMs: 2,
  });
  return stub.settle();
}

const entries = (stub: StubAppliance) => stub.queue.map((each) => each.entry);

describe('start and plan', () => {
  it('hands the first entry over when nothing sounds, paused or not', async () => {
    const stub = await withQueue([5, 6]);
    const [prepared] = stub.of('Player.prepare');
    assert.equal(prepared?.entry, 1);
    assert.deepEqual(prepared?.playable, playableOf(5));
    const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === 'Player.prepare');
    assert.equal(
      flow?.records.find((record) => record.name === 'Player.prepare')?.rule,
      'StartWhenEnqueuedAndPlaying',
    );
  });

  it('plans the next when a voice has started', async () => {
    const stub = await withQueue([5, 6]);
    stub.forget();
    await voiceStarts(stub, 1);
    assert.deepEqual(stub.of('Queue.markSounding'), [{ entry: 1 }]);
    assert.equal(stub.of('Player.prepare').at(-1)?.entry, 2);
  });

  it('passes over what cannot be played, without spinning', async () => {
    const stub = await withQueue([99, 98, 6]);
    assert.deepEqual(entries(stub), [3]);
    assert.deepEqual(
      stub.of('Player.prepare').map((input) => input.entry),
      [3],
    );
  });

  it('hands over again what came too late, once at once and then every second', async () => {
    const stub = await withQueue([]);
    stub.actions['Player.prepare'] = () => ({ error: 'TOO_LATE', message: 'it has begun' });
    await stub.engine.run('Queue', 'enqueue', { passages: [5], where: 'end', source: 'person' }, by);
    await stub.settle();
    assert.equal(stub.of('Player.prepare').length, 2);
    await stub.pass(1000);
    assert.equal(stub.of('Player.prepare').length, 3);
    assert.deepEqual(stub.problems, []);
  });

  it('takes back what is prepared when nothing waits', async () => {
    const stub = await withQueue([5]);
    await stub.engine.run('Queue', 'complete', { entry: 1 }, by);
    await stub.settle();
    assert.deepEqual(stub.of('Player.withdraw'), [{ entry: 1 }]);
    assert.equal(stub.player.prepared, null);
  });
});

describe('the end of a voice', () => {
  it('advances, records, and starts the cooldown of what was heard', async () => {
    const stub = await withQueue([5, 6]);
    await voiceStarts(stub, 1);
    assert.deepEqual(stub.of('History.begin'), [{ entry: 1, passage: 5, atMs: 1 }]);
    await voiceEnds(stub, 1, 'natural', true);
    assert.deepEqual(entries(stub), [2]);
    assert.deepEqual(stub.of('History.end'), [
      { entry: 1, heardMs: 5, heard: true, reason: 'natural', atMs: 2 },
    ]);
    assert.deepEqual(stub.of('Cooldown.recordHeard'), [{ passage: 5, atMs: 2, songsOnly: false }]);
  });

  for (const reason of ['skipped', 'removed'] as const)
    it(`starts the songs' cooldown only when it was ${reason} early`, async () => {
      const stub = await withQueue([5]);
      await voiceStarts(stub, 1);
      await voiceEnds(stub, 1, reason, false);
      assert.deepEqual(stub.of('Cooldown.recordHeard'), [{ passage: 5, atMs: 2, songsOnly: true }]);
    });

  for (const reason of ['natural', 'failed'] as const)
    it(`starts no cooldown when it was ${reason} and not heard, but is recorded`, async () => {
      const stub = await withQueue([5]);
      await voiceStarts(stub, 1);
      await voiceEnds(stub, 1, reason, false);
      assert.deepEqual(stub.of('Cooldown.recordHeard'), []);
      assert.equal(stub.of('History.end')[0]?.heard, false);
      assert.deepEqual(entries(stub), []);
    });

  it('leaves queue and play as they are when the daemon stops', async () => {
    const stub = await withQueue([5]);
    await voiceStarts(stub, 1);
    await voiceEnds(stub, 1, 'stopped', false);
    assert.deepEqual(entries(stub), [1]);
    assert.deepEqual(stub.of('History.end'), []);
    assert.deepEqual(stub.of('Cooldown.recordHeard'), []);
  });

  it('marks what cannot be decoded broken, what is gone missing, and goes on', async () => {
    const stub = await withQueue([5, 6, 7]);
    const failed = { path: '/music/x.flac', message: 'no audio in it' };
    stub.engine.emit('Player', 'voiceFailed', { ...failed, entry: 1, passage: 5, missing: false });
    await stub.settle();
    stub.engine.emit('Player', 'voiceFailed', { ...failed, entry: 2, passage: 6, missing: true });
    await stub.settle();
    assert.deepEqual(stub.of('Library.markBroken'), [{ passage: 5, reason: 'no audio in it' }]);
    assert.deepEqual(stub.of('Library.markMissing'), [{ passage: 6 }]);
    assert.deepEqual(entries(stub), [3]);
    assert.equal(stub.player.prepared, 3);
  });
});

describe('what a person asks', () => {
  const remove = (stub: StubAppliance, entry: number) =>
    stub.engine.request('Queue', 'askRemove', { entry }, ['Queue.remove', 'Player.skip'], by);

  it('removes a waiting entry after the core has given it back, and prepares the one behind it', async () => {
    const stub = await withQueue([5, 6]);
    assert.deepEqual(await remove(stub, 1), { entry: 1, removed: true });
    await stub.settle();
    assert.deepEqual(stub.of('Queue.remove'), [{ entry: 1, coreSays: 'withdrawn' }]);
    assert.equal(stub.player.prepared, 2);
  });

  it('answers TOO_LATE when the core has begun it', async () => {
    const stub = await withQueue([5]);
    stub.actions['Player.withdraw'] = ({ entry }) => ({ entry, outcome: 'tooLate' });
    assert.equal(((await remove(stub, 1)) as { error?: string }).error, 'TOO_LATE');
    assert.deepEqual(entries(stub), [1]);
  });

  it('answers that what is not there was not removed', async () => {
    const stub = await withQueue([5]);
    assert.deepEqual(await remove(stub, 77), { entry: 77, removed: false });
  });

  it('skips what sounds, and refuses what is fading out', async () => {
    const stub = await withQueue([5, 6]);
    await voiceStarts(stub, 1);
    stub.actions['Player.skip'] = () => ({ skipped: 1, throttled: false });
    assert.deepEqual(await remove(stub, 1), { skipped: 1, throttled: false });
    assert.deepEqual(stub.of('Player.skip'), [{ reason: 'removed' }]);
    stub.forget();
    stub.player.entry = 2;
    assert.equal(((await remove(stub, 1)) as { error?: string }).error, 'TOO_LATE');
    assert.deepEqual(stub.of('Player.skip'), []);
  });

  it('moves, and hands over again what could not be moved after all', async () => {
    const stub = await withQueue([5, 6]);
    const move = (entry: number) =>
      stub.engine.request('Queue', 'askMove', { entry, where: 'end' }, ['Queue.move'], by);
    assert.deepEqual(await move(2), { entry: 2 });
    assert.deepEqual(stub.of('Queue.move'), [{ entry: 2, where: 'end', coreSays: 'notLoaded' }]);
    stub.actions['Queue.move'] = () => ({ error: 'NO_SUCH_ENTRY', message: 'gone' });
    assert.equal(((await move(1)) as { error?: string }).error, 'NO_SUCH_ENTRY');
    await stub.settle();
    assert.equal(stub.player.prepared, 1);
  });

  it('clears what waits, but not what the core has just begun', async () => {
    const stub = await withQueue([5, 6, 7]);
    stub.actions['Player.withdraw'] = ({ entry }) => ({ entry, outcome: 'tooLate' });
    assert.deepEqual(await stub.engine.request('Queue', 'askClear', {}, ['Queue.clear'], by), { removed: 2 });
    assert.deepEqual(entries(stub), [1]);
  });

  it('clears an empty queue too', async () => {
    const stub = await withQueue([]);
    assert.deepEqual(await stub.engine.request('Queue', 'askClear', {}, ['Queue.clear'], by), { removed: 0 });
    assert.deepEqual(stub.of('Player.withdraw'), []);
  });
});

describe('after a crash', () => {
  it('the file is marked, its entries leave the queue, and a play of it that was open has failed', async () => {
    const stub = await withQueue([5, 6, 5]);
    await voiceStarts(stub, 1);
    stub.queries['Library.passagesAt'] = ({ path }) => (path === '/music/5.flac' ? [{ passage: 5 }] : []);
    stub.forget();
    const crash = { path: '/music/5.flac', reason: 'Reading it crashed Segue.', atMs: 7 };
    stub.engine.emit('Appliance', 'crashedOn', crash);
    await stub.settle();
    assert.deepEqual(stub.of('Library.markBroken'), [{ passage: 5, reason: crash.reason }]);
    assert.deepEqual(entries(stub), [2]);
    const failed = { heardMs: 0, heard: false, reason: 'failed', atMs: 7 };
    assert.deepEqual(stub.of('History.end'), [
      { entry: 1, ...failed },
      { entry: 3, ...failed },
    ]);
  });
});
