// What everybody is told, and what survives a restart.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allRules } from '../../sync/rules/index.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

const by = { door: 'test' } as const;

describe('broadcasts', () => {
  it('tells a changed queue at most every 100 ms, the last one for sure', async () => {
    const stub = stubAppliance();
    stub.settings.autoplay = false;
    for (const waiting of [1, 2, 3]) {
      stub.engine.emit('Queue', 'changed', { waiting });
      await stub.settle();
    }
    const told = () => stub.of('Panel.broadcast').filter((input) => input.topic === 'queue');
    assert.deepEqual(
      told().map((input) => input.data),
      [{ waiting: 1 }],
    );
    await stub.pass(99);
    assert.equal(told().length, 1);
    await stub.pass(1);
    assert.deepEqual(
      told().map((input) => input.data),
      [{ waiting: 1 }, { waiting: 3 }],
    );
  });

  it('tells the state as it is when it is sent', async () => {
    const stub = stubAppliance();
    stub.engine.emit('Player', 'stateChanged', { playing: true, entry: null });
    await stub.settle();
    stub.player.playing = false;
    stub.engine.emit('Player', 'stateChanged', { playing: false, entry: null });
    await stub.settle();
    stub.player.volume = 0.1;
    await stub.pass(50);
    const told = stub.of('Panel.broadcast').filter((input) => input.topic === 'state');
    assert.equal(told.length, 2);
    assert.deepEqual(told[1]?.data, { ...stub.player, crossfade: null });
    assert.equal(stub.player.playing, false);
  });

  it('says in words what went wrong', async () => {
    const stub = stubAppliance();
    stub.engine.emit('Player', 'voiceFailed', {
      entry: 1,
      passage: 2,
      path: '/music/a/notes.mp3',
      missing: false,
      message: 'it holds no audio',
    });
    stub.engine.emit('Library', 'folderLost', { path: '/music', message: 'The folder /music is gone.' });
    stub.engine.emit('Library', 'folderBack', { path: '/music' });
    stub.engine.emit('Player', 'sinkChanged', { sink: 'null', reason: 'the device was unplugged' });
    stub.engine.emit('Director', 'nothingLeft', { reason: 'NO_PASSAGES', freeAtMs: null });
    await stub.settle();
    const said = stub.of('Panel.broadcast').filter((input) => input.topic === 'notice');
    const words = said.map((input) => (input.data as { message: string }).message);
    assert.equal(words.length, 5);
    assert.match(words[0] ?? '', /^notes\.mp3 cannot be played .*: it holds no audio$/);
    assert.equal(words[1], 'The folder /music is gone.');
    for (const word of words) assert.match(word, /\.$|audio$/);
  });
});

describe('persistence', () => {
  it('saves the volume at most once a second, and the last one when flushed', async () => {
    const stub = stubAppliance();
    for (const volume of [0.1, 0.2, 0.3]) await stub.engine.run('Player', 'setVolume', { volume }, by);
    assert.equal(stub.settings.volume, 0.1);
    stub.engine.flush();
    await stub.settle();
    assert.equal(stub.settings.volume, 0.3);
    assert.equal(stub.player.volume, 0.3);
  });

  it('applies a volume that is set among the settings, once', async () => {
    const stub = stubAppliance();
    await stub.engine.run('Settings', 'set', { key: 'volume', value: 0.25 }, by);
    await stub.pass(5000);
    assert.equal(stub.player.volume, 0.25);
    assert.deepEqual(stub.of('Player.setVolume'), [{ volume: 0.25 }]);
  });

  it('saves the position for good when it matters', async () => {
    const stub = stubAppliance();
    await stub.engine.run('Player', 'pause', {}, by);
    stub.engine.emit('Appliance', 'stopping', { reason: 'SIGTERM' });
    await stub.settle();
    assert.equal(stub.of('Player.savePosition').length, 2);
  });
});

describe('all rules', () => {
  it('have different names, effect then cause, and a sentence', () => {
    const names = allRules.map((rule) => rule.definition.name);
    assert.equal(new Set(names).size, names.length);
    for (const { definition } of allRules) {
      assert.match(definition.name, /^[A-Z][A-Za-z]+$/);
      assert.match(definition.summary, /^[A-Z].*\.$/);
    }
  });

  it('do not warn of cycles', () => {
    assert.deepEqual(stubAppliance().problems, []);
  });
});
