// The test of the sound device, over a core without sound: what it tells, one at a time, and who may end it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAudioTest } from '../../daemon/audio-test.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

const RATE = 44_100;
const never = () => new AbortController().signal;

function rig(kind: 'portaudio' | 'null' = 'portaudio') {
  const engine = createFakeEngine({
    rate: RATE,
    sink: kind === 'null' ? { kind } : { kind, device: 'USB DAC' },
    playing: true,
    volume: 1,
    limiter: true,
  });
  let counters = engine.counters();
  const audioTest = createAudioTest({
    engine: {
      rate: engine.rate,
      counters: () => counters,
      snapshot: () => engine.snapshot(),
      testTone: (frames) => engine.testTone(frames),
      endTestTone: () => engine.endTestTone(),
    },
    latencyS: () => 0.1,
    resumeFadeS: () => 0.5,
  });
  return {
    engine,
    audioTest,
    count: (more: Partial<typeof counters>) => {
      counters = { ...counters, ...more };
    },
  };
}

test('what was counted while it sounded, and nothing from before', async () => {
  const { engine, audioTest, count } = rig();
  count({
    periods: 100,
    xruns: 3,
    underruns: 2,
    callbackHistogram: [0, 0, 90, 5, 0, 0, 5],
    periodUs: 10_000,
  });
  const running = audioTest(never());
  count({ periods: 480, xruns: 3, callbackHistogram: [0, 0, 90, 300, 80, 0, 5] });
  engine.advance(4 * RATE);
  assert.deepEqual(await running, {
    output: { sink: 'USB DAC', rateHz: RATE, askedLatencyS: 0.1, periodUs: 10_000, realtime: null },
    tone: { frequencyHz: 440, peakDbfs: -20, order: ['left', 'right', 'both'], eachMs: 1000 },
    callback: { count: 380, p50BelowUs: 8, p99BelowUs: 16, worstBelowUs: 16 },
    xruns: 0,
    underruns: 0,
    keptUp: true,
    musicGoesOn: true,
  });
});

test('a device that ran dry did not keep up', async () => {
  const { engine, audioTest, count } = rig();
  const running = audioTest(never());
  count({ xruns: 2 });
  engine.advance(4 * RATE);
  const report = await running;
  assert.ok(!('error' in report));
  assert.deepEqual({ xruns: report.xruns, keptUp: report.keptUp }, { xruns: 2, keptUp: false });
});

test('one at a time, and again when it is over', async () => {
  const { engine, audioTest } = rig();
  const first = audioTest(never());
  const second = await audioTest(never());
  assert.equal('error' in second && second.error, 'ALREADY_RUNNING');
  engine.advance(4 * RATE);
  assert.ok(!('error' in (await first)));
  const third = audioTest(never());
  engine.advance(4 * RATE);
  assert.ok(!('error' in (await third)));
});

test('it ends when whoever asked leaves', async () => {
  const { engine, audioTest } = rig();
  const leaving = new AbortController();
  const running = audioTest(leaving.signal);
  engine.advance(RATE);
  leaving.abort();
  engine.advance(RATE / 50);
  const report = await running;
  assert.equal('error' in report && report.error, 'CUT_SHORT');
});

test('without a device there is nothing to hear', async () => {
  const { audioTest } = rig('null');
  const report = await audioTest(never());
  assert.equal('error' in report && report.error, 'NO_DEVICE');
});
