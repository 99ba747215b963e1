// A whole sequence of passages planned pair by pair, with where each lies on the stream. For render, previews and tests;
// the radio itself plans one pair at a time. Pure.
import type { Playable } from '../sync/vocabulary/common.ts';
import { type CrossfadeSettings, type PairPlan, type Previous, planPair } from './crossfade-plan.ts';
import { decibelsToGain, type Envelope } from './fade-curves.ts';

/** One passage of a sequence, as it will sound: its fade-out and end as the pair with its successor resolves them. */
export interface SequenceVoice extends Envelope {
  /** What is handed to the core. */
  readonly plan: PairPlan;
  readonly overlapFrames: number;
  /** Stream frame of its first frame, the sequence beginning at 0. */
  readonly streamFrame: number;
}

export function planSequence(
  playables: readonly Playable[],
  settings: CrossfadeSettings,
  rate: number,
): { readonly voices: readonly SequenceVoice[]; readonly totalFrames: number } {
  const voices: SequenceVoice[] = [];
  let previous: Previous | null = null;
  let endOfStream = 0;
  for (const playable of playables) {
    const plan = planPair(previous, playable, settings, rate);
    const before = voices.pop();
    if (before) {
      const endFrame = plan.previousEndFrame ?? before.endFrame;
      voices.push({ ...before, endFrame, fadeOut: plan.previousFadeOut ?? before.fadeOut });
      endOfStream = before.streamFrame + endFrame - before.startFrame;
    }
    const streamFrame = endOfStream - plan.overlapFrames;
    voices.push({
      plan,
      streamFrame,
      overlapFrames: plan.overlapFrames,
      startFrame: plan.startFrame,
      endFrame: plan.endFrame,
      fadeIn: plan.fadeIn,
      fadeOut: plan.fadeOut,
      gain: decibelsToGain(playable.gainDb),
    });
    endOfStream = streamFrame + plan.endFrame - plan.startFrame;
    previous = { playable, overlapFrames: plan.overlapFrames };
  }
  return { voices, totalFrames: endOfStream };
}
