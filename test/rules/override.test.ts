// A mood that a person asks for: what is chosen for it, what gives way, what stays, and how it ends.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StubAppliance, stubAppliance } from '../support/stub-appliance.ts';

const by = { door: 'test' } as const;
const flavor = { 'local.energy': { high: 0.9, low: 0.1 } };
const HOUR = 3_600_000;

/** A queue of automatic entries, the first of which sounds, and an Override that knows what it was told. */
async function radio(options: { sounding?: 'auto' | 'person' } = {}) {
  const stub = stubAppliance();
  stub.settings.autoplay = false;
  const held = { name: null as string | null, lead: null as number | null, canBegin: false };
  Object.assign(stub.queries, {
    'Library.flavor': ({ passage }: { passage: number }) =>
      stub.library.includes(passage) ? [{ title: `Title ${passage}`, flavor }] : [],
    'Timeslots.flavorOf': ({ name }: { name: string }) => (name === 'night' ? [{ name, flavor }] : []),
    'Override.at': () => (held.name === null ? [] : [{ name: held.name, flavor }]),
    'Override.lead': () => (held.name === null || held.lead === null ? [] : [{ entry: held.lead }]),
    'Queue.staying': () => [{ passages: stub.queue.slice(0, 1).map(({ passage }) => passage) }],
    'Player.next': () =>
      stub.player.prepared === null ? [] : [{ entry: stub.player.prepared, canBegin: held.canBegin }],
  });
  Object.assign(stub.actions, {
    'Override.set': ({ name }: { name: string }) => {
      held.name = name;
      held.lead = null;
      stub.engine.emit('Override', 'changed', { name, untilMs: 1, reason: 'set' });
      stub.engine.emit('Override', 'leadWanted', { name, flavor });
      return { name };
    },
    'Override.refuse': ({ reason }: { reason: string }) => ({ error: reason, message: 'no' }),
    'Override.noteLead': ({ entry }: { entry: number | null }) => {
      held.lead = entry;
      return { entry };
    },
    'Override.loseLead': ({ entry }: { entry: number }) => {
      held.lead = null;
      stub.engine.emit('Override', 'leadWanted', { name: held.name ?? '', flavor });
      return { entry };
    },
  });
  const enqueue = (passages: number[], source: 'auto' | 'person') =>
    stub.engine.run('Queue', 'enqueue', { passages, where: 'end', source }, by);
  await enqueue([1], options.sounding ?? 'auto');
  await starts(stub, 1);
  await enqueue([2, 3], 'auto');
  await stub.settle();
  stub.settings.autoplay = true;
  stub.forget();
  return { stub, held, enqueue };
}

function starts(stub: StubAppliance, entry: number): Promise<void> {
  Object.assign(stub.player, { entry, prepared: null });
  const passage = stub.queue.find((each) => each.entry === entry)?.passage ?? 0;
  const more = { frame: 0, atMs: 1, positionMs: 0, resumed: false };
  stub.engine.emit('Player', 'voiceStarted', { entry, passage, ...more });
  return stub.settle();
}

async function ask(stub: StubAppliance, passage = 5, name: string | null = 'party') {
  const input = { passage, durationMs: HOUR, name };
  const answer = await stub.engine.request(
    'Override',
    'askLikePassage',
    input,
    ['Override.set', 'Override.refuse'],
    by,
  );
  await stub.settle();
  return answer as { error?: string; name?: string };
}

const buffered = async (stub: StubAppliance, entry: number) => {
  stub.player.prepared = entry;
  stub.engine.emit('Player', 'buffered', { entry });
  await stub.settle();
};

/** Names of what ran, of these concepts. */
const order = (stub: StubAppliance, ...names: string[]) =>
  stub.did.map(({ name }) => name).filter((name) => names.includes(name));

