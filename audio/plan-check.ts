// The border of the engine: plans and options that make no sense are bugs of the caller, and thrown. Pure.
import type { EngineOptions, EntryPlan, Fade } from './engine.ts';

function frames(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} is ${value}: expected a whole number of at least ${least}.`);
  }
}

function fade(name: string, value: Fade, most: number): void {
  frames(`${name}.frames`, value.frames, 0);
  if (value.frames > most)
    throw new RangeError(`${name} is longer than the passage: ${value.frames} > ${most}.`);
}

export function checkPlan(plan: EntryPlan): void {
  frames('plan', plan.plan, 1);
  frames('generation', plan.generation, 0);
  frames('entry', plan.entry, 1);
  if (plan.after !== null) frames('after', plan.after, 1);
  frames('startFrame', plan.startFrame, 0);
  frames('endFrame', plan.endFrame, plan.startFrame + 1);
  frames('overlapFrames', plan.overlapFrames, 0);
  const length = plan.endFrame - plan.startFrame;
  fade('fadeIn', plan.fadeIn, length);
  fade('fadeOut', plan.fadeOut, length);
  if (plan.previousFadeOut) fade('previousFadeOut', plan.previousFadeOut, Number.MAX_SAFE_INTEGER);
  if (typeof plan.previousEndFrame === 'number') frames('previousEndFrame', plan.previousEndFrame, 1);
  if (!(plan.gain >= 0 && Number.isFinite(plan.gain))) throw new RangeError(`gain is ${plan.gain}.`);
  if (plan.path === '') throw new RangeError('path is empty.');
  if (plan.resumeAtFrame !== undefined) {
    frames('resumeAtFrame', plan.resumeAtFrame, plan.startFrame);
    if (plan.resumeAtFrame >= plan.endFrame) throw new RangeError('resumeAtFrame lies behind endFrame.');
  }
}

export function checkOptions(options: EngineOptions): void {
  frames('rate', options.rate, 8000);
  if (options.rate > 192_000) throw new RangeError(`rate is ${options.rate}: at most 192000.`);
  if (!(options.volume >= 0 && options.volume <= 1)) throw new RangeError(`volume is ${options.volume}.`);
}
