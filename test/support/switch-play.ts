// Plays one passage of noise while it is moved between two devices and the null sink, and says what was heard on each: for
// the test that judges the joins and the benchmark that measures the silence.
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { SinkChoice } from '../../audio/engine.ts';
import { sinkNamed } from '../../audio/sink-names.ts';
import type { Act, PlayResult } from './play-plans.ts';
import { playThrough } from './play-process.ts';
import { type HeardOnTwo, openDevicePair } from './pulse-pair.ts';
import { noise } from './tones.ts';

export interface Switched {
  readonly heard: HeardOnTwo;
  readonly result: PlayResult;
  /** What was played, as it was to sound. */
  readonly music: Float32Array;
}

/** A device by its stable name; null: nobody hears it. */
export type Place = string | null;

const sinkOf = (place: Place): SinkChoice => (place === null ? { kind: 'null' } : sinkNamed(place, 0.1));

/** Begins on `places[0]` and moves on every `everyMs`. */
export async function playSwitching(
  folder: string,
  places: readonly [string, ...Place[]],
  everyMs: number,
  rateHz: number,
): Promise<Switched> {
  const [device, ...others] = places;
  const frames = Math.ceil(((places.length + 1) * everyMs * rateHz) / 1000);
  const music = noise(frames, 1);
  const path = join(folder, 'noise.wav');
  const written = mediaTools().encode({ path, codec: 'wav32f', rateHz, samples: music, tags: {} });
  if ('error' in written) throw new Error(written.message);
  const none = { frames: 0, curve: 'linear' } as const;
  const plan = { plan: 1, generation: 1, entry: 1, after: null, path, startFrame: 0, endFrame: frames };
  const plans = [{ ...plan, gain: 1, overlapFrames: 0, fadeIn: none, fadeOut: none, previousFadeOut: null }];
  const acts = others.map(
    (place, i): Act => ({ atMs: (i + 1) * everyMs, type: 'switch', sink: sinkOf(place) }),
  );
  const pair = await openDevicePair(rateHz);
  try {
    const recording = await pair.record();
    const list = { rate: rateHz, device, plans, block: null, acts };
    const result = await playThrough(list, join(folder, 'list.json'), pair.environment);
    return { heard: await recording.stop(), result, music };
  } finally {
    await pair.close();
  }
}
