// What follows when somebody says what they think of the music.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stubAppliance } from '../support/stub-appliance.ts';

const by = { door: 'test' } as const;
const flavor = { happy: { no: 0, yes: 1 } };
const said = { passage: 5, positionMs: null, by: 'ana' };

function radio() {
  const stub = stubAppliance();
  stub.actions['Taste.dislike'] = () => {
    stub.engine.emit('Taste', 'changed', { passage: 5, songs: [5], dislikes: true });
    return { likes: 0, dislikes: 1 };
  };
  const dislike = () => stub.engine.run('Taste', 'dislike', { ...said, forGood: false }, by);
  return { stub, dislike };
}

/** The rule's own effect, and that it came from what a person said. */
function ledFrom(stub: ReturnType<typeof stubAppliance>, effect: string): string | undefined {
  const [flow] = stub.engine.trace.findFlowsOf((record) => record.name === effect);
  const record = flow?.records.find(({ name }) => name === effect);
  return stub.engine.trace.pathToRoot(record?.id ?? '').at(-1)?.name;
}

describe('taste', () => {
  it('ReweighWhenTasteChanges: a dislike counts from the next choice on, a like alone changes no odds', async () => {
    const { stub, dislike } = radio();
    await dislike();
    await stub.settle();
    assert.equal(stub.of('Director.reweigh').length, 1);
    assert.equal(ledFrom(stub, 'Director.reweigh'), 'Taste.dislike');
    stub.engine.emit('Taste', 'changed', { passage: 5, songs: [5], dislikes: false });
    await stub.settle();
    assert.equal(stub.of('Director.reweigh').length, 1);
  });

  it('RereadTasteWhenLibraryIsRead: flavors may be others now', async () => {
    const { stub } = radio();
    stub.engine.emit('Library', 'changed', { passages: 7 });
    await stub.settle();
    await stub.pass(3000);
    assert.equal(stub.of('Taste.reread').length, stub.of('Director.reload').length);
    assert.equal(ledFrom(stub, 'Taste.reread'), 'Library.changed');
  });

  it('AutoSelectWhenQueueLow: what is liked goes with the target, if anything is', async () => {
    const { stub } = radio();
    stub.engine.emit('Appliance', 'started', { firstStart: false });
    await stub.settle();
    assert.equal(stub.of('Director.select')[0]?.taste, null);
    stub.forget();
    stub.queue = [];
    stub.queries['Taste.bend'] = () => [{ flavor, strength: 0.25 }];
    stub.engine.emit('Queue', 'changed', { waiting: 0 });
    await stub.settle();
    assert.deepEqual(stub.of('Director.select')[0]?.taste, { flavor, strength: 0.25 });
    assert.deepEqual(stub.problems, []);
  });
});
