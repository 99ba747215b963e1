// What really reaches the sound device, frame by frame: captured from a virtual device and compared with the computed
// answer, transitions included; the same with JavaScript blocked for two seconds across a transition; and builds that
// lose or double one frame are caught by the same comparison.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mediaTools } from '../../audio/addon.ts';
import type { EntryPlan } from '../../audio/engine.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { compare, expectedMix } from '../support/mix.ts';
import type { PlayList } from '../support/play-plans.ts';
import { playThrough } from '../support/play-process.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { fitSine } from '../support/signals.ts';
import { noise, sine } from '../support/tones.ts';
import { undisturbed } from '../support/undisturbed.ts';

const RATE = 48_000;
const TOLERANCE = 1e-6;
const folder = temporaryFolder('capture');
const media = mediaTools();

const flacFrames = 4 * RATE;
const wavFrames = 4 * RATE - 137;
const mp3Rate = 44_100;
const mp3Frames = 5 * mp3Rate;
const mp3AtRate = Math.floor((mp3Frames * RATE) / mp3Rate + 0.5);
const TONE_HZ = 1000;
const stems: Float32Array[] = [];
let plans: EntryPlan[] = [];

const fade = (frames: number) => ({ frames, curve: 'equal-power' as const });

function plan(entry: number, path: string, frames: number, overlapFrames: number): EntryPlan {
  return {
    plan: entry,
    generation: 1,
    entry,
    after: entry > 1 ? entry - 1 : null,
    path,
    startFrame: 0,
    endFrame: frames,
    gain: 1,
    overlapFrames,
    fadeIn: fade(entry > 1 ? overlapFrames : 0),
    fadeOut: fade(0),
    previousFadeOut: entry > 1 ? fade(overlapFrames) : null,
  };
}

before(() => {
  const write = (name: string, codec: 'flac' | 'wav32f' | 'mp3', rateHz: number, samples: Float32Array) => {
    const path = join(folder.path, name);
    const written = media.encode({ path, codec, rateHz, samples, tags: {} });
    if ('error' in written) assert.fail(written.message);
    return path;
  };
  const first = noise(flacFrames, 1);
  const second = noise(wavFrames, 2);
  const flac = write('a.flac', 'flac', RATE, first);
  const wav = write('b.wav', 'wav32f', RATE, second);
  const mp3 = write('c.mp3', 'mp3', mp3Rate, sine(mp3Frames, mp3Rate, TONE_HZ, 0.4));
  const decoded = media.decode(mp3, RATE);
  if ('error' in decoded) assert.fail(decoded.message);
  // FLAC and WAV are compared with what was encoded, not with what our own decoder says of it.
  stems.push(first, second, decoded.samples);
  plans = [
    plan(1, flac, flacFrames, 0),
    plan(2, wav, wavFrames, Math.round(1.5 * RATE)),
    plan(3, mp3, mp3AtRate, RATE),
  ];
});
after(() => folder.remove());

async function capture(
  list: readonly EntryPlan[],
  block: PlayList['block'],
  environment: NodeJS.ProcessEnv = {},
) {
  const device = await openVirtualDevice(RATE);
  try {
    const recording = await device.record();
    const file = join(folder.path, 'list.json');
    const result = await playThrough({ rate: RATE, plans: list, block }, file, {
      ...device.environment,
      ...environment,
    });
    const captured = await recording.stop();
    return { captured, result, xruns: result.xruns, overruns: recording.overruns() };
  } finally {
    await device.close();
  }
}

function judge(captured: Float32Array, list: readonly EntryPlan[]) {
  return compare(captured, expectedMix(list, stems).samples);
}

test('every captured frame of FLAC into WAV into resampled MP3 is the computed one', async () => {
  const { captured, result, ...disturbed } = await undisturbed(() => capture(plans, null));
  const verdict = judge(captured, plans);
  const place = `frame ${verdict.worstFrame} differs by ${verdict.worst}; ${JSON.stringify(disturbed)}`;
  assert.ok(verdict.worst <= TOLERANCE, place);
  assert.equal(verdict.comparedFrames, flacFrames + wavFrames + mp3AtRate - Math.round(1.5 * RATE) - RATE);
  assert.equal(result.underruns, 0);
  // The resampled passage by itself: its tone lies where the source says, and little else is there.
  const { starts } = expectedMix(plans, stems);
  const start = verdict.offset + (starts[2] ?? 0);
  const alone = captured.subarray(2 * start);
  const fit = fitSine(alone, RATE, TONE_HZ, 0, RATE + 4800, mp3AtRate - 4800);
  assert.ok(Math.abs(fit.delayFrames) <= 0.1, `the MP3 is ${fit.delayFrames} frames late`);
  assert.ok(fit.snrDb > 60, `the coded tone is only ${fit.snrDb} dB above its noise`);
});

test('with JavaScript blocked for two seconds across the transition not one frame differs', async () => {
  const block = { entry: 1, beforeMs: 1000, forMs: 2000 };
  const { captured, result, ...disturbed } = await undisturbed(() => capture(plans, block));
  const verdict = judge(captured, plans);
  const place = `frame ${verdict.worstFrame} differs by ${verdict.worst}; ${JSON.stringify(disturbed)}`;
  assert.ok(verdict.worst <= TOLERANCE, place);
  assert.equal(result.underruns, 0);
});

for (const fault of ['drop', 'double'] as const) {
  test(`a build that ${fault}s one frame is caught`, async () => {
    const build = `build/native-canary-${fault}`;
    const define = ['-S', 'native', '-B', build, '-DSEGUE_ADDON=ON', `-DSEGUE_CANARY=${fault}`];
    const cache = readFileSync('build/native/CMakeCache.txt', 'utf8');
    for (const name of ['NODE_INCLUDE', 'NODE_ADDON_API']) {
      define.push(`-D${name}=${new RegExp(`^${name}:[A-Z]+=(.*)$`, 'm').exec(cache)?.[1]}`);
    }
    for (const args of [define, ['--build', build, '-j', String(availableParallelism())]]) {
      // Beside it others listen to what they play.
      const built = spawnSync('nice', ['-n', '19', 'cmake', ...args], { encoding: 'utf8' });
      assert.equal(built.status, 0, built.stderr);
    }
    const short = plans.slice(0, 2);
    const { captured } = await capture(short, null, {
      SEGUE_ADDON: join(process.cwd(), build, 'segue.node'),
    });
    const verdict = judge(captured, short);
    assert.ok(verdict.worst > 0.01, `the comparison did not notice (worst difference ${verdict.worst})`);
  });
}
