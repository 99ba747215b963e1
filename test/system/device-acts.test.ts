// What a person does while music is rendered ahead, as the sound device gets it: captured and compared with the mix that
// is computed from the rules, each act at the frame that was answered, through each way to a device that there is.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mediaTools } from '../../audio/addon.ts';
import type { EntryPlan } from '../../audio/engine.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { compare } from '../support/mix.ts';
import { MixModel } from '../support/mix-model.ts';
import type { Act } from '../support/play-plans.ts';
import { playThrough } from '../support/play-process.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { noise, TEST_TONE_MS, testTone } from '../support/tones.ts';

const RATE = 48_000;
const TOLERANCE = 1e-6;
/** A busy server plays on for a moment with what it was told to forget: so long after an act it may differ. */
const LATE = { 'PulseAudio: default': 0.06 * RATE, 'ALSA: default': 0, 'naudiodon: default': 0 };
const folder = temporaryFolder('device-acts');
const stems: Float32Array[] = [];
const plans: EntryPlan[] = [];
after(() => folder.remove());

before(() => {
  for (const entry of [1, 2]) {
    const samples = noise(6 * RATE, entry);
    const path = join(folder.path, `${entry}.wav`);
    const written = mediaTools().encode({ path, codec: 'wav32f', rateHz: RATE, samples, tags: {} });
    if ('error' in written) assert.fail(written.message);
    stems.push(samples);
    plans.push({
      plan: entry,
      generation: 1,
      entry,
      after: entry > 1 ? entry - 1 : null,
      path,
      startFrame: 0,
      endFrame: 6 * RATE,
      gain: 0.7,
      overlapFrames: 0,
      fadeIn: { frames: 0, curve: 'linear' },
      fadeOut: { frames: 0, curve: 'linear' },
      previousFadeOut: null,
    });
  }
});

const ACTS: readonly Act[] = [
  { atMs: 1310, type: 'skip', entry: 1, fadeFrames: RATE / 2 },
  { atMs: 2930, type: 'pause' },
  { atMs: 3420, type: 'play', rampFrames: RATE / 2 },
  // Answered when it is over; the next act is counted from there.
  { atMs: 3980, type: 'testTone', rampFrames: RATE / 4 },
  { atMs: 5050, type: 'seek', entry: 2, frame: 5 * RATE },
];

const TONE_FRAMES = (TEST_TONE_MS / 1000) * RATE;
/** Where an act begins to be heard: the test tone is answered with the frame at which the music goes on. */
const beginOf = (act: Act | undefined, answered: number) =>
  act?.type === 'testTone' ? answered - TONE_FRAMES : answered;

/** From the first frame that sounds to the last: `frames[i]` is where act i takes effect. */
function expected(frames: readonly number[], lengthFrames: number): Float64Array {
  const model = new MixModel(RATE);
  const parts: Float64Array[] = [];
  const tone = testTone(RATE);
  let at = 0;
  const pullTo = (frame: number) => {
    parts.push(model.pull(frame - at));
    at = frame;
  };
  for (const [index, plan] of plans.entries()) model.offer(plan, stems[index] as Float32Array);
  for (const [index, act] of ACTS.entries()) {
    const answered = frames[index] ?? 0;
    pullTo(beginOf(act, answered));
    if (act.type === 'skip') model.skip(act.fadeFrames);
    if (act.type === 'pause') model.pause();
    if (act.type === 'play') model.play(act.rampFrames);
    if (act.type === 'seek') model.seek(act.frame);
    if (act.type === 'testTone') {
      model.pause();
      parts.push(model.pull(TONE_FRAMES).map((sample, n) => sample + (tone[n] ?? 0)));
      at = answered;
      model.play(act.rampFrames);
    }
  }
  pullTo(lengthFrames);
  const whole = new Float64Array(2 * lengthFrames);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

for (const [device, sink] of [
  [null, 'PulseAudio: default'],
  ['ALSA: default', 'ALSA: default'],
  ['naudiodon', 'naudiodon: default'],
] as const) {
  test(`skip, pause, resume, test tone and seek through ${sink}: every captured frame is the computed one`, async () => {
    const virtual = await openVirtualDevice(RATE);
    try {
      const recording = await virtual.record();
      const list = { rate: RATE, device, plans, block: null, acts: ACTS };
      const result = await playThrough(list, join(folder.path, 'list.json'), virtual.environment);
      const captured = await recording.stop();
      assert.equal(result.sink, sink);
      assert.equal(result.underruns, 0);
      const began = result.events.find((event) => event.type === 'voiceStarted')?.frame ?? 0;
      const ended = result.events.findLast((event) => event.type === 'voiceEnded')?.frame ?? 0;
      const frames = result.answers.map((answer) => {
        assert.equal(answer.outcome, 'accepted');
        return answer.outcome === 'accepted' ? answer.frame - began : 0;
      });
      assert.equal(frames.length, ACTS.length);
      const mix = expected(frames, ended - began);
      const offset = compare(captured, mix).offset;
      for (const [index, answered] of frames.entries()) {
        const frame = beginOf(ACTS[index], answered);
        const until = 2 * (frame + LATE[sink]);
        for (let at = 2 * frame; at < until; at++) mix[at] = captured[2 * offset + at] ?? 0;
      }
      const verdict = compare(captured, mix);
      const place = `frame ${verdict.worstFrame} differs by ${verdict.worst}; acts at ${frames}`;
      assert.ok(verdict.worst <= TOLERANCE, place);
    } finally {
      await virtual.close();
    }
  });
}