describe('what it is like', () => {
  it('is the flavor of a passage, under its title or the name that was given', async () => {
    const { stub } = await radio();
    assert.equal((await ask(stub, 5, null)).name, 'Title 5');
    assert.equal((await ask(stub, 5, 'party')).name, 'party');
    assert.deepEqual(stub.of('Override.set')[1], {
      name: 'party',
      kind: 'passage',
      passage: 5,
      flavor,
      durationMs: HOUR,
    });
  });

  it('is the flavor of a timeslot', async () => {
    const { stub } = await radio();
    const slot = (timeslot: string) =>
      stub.engine.request(
        'Override',
        'askLikeTimeslot',
        { timeslot, durationMs: HOUR, name: null },
        ['Override.set', 'Override.refuse'],
        by,
      );
    assert.deepEqual(await slot('night'), { name: 'night' });
    assert.deepEqual(stub.of('Override.set'), [
      { name: 'night', kind: 'timeslot', passage: null, flavor, durationMs: HOUR },
    ]);
    assert.equal(((await slot('noon')) as { error?: string }).error, 'NO_SUCH_TIMESLOT');
  });

  it('of a passage that is not there is refused, and nothing else happens', async () => {
    const { stub } = await radio();
    assert.equal((await ask(stub, 99)).error, 'NO_SUCH_PASSAGE');
    assert.deepEqual(order(stub, 'Override.set', 'Director.select'), []);
  });
});

describe('ReplaceQueueWhenOverrideSet', () => {
  it('chooses for now and for the new target, in front of all that waits; the rest is untouched until that is buffered', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    assert.deepEqual(stub.of('Director.select'), [
      {
        targetAtMs: 1_700_000_000_000,
        queued: [1],
        targetName: 'party',
        target: flavor,
        targetKind: 'override',
        taste: null,
        mustPlay: false,
      },
    ]);
    assert.equal(stub.of('Queue.enqueue')[0]?.where, 'next');
    assert.equal(stub.of('Queue.enqueue')[0]?.source, 'auto');
    assert.equal(held.lead, 4);
    assert.deepEqual(order(stub, 'Queue.dropEarlier', 'Player.crossOver'), []);
  });

  it('then drops what was chosen before, and leads over in two seconds', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    stub.forget();
    await buffered(stub, 4);
    assert.deepEqual(stub.did, [], 'not while it cannot begin');
    held.canBegin = true;
    await buffered(stub, 4);
    assert.deepEqual(order(stub, 'Queue.dropEarlier', 'Player.crossOver'), [
      'Queue.dropEarlier',
      'Player.crossOver',
    ]);
    assert.deepEqual(stub.of('Queue.dropEarlier'), [{ than: 4 }]);
    assert.deepEqual(stub.of('Player.crossOver'), [{ to: 4, fadeMs: 2000 }]);
  });

  it('can be walked back from the crossfade to the person who asked', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    const [chosen] = stub.engine.trace.findFlowsOf((record) => record.name === 'Director.select');
    const select = chosen?.records.find((record) => record.name === 'Director.select');
    assert.equal(select?.rule, 'ReplaceQueueWhenOverrideSet');
    const path = stub.engine.trace.pathToRoot(select?.id ?? '').map((record) => record.name);
    assert.deepEqual(path, [
      'Director.select',
      'Override.leadWanted',
      'Override.set',
      'Override.askLikePassage',
    ]);
    held.canBegin = true;
    await buffered(stub, 4);
    const [crossed] = stub.engine.trace.findFlowsOf((record) => record.name === 'Player.crossOver');
    const cross = crossed?.records.find((record) => record.name === 'Player.crossOver');
    assert.equal(cross?.rule, 'CrossfadeWhenOverrideBuffered');
  });

  it('lets what a person asked for sound to its end; what was chosen goes all the same', async () => {
    const { stub, held } = await radio({ sounding: 'person' });
    await ask(stub);
    held.canBegin = true;
    await buffered(stub, 4);
    assert.deepEqual(stub.of('Queue.dropEarlier'), [{ than: 4 }]);
    assert.deepEqual(stub.of('Player.crossOver'), []);
    stub.forget();
    await starts(stub, 4);
    assert.deepEqual(stub.of('Override.noteLead'), [{ entry: null }]);
    assert.deepEqual(stub.of('Queue.dropEarlier'), [{ than: 4 }]);
  });

  it('waits while paused, and leads over when somebody presses play', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    await buffered(stub, 4);
    assert.deepEqual(stub.of('Player.crossOver'), []);
    held.canBegin = true;
    await stub.engine.run('Player', 'play', {}, by);
    await stub.settle();
    assert.deepEqual(stub.of('Player.crossOver'), [{ to: 4, fadeMs: 2000 }]);
  });

  it('leads over once, whatever asks again', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    held.canBegin = true;
    await buffered(stub, 4);
    stub.forget();
    await starts(stub, 4);
    stub.player.prepared = 2;
    await buffered(stub, 2);
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    assert.deepEqual(stub.of('Player.crossOver'), []);
  });

  it('chooses nothing with autoplay off, and leaves the queue as it is', async () => {
    const { stub } = await radio();
    stub.settings.autoplay = false;
    assert.equal((await ask(stub)).name, 'party');
    assert.deepEqual(order(stub, 'Director.select', 'Queue.enqueue', 'Queue.dropEarlier'), []);
  });

  it('leaves the queue as it is when nothing can be chosen', async () => {
    const { stub, held } = await radio();
    stub.actions['Director.select'] = () => ({ error: 'ALL_IN_COOLDOWN', message: 'nothing' });
    await ask(stub);
    assert.deepEqual([held.lead, stub.queue.length], [null, 3]);
  });

  it('chooses another one when the first cannot be played', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    const failed = { path: '/music/4.flac', missing: false, message: 'no audio in it' };
    stub.engine.emit('Player', 'voiceFailed', { ...failed, entry: 4, passage: 2 });
    await stub.settle();
    assert.equal(stub.of('Director.select').length, 2);
    assert.equal(held.lead, 5);
  });

  it('of a second override replaces the lead of the first', async () => {
    const { stub, held } = await radio();
    await ask(stub);
    await ask(stub, 6, 'dinner');
    assert.equal(held.lead, 5);
    held.canBegin = true;
    await buffered(stub, 5);
    assert.deepEqual(stub.of('Queue.dropEarlier'), [{ than: 5 }]);
  });
});

