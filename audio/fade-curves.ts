// Fade curves and the gain of a voice at a frame, as the core computes them. Pure functions.
import type { Curve } from '../sync/vocabulary/common.ts';
import type { Fade } from './engine.ts';

/** Position t (0 to 1) to gain (0 to 1) of a fade-in. A fade-out is its mirror: f(1 - t). */
export const FADE_CURVES: Readonly<Record<Curve, (t: number) => number>> = {
  linear: (t) => t,
  cosine: (t) => 0.5 * (1 - Math.cos(Math.PI * t)),
  exponential: (t) => t * t,
  logarithmic: (t) => Math.sqrt(t),
  'equal-power': (t) => Math.sin((Math.PI / 2) * t),
};

export const CURVES = Object.keys(FADE_CURVES) as readonly Curve[];

/** Level in dB to linear gain. */
export function decibelsToGain(db: number): number {
  return 10 ** (db / 20);
}

/** What decides the gain of one voice. Frames of its file, at the working rate. */
export interface Envelope {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly fadeIn: Fade;
  readonly fadeOut: Fade;
  /** Linear gain of the passage. */
  readonly gain: number;
}

/** Gain at a file frame: fade-in x fade-out x passage gain; 0 outside. Both regions may overlap. */
export function gainAt(voice: Envelope, frame: number): number {
  if (frame < voice.startFrame || frame >= voice.endFrame) return 0;
  const n = frame - voice.startFrame;
  const m = frame - (voice.endFrame - voice.fadeOut.frames);
  const rise = n < voice.fadeIn.frames ? FADE_CURVES[voice.fadeIn.curve](n / voice.fadeIn.frames) : 1;
  const fall = m >= 0 ? FADE_CURVES[voice.fadeOut.curve](1 - m / voice.fadeOut.frames) : 1;
  return rise * fall * voice.gain;
}
