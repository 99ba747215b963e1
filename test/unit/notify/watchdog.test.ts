import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SinkState } from '../../../audio/engine.ts';
import { type CoreLook, createHeart, feedWatchdog, PATIENCE_MS } from '../../../daemon/watchdog.ts';

const EVERY_MS = 10_000;

/** Looks every ten seconds: what is seen, and whether it is well. */
function looks(...seen: readonly (readonly [frame: number, state: SinkState])[]): boolean[] {
  const isWell = createHeart();
  return seen.map(([streamFrame, sinkState], at) => isWell({ streamFrame, sinkState }, at * EVERY_MS));
}

test('well while frames move, whatever the sink is at', () => {
  assert.deepEqual(looks([0, 'renders'], [5, 'renders'], [6, 'lost'], [7, 'switching']), [
    true,
    true,
    true,
    true,
  ]);
});

test('a clock that stands still is not well, and is again when it moves', () => {
  assert.deepEqual(looks([5, 'renders'], [5, 'renders'], [5, 'renders'], [6, 'renders']), [
    true,
    false,
    false,
    true,
  ]);
});

test('a device that is opened or lost may take its time, but not for ever', () => {
  for (const state of ['switching', 'lost'] as const) {
    assert.deepEqual(
      looks([5, state], [5, state], [5, state], [5, state], [5, state], [6, state]),
      [true, true, true, true, false, true],
      state,
    );
    assert.equal(PATIENCE_MS, 3 * EVERY_MS);
  }
  // The time counts since frames moved last, not since the state began: one that comes and goes is no excuse.
  assert.deepEqual(looks([5, 'renders'], [5, 'switching'], [5, 'renders'], [5, 'lost'], [5, 'switching']), [
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('fed at each look that is well; nobody is fed who does not watch', () => {
  let seen: CoreLook = { streamFrame: 0, sinkState: 'renders' };
  let nowMs = 0;
  let fed = 0;
  let tick = () => {};
  let isEnded = false;
  const ports = {
    look: () => seen,
    monotonicMs: () => nowMs,
    alive() {
      fed += 1;
    },
    every(_ms: number, work: () => void) {
      tick = work;
      return () => {
        isEnded = true;
      };
    },
  };
  feedWatchdog({ ...ports, everyMs: null });
  tick();
  assert.equal(fed, 0);
  const end = feedWatchdog({ ...ports, everyMs: EVERY_MS });
  for (const streamFrame of [1, 2, 2, 2, 3]) {
    seen = { ...seen, streamFrame };
    nowMs += EVERY_MS;
    tick();
  }
  assert.equal(fed, 3);
  end();
  assert.ok(isEnded);
});