describe('while it holds, and after', () => {
  it('the target is that of the override where it covers the time, and the timeslot after it', async () => {
    const { stub, held } = await radio();
    held.name = 'party';
    stub.queries['Override.at'] = ({ atMs }) =>
      (atMs as number) < 1_700_000_000_000 + 100_000 ? [{ name: 'party', flavor }] : [];
    stub.queue = [];
    stub.player.entry = null;
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    assert.deepEqual(
      stub.of('Director.select').map(({ targetName, targetKind }) => [targetName, targetKind]),
      [
        ['party', 'override'],
        ['party', 'override'],
        ['evening', 'timeslot'],
      ],
    );
  });

  it('RestoreWhenOverrideExpires ends it when its time is over, at the start too; the queue stays', async () => {
    const { stub } = await radio();
    let over = true;
    stub.queries['Override.over'] = () => (over ? [{ name: 'party' }] : []);
    stub.actions['Override.expire'] = () => {
      over = false;
      return { ended: 'party' };
    };
    stub.engine.emit('Appliance', 'started', { firstStart: false });
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    assert.equal(stub.of('Override.expire').length, 1);
    assert.equal(stub.of('Queue.dropEarlier').length, 0);
    const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === 'Override.expire');
    const record = flow?.records.find(({ name }) => name === 'Override.expire');
    assert.equal(record?.rule, 'RestoreWhenOverrideExpires');
  });

  it('the end is written down anew when the clock was set', async () => {
    const { stub } = await radio();
    stub.queries['Override.shifted'] = () => [{ untilMs: 77 }];
    stub.engine.emit('Appliance', 'halfMinute', { nowMs: 0 });
    await stub.settle();
    assert.deepEqual(stub.of('Override.moveEnd'), [{ untilMs: 77 }]);
  });

  it('everybody connected is told', async () => {
    const { stub } = await radio();
    await stub.pass(1000);
    stub.forget();
    await ask(stub);
    await stub.pass(50);
    assert.ok(stub.of('Panel.broadcast').some(({ topic }) => topic === 'state'));
  });
});
