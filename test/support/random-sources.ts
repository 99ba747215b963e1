// What random plans play: music from files, constants, and voices whose every frame says which it is.
import type { EntryPlan } from '../../audio/engine.ts';
import { read, write } from './media-files.ts';
import type { Coded } from './mix-judge.ts';
import type { Source } from './random-play.ts';
import type { Script } from './random-scripts.ts';
import { scratchFolder } from './scratch.ts';
import { music } from './signals.ts';

process.env.SEGUE_SYNTHETIC = '1';

export const RATE = 44_100;
const FRAMES = 70_000;
const folder = scratchFolder('random-sources');

/** Calls `make` the first time. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Three pieces; read back once, which for PCM at its own rate is what was written. */
export const music3 = once((): readonly Source[] => {
  return (['wav32f', 'flac', 'wavpack'] as const).map((codec, i) => {
    const path = write(folder, `piece-${i}`, codec, RATE, music(FRAMES, RATE, i + 1));
    return { path, stem: read(path, RATE) };
  });
});

/** 1 throughout: what is heard are the gains. */
export const constant = once((): readonly Source[] =>
  [1, 2, 3].map((i) => ({
    path: `synthetic:frames=${FRAMES},value=1,number=${i}`,
    stem: new Float32Array(2 * FRAMES).fill(1),
  })),
);

const MOST_VOICES = 6;
/** Entry i plays source i - 1, which has the code i. */
export const coded = once((): readonly Source[] =>
  Array.from({ length: MOST_VOICES }, (_, i) => {
    const stem = new Float32Array(2 * FRAMES);
    for (let n = 0; n < FRAMES; n++) {
      stem[2 * n] = 2 ** -(2 + i);
      stem[2 * n + 1] = n / 2 ** 23;
    }
    return { path: `synthetic:frames=${FRAMES},code=${i + 1}`, stem };
  }),
);

export function isCoded({ entry, startFrame, endFrame }: EntryPlan): Coded {
  return { code: entry, startFrame, lengthFrames: endFrame - startFrame };
}

/** Every voice as it is, from its first frame to its last, and each with a code of its own. */
export function withoutFades(script: Script): Script {
  const none = { frames: 0, curve: 'linear' } as const;
  return {
    passages: script.passages.map((passage, source) => ({
      ...passage,
      source,
      gain: 1,
      fadeIn: none,
      fadeOut: none,
      previousFadeOut: null,
    })),
    acts: script.acts.map((act) => (act.act === 'replan' ? { ...act, previousFadeOut: none } : act)),
  };
}
