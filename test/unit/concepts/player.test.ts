// The Player over the fake engine: what it tells, and that the core forgets nothing that is not on disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framesToTicks } from '../../../audio/ticks.ts';
import { watchBuffer } from '../../../daemon/concepts/player/buffered.ts';
import { createPlayer } from '../../../daemon/concepts/player/player.ts';
import type { Playable } from '../../../sync/vocabulary/common.ts';
import { createFakeEngine } from '../../support/fake-engine.ts';
import { handClock } from '../../support/ports.ts';

const RATE = 8000;
const FRAMES = 16_000;

function playable(passage: number): Playable {
  const end = framesToTicks(FRAMES, RATE);
  const open = { fadeInTicks: null, leadInTicks: null, leadOutTicks: null, fadeOutTicks: null };
  return {
    passage,
    path: `/music/${passage}.flac`,
    points: { startTicks: 0, ...open, endTicks: end },
    fileTicks: end,
    part: null,
    fadeInCurve: null,
    fadeOutCurve: null,
    gainDb: 0,
    album: null,
    disc: null,
    track: null,
  };
}

/** `saved`: where it was when the daemon last stopped. */
function rig({ saved = null }: { saved?: { entry: number; positionMs: number } | null } = {}) {
  const engine = createFakeEngine({
    rate: RATE,
    sink: { kind: 'manual' },
    playing: true,
    volume: 1,
    limiter: false,
    lengths: { '/music/1.flac': FRAMES, '/music/2.flac': FRAMES },
  });
  const told: { event: string; payload: object }[] = [];
  const disk = { isFull: false };
  const clock = handClock();
  const player = createPlayer({
    engine,
    clock,
    emit: (event, payload) => told.push({ event, payload }),
    settings: () => ({
      globalCrossfadeTicks: 0,
      defaultCurve: 'linear',
      albumAware: true,
      skipThrottleS: 0,
      skipFadeS: 0,
      resumeFadeS: 0,
    }),
    after: () => {},
    positions: { save() {}, last: saved },
    isCommitted: () => !disk.isFull,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const count = (event: string) => told.filter((each) => each.event === event).length;
  return { engine, player, clock, disk, settle, count, told };
}

test('what is planned anew between its plan and its beginning goes on where it was all the same', async () => {
  const { engine, player, settle } = rig({ saved: { entry: 1, positionMs: 1000 } });
  const offer = engine.offer.bind(engine);
  const resumed: (number | undefined)[] = [];
  // The real core begins only when enough is decoded.
  engine.offer = async (plan) => {
    resumed.push(plan.resumeAtFrame);
    return { outcome: 'accepted', frame: 0 };
  };
  await player.actions.prepare({ entry: 1, playable: playable(1) });
  engine.offer = (plan) => {
    resumed.push(plan.resumeAtFrame);
    return offer(plan);
  };
  await player.actions.prepare({ entry: 1, playable: { ...playable(1), gainDb: -6 } });
  await settle();
  await player.actions.prepare({ entry: 2, playable: playable(2) });
  assert.deepEqual(resumed, [RATE, RATE, undefined]);
});

test('where it began is told the same, whoever tells it: the event or a look at the core', async () => {
  for (const looksFirst of [false, true]) {
    const { engine, player, settle, told } = rig({ saved: { entry: 1, positionMs: 1000 } });
    const offer = engine.offer.bind(engine);
    engine.offer = (plan) => {
      const answer = offer(plan);
      if (looksFirst) player.tick();
      return answer;
    };
    await player.actions.prepare({ entry: 1, playable: playable(1) });
    await settle();
    const starts = told.filter(({ event }) => event === 'voiceStarted');
    const [start] = starts.map(({ payload }) => payload as { positionMs: number; resumed: boolean });
    assert.deepEqual([starts.length, start?.positionMs, start?.resumed], [1, 1000, true], `${looksFirst}`);
  }
});

test('a start and an end are told once, and the core may forget', async () => {
  const { engine, player, settle, count } = rig();
  await player.actions.prepare({ entry: 1, playable: playable(1) });
  engine.advance(FRAMES + 100);
  await settle();
  player.tick();
  assert.deepEqual([count('voiceStarted'), count('voiceEnded')], [1, 1]);
  assert.deepEqual(engine.snapshot().ended, []);
});

test('what could not be written is kept by the core and told again until it is', async () => {
  const { engine, player, disk, settle, count } = rig();
  await player.actions.prepare({ entry: 1, playable: playable(1) });
  engine.advance(100);
  await settle();
  disk.isFull = true;
  engine.advance(FRAMES);
  await settle();
  assert.equal(count('voiceEnded'), 1);
  assert.deepEqual(
    engine.snapshot().ended.map(({ entry }) => entry),
    [1],
    'the core was told to forget it',
  );
  disk.isFull = false;
  player.tick();
  assert.equal(count('voiceEnded'), 2);
  assert.deepEqual(engine.snapshot().ended, []);
  player.tick();
  assert.equal(count('voiceEnded'), 2);
});

test('a skip with nothing playing says so', async () => {
  const { player } = rig();
  const answer = await player.actions.skip({ reason: 'skipped' });
  assert.equal('error' in answer && answer.error, 'NOTHING_PLAYS');
});

test('the gain of what sounds is frozen; what is only prepared takes the new one', async () => {
  const { engine, player, settle } = rig();
  const offered: { entry: number; gain: number }[] = [];
  const offer = engine.offer.bind(engine);
  engine.offer = (plan) => {
    offered.push({ entry: plan.entry, gain: Math.round(plan.gain * 1000) / 1000 });
    return offer(plan);
  };
  const louder = (passage: number) => ({ ...playable(passage), gainDb: 0 });
  const softer = (passage: number) => ({ ...playable(passage), gainDb: -20 });
  await player.actions.prepare({ entry: 1, playable: softer(1) });
  engine.advance(100);
  await settle();
  await player.actions.prepare({ entry: 2, playable: softer(2) });
  const again = await player.actions.prepare({ entry: 1, playable: louder(1) });
  assert.equal('error' in again && again.error, 'TOO_LATE');
  await player.actions.prepare({ entry: 2, playable: louder(2) });
  assert.deepEqual(offered, [
    { entry: 1, gain: 0.1 },
    { entry: 2, gain: 0.1 },
    { entry: 2, gain: 1 },
  ]);
});

test('while a rule holds skips they are refused, and nothing fades', async () => {
  const { engine, player, clock, settle } = rig();
  await player.actions.prepare({ entry: 1, playable: playable(1) });
  engine.advance(100);
  await settle();
  const skip = async () => {
    const answer = await player.actions.skip({ reason: 'skipped' });
    return 'error' in answer ? answer.error : answer.skipped;
  };
  assert.deepEqual(player.actions.holdSkips({ forMs: 10_000 }), { heldMs: 10_000 });
  clock.pass(9999);
  assert.equal(await skip(), 'HELD');
  assert.equal(engine.snapshot().sounding[0]?.entry, 1);
  clock.pass(1);
  assert.equal(await skip(), 1);
  assert.deepEqual(player.actions.holdSkips({ forMs: 1e9 }), { heldMs: 600_000 });
  assert.deepEqual(player.actions.holdSkips({ forMs: 0 }), { heldMs: 0 });
});

test('a crossing goes to the entry that is meant and no other, and nothing throttles or holds it', async () => {
  const { engine, player, settle, count } = rig();
  await player.actions.prepare({ entry: 1, playable: playable(1) });
  engine.advance(100);
  await settle();
  assert.deepEqual(player.queries.next({}), []);
  await player.actions.prepare({ entry: 2, playable: playable(2) });
  assert.deepEqual(player.queries.next({}), [{ entry: 2, canBegin: true }]);
  player.actions.holdSkips({ forMs: 10_000 });
  const to = async (entry: number) => {
    const answer = await player.actions.crossOver({ to: entry, fadeMs: 500 });
    return 'error' in answer ? answer.error : answer;
  };
  assert.equal(await to(3), 'TOO_LATE');
  await engine.pause();
  assert.deepEqual(player.queries.next({}), [{ entry: 2, canBegin: false }]);
  assert.equal(await to(2), 'TOO_LATE');
  await engine.play();
  assert.deepEqual(await to(2), { from: 1, to: 2 });
  engine.advance(10);
  await settle();
  assert.deepEqual(
    engine.snapshot().sounding.map(({ entry, role }) => [entry, role]),
    [
      [1, 'outgoing'],
      [2, 'current'],
    ],
  );
  assert.equal(await to(2), 'TOO_LATE');
  engine.advance(RATE);
  await settle();
  assert.equal(count('voiceEnded'), 1);
});

test('that the next entry is buffered is told once, and not of one that is next no more', () => {
  const later: (() => void)[] = [];
  const after = (_ms: number, work: () => void) => void later.push(work);
  const look = () => {
    for (const work of later.splice(0)) work();
  };
  let next: { entry: number; plan: number; bufferedFrames: number } | null = {
    entry: 2,
    plan: 1,
    bufferedFrames: 0,
  };
  const engine = { rate: RATE, snapshot: () => ({ next }) };
  const told: number[] = [];
  const watch = (entry: number, endFrame = FRAMES) =>
    watchBuffer({ engine, after } as never, { entry, startFrame: 0, endFrame } as never, () =>
      told.push(entry),
    );
  watch(2);
  look();
  assert.deepEqual([told, later.length], [[], 1]);
  next = { ...next, bufferedFrames: RATE / 10 };
  look();
  assert.deepEqual([told, later.length], [[2], 0]);
  watch(3);
  look();
  assert.deepEqual([told, later.length], [[2], 0]);
  next = { entry: 4, plan: 2, bufferedFrames: 50 };
  watch(4, 50);
  look();
  assert.deepEqual(told, [2, 4], 'all of a short one is enough');
});
