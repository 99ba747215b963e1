// Long fades of the Player: what the core is told, and that the volume of the person is theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVolume } from '../../../daemon/concepts/player/volume.ts';
import type { PlayerVocabulary } from '../../../sync/vocabulary/player.ts';
import { createFakeEngine } from '../../support/fake-engine.ts';
import { handClock, recorder } from '../../support/ports.ts';

function rig() {
  const engine = createFakeEngine({
    rate: 8000,
    sink: { kind: 'manual' },
    playing: false,
    volume: 0.8,
    limiter: false,
  });
  const clock = handClock();
  const { emit, emitted } = recorder<PlayerVocabulary>();
  let due: { atMs: number; work: () => void }[] = [];
  const volume = createVolume({
    ...{ engine, clock, emit },
    after: (ms, work) => due.push({ atMs: clock.monotonicMs() + ms, work }),
    toFrames: (ms) => ms * 8,
    sounding: () => 7,
  });
  /** Each volume that the core had, from 50 ms to 50 ms. */
  const pass = (ms: number): number[] => {
    const heard: number[] = [];
    for (let at = 0; at < ms; at += 50) {
      clock.pass(50);
      const now = due.filter(({ atMs }) => atMs <= clock.monotonicMs());
      due = due.filter((each) => !now.includes(each));
      for (const { work } of now) work();
      heard.push(engine.snapshot().volume);
    }
    return heard;
  };
  const now = () => engine.snapshot().volume;
  return { engine, volume, emitted, pass, now, due: () => due.length };
}

test('it fades out in steps that nobody hears, says so once, and restores what was set', () => {
  const { volume, pass, emitted, now, due } = rig();
  volume.fadeOut(30_000);
  const heard = pass(30_000);
  const steps = heard.map((each, i) => (heard[i - 1] ?? 0.8) - each);
  assert.ok(
    steps.every((step) => step > 0 && step < 0.002),
    `steps from ${Math.min(...steps)} to ${Math.max(...steps)}`,
  );
  assert.equal(now(), 0);
  assert.deepEqual(emitted, [{ event: 'fadedOut', payload: { entry: 7 } }]);
  assert.equal(volume.value, 0.8, 'what the person has set is not touched');
  pass(1000);
  assert.equal(emitted.length, 1);
  volume.restore();
  assert.deepEqual([now(), due()], [0.8, 0]);
});

test('it begins from nothing, and is as loud as was asked for in the end', async () => {
  const { engine, volume, pass, now, emitted } = rig();
  await volume.fadeIn(2000, 0.4);
  assert.deepEqual([engine.snapshot().playing, now(), volume.value], [true, 0, 0.4]);
  const heard = pass(2000);
  assert.ok(heard.every((each, i) => each > (heard[i - 1] ?? 0)));
  assert.equal(now(), 0.4);
  assert.deepEqual(emitted, [{ event: 'volumeChanged', payload: { volume: 0.4 } }]);
});

test('whoever sets the volume ends the fade, and has what they set', async () => {
  for (const begin of [(it: ReturnType<typeof rig>) => it.volume.fadeOut(30_000), fadesIn]) {
    const it = rig();
    await begin(it);
    it.pass(500);
    assert.equal(it.volume.set(1.5), 1);
    it.pass(60_000);
    assert.deepEqual([it.now(), it.volume.value, it.due()], [1, 1, 0]);
    assert.ok(!it.emitted.some(({ event }) => event === 'fadedOut'));
  }
});

test('a fade out can be called off; a fade in is none', async () => {
  const out = rig();
  out.volume.fadeOut(30_000);
  out.pass(29_000);
  assert.ok(out.now() < 0.03);
  assert.equal(out.volume.endFadeOut(), true);
  assert.deepEqual([out.now(), out.volume.endFadeOut()], [0.8, false]);
  const within = rig();
  await fadesIn(within);
  within.pass(1000);
  const before = within.now();
  assert.equal(within.volume.endFadeOut(), false);
  assert.equal(within.now(), before);
});

test('a main thread that stood still goes on where the time is', () => {
  const { volume, now, pass, emitted } = rig();
  volume.fadeOut(1000);
  pass(50);
  const { value } = volume;
  assert.ok(now() > 0.9 * value);
  pass(2000);
  assert.deepEqual([now(), emitted.length], [0, 1]);
});

function fadesIn(it: ReturnType<typeof rig>): Promise<void> {
  return it.volume.fadeIn(30_000, null);
}
