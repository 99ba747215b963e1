// One script of acts for every way to a device: two pieces of noise, a skip, a pause, a resume, the test tone and a seek; and what
// must have been heard, computed from the rules, each act at the frame that was answered.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EntryPlan } from '../../audio/engine.ts';
import { judgeDryDevice } from './dry-judge.ts';
import { compare } from './mix.ts';
import { MixModel } from './mix-model.ts';
import type { Act, PlayList, PlayResult } from './play-plans.ts';
import { noise, TEST_TONE_MS, testTone } from './tones.ts';

export interface DeviceScript {
  /** To be played through a device. */
  readonly list: PlayList;
  /**
   * Fails where a captured frame is more than `tolerance` off. A busy server plays on for a moment with what it was told to
   * forget: for `lateFrames` after an act it may differ.
   */
  judge(result: PlayResult, captured: Float32Array, options: { tolerance: number; lateFrames: number }): void;
  /** The same through a device that may run dry and holds so much (dry-judge.ts). */
  judgeDry(result: PlayResult, captured: Float32Array, heldFrames: number): void;
}

/** `folder` takes the two files. `gain`: of both pieces. */
export function deviceScript(
  folder: string,
  rate: number,
  device: string | null,
  options: { readonly gain?: number; readonly withActs?: boolean } = {},
): DeviceScript {
  const { gain = 0.7, withActs = true } = options;
  const stems: Float32Array[] = [];
  const plans: EntryPlan[] = [];
  for (const entry of [1, 2]) {
    const samples = noise(6 * rate, entry);
    const path = join(folder, `${entry}.wav`);
    const written = mediaTools().encode({ path, codec: 'wav32f', rateHz: rate, samples, tags: {} });
    if ('error' in written) assert.fail(written.message);
    stems.push(samples);
    plans.push({
      plan: entry,
      generation: 1,
      entry,
      after: entry > 1 ? entry - 1 : null,
      path,
      startFrame: 0,
      endFrame: 6 * rate,
      gain,
      overlapFrames: 0,
      fadeIn: { frames: 0, curve: 'linear' },
      fadeOut: { frames: 0, curve: 'linear' },
      previousFadeOut: null,
    });
  }
  const acts: readonly Act[] = withActs
    ? [
        { atMs: 1310, type: 'skip', entry: 1, fadeFrames: rate / 2 },
        { atMs: 2930, type: 'pause' },
        { atMs: 3420, type: 'play', rampFrames: rate / 2 },
        // Answered when it is over; the next act is counted from there.
        { atMs: 3980, type: 'testTone', rampFrames: rate / 4 },
        { atMs: 5050, type: 'seek', entry: 2, frame: 5 * rate },
      ]
    : [];

  const toneFrames = (TEST_TONE_MS / 1000) * rate;
  const tone = testTone(rate);
  /** Where an act begins to be heard: the test tone is answered with the frame at which the music goes on. */
  const beginOf = (act: Act | undefined, answered: number) =>
    act?.type === 'testTone' ? answered - toneFrames : answered;

  /** From the first frame that sounds to the last: `frames[i]` is where act i takes effect. */
  function expected(frames: readonly number[], lengthFrames: number): Float64Array {
    const model = new MixModel(rate);
    const whole = new Float64Array(2 * lengthFrames);
    let at = 0;
    const pullTo = (frame: number) => {
      whole.set(model.pull(frame - at), 2 * at);
      at = frame;
    };
    for (const [index, plan] of plans.entries()) model.offer(plan, stems[index] as Float32Array);
    for (const [index, act] of acts.entries()) {
      const begin = beginOf(act, frames[index] ?? 0);
      pullTo(begin);
      if (act.type === 'skip') model.skip(act.fadeFrames);
      if (act.type === 'pause') model.pause();
      if (act.type === 'play') model.play(act.rampFrames);
      if (act.type === 'seek') model.seek(act.frame);
      if (act.type === 'testTone') {
        model.pause();
        pullTo(begin + toneFrames);
        for (const [n, sample] of tone.entries()) whole[2 * begin + n] = (whole[2 * begin + n] ?? 0) + sample;
        model.play(act.rampFrames);
      }
    }
    pullTo(lengthFrames);
    return whole;
  }

  /** What was to be heard, and where in it each act begins. */
  function answerTo(result: PlayResult): { readonly mix: Float64Array; readonly begins: readonly number[] } {
    const began = result.events.find((event) => event.type === 'voiceStarted')?.frame ?? 0;
    const ended = result.events.findLast((event) => event.type === 'voiceEnded')?.frame ?? 0;
    const frames = result.answers.map((answer) => {
      assert.equal(answer.outcome, 'accepted');
      return answer.outcome === 'accepted' ? answer.frame - began : 0;
    });
    assert.equal(frames.length, acts.length);
    return {
      mix: expected(frames, ended - began),
      begins: frames.map((frame, i) => beginOf(acts[i], frame)),
    };
  }

  return {
    list: { rate, device, plans, block: null, acts },
    judge(result, captured, { tolerance, lateFrames }) {
      const { mix, begins } = answerTo(result);
      const { offset } = compare(captured, mix);
      for (const frame of begins) {
        const until = 2 * (frame + lateFrames);
        for (let at = 2 * frame; at < until; at++) mix[at] = captured[2 * offset + at] ?? 0;
      }
      const verdict = compare(captured, mix);
      const wrong = [...mix.keys()].filter(
        (at) => Math.abs((captured[2 * offset + at] ?? 0) - (mix[at] ?? 0)) > tolerance,
      );
      const [first = 0, last = 0] = [wrong[0], wrong.at(-1)].map((at) => Math.floor((at ?? 0) / 2));
      const place =
        `${wrong.length} samples differ, in frames ${first} to ${last}, most by ${verdict.worst} ` +
        `in frame ${verdict.worstFrame}; acts at ${begins}`;
      assert.ok(verdict.worst <= tolerance, place);
    },
    judgeDry(result, captured, heldFrames) {
      const { mix, begins } = answerTo(result);
      judgeDryDevice(captured, mix, { heldFrames, acts: begins });
    },
  };
}
