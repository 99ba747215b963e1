// The core's mirror of the position through its typed face: what its thread writes is what the daemon reads at a start, while the
// JavaScript thread does nothing at all; it ends with the engine.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EntryPlan, Fade } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { readMirror } from '../../daemon/positions.ts';
import { temporaryFolder } from '../support/daemon.ts';

process.env.SEGUE_SYNTHETIC = '1';

const RATE = 48_000;
const LENGTH = 10 * RATE;
const NO_FADE: Fade = { frames: 0, curve: 'linear' };
const folder = temporaryFolder('mirror');
after(folder.remove);

function planOf(entry: number, startMs: number): EntryPlan {
  return {
    ...{ plan: entry, generation: 0, entry, after: null, path: `synthetic:frames=${LENGTH},code=${entry}` },
    ...{ startFrame: (startMs * RATE) / 1000, endFrame: LENGTH, gain: 1, overlapFrames: 0 },
    ...{ fadeIn: NO_FADE, fadeOut: NO_FADE, previousFadeOut: null },
  };
}
/** Nothing of JavaScript runs meanwhile, as in a hang. */
const hangMs = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('it goes on while JavaScript hangs, as the daemon reads it, and ends with the engine', async () => {
  const file = join(folder.path, 'position');
  writeFileSync(file, 'left over');
  const engine = openNativeEngine({
    ...{ rate: RATE, sink: { kind: 'null' }, playing: true, volume: 1, limiter: false },
  });
  const floorMs = Date.now() + 60_000;
  assert.equal(engine.mirrorPosition(file, floorMs), null);
  // Positions count from the start of the passage, not of its file.
  await engine.offer(planOf(41, 2000));
  hangMs(1500);
  const first = readMirror(file);
  hangMs(1000);
  const second = readMirror(file);
  assert.deepEqual([first?.entry, first?.savedAtMs], [41, floorMs]);
  const movedMs = (second?.positionMs ?? 0) - (first?.positionMs ?? 0);
  assert.ok(movedMs > 600 && movedMs < 1600, `${movedMs}`);
  const { sounding } = engine.snapshot();
  const nowMs = (((sounding[0]?.atFrame ?? 0) - (sounding[0]?.startFrame ?? 0)) * 1000) / RATE;
  assert.ok(Math.abs(nowMs - (second?.positionMs ?? 0)) < 600, `${nowMs} ${second?.positionMs}`);

  await engine.close(0);
  const closed = readMirror(file);
  hangMs(600);
  assert.deepEqual(readMirror(file), closed);
  assert.equal(engine.mirrorPosition(file, 0), null, 'closed: it is not asked any more');
});

test('where it cannot be written the system says why, and it plays', async () => {
  const engine = openNativeEngine({
    ...{ rate: RATE, sink: { kind: 'null' }, playing: true, volume: 1, limiter: false },
  });
  const file = join(folder.path, 'nowhere', 'position');
  assert.equal(engine.mirrorPosition(file, 0), `${file}: No such file or directory`);
  assert.equal((await engine.offer(planOf(1, 0))).outcome, 'accepted');
  await engine.close(0);
});
