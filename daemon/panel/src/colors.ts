// The colour of the page: looks at the art, once for each, and gives the tint of what plays.
import { useEffect, useState } from 'preact/hooks';
import { seedOf, type Tint, tintOfPixels, tintOfSeed } from './tint.ts';

/** Pixels a side of the picture that is looked at, and of the one that is fetched for it: the smallest there is. */
const SAMPLE = 24;
export const SAMPLED = 96;

const known = new Map<string, Promise<Tint | null>>();

function tintOfArt(url: string): Promise<Tint | null> {
  const before = known.get(url);
  if (before !== undefined) return before;
  const found = new Promise<Tint | null>((resolve) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = SAMPLE;
      canvas.height = SAMPLE;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (context === null) return resolve(null);
      context.drawImage(image, 0, 0, SAMPLE, SAMPLE);
      resolve(tintOfPixels(context.getImageData(0, 0, SAMPLE, SAMPLE).data));
    };
    image.onerror = () => resolve(null);
    image.src = url;
  });
  known.set(url, found);
  return found;
}

/** The tint of a piece; of its seed until the art has been looked at, and where there is none. */
export function useTint(artUrl: string | null, seed: string): Tint {
  const [tint, setTint] = useState<Tint>(() => tintOfSeed(seedOf(seed)));
  useEffect(() => {
    let isCurrent = true;
    const fallback = tintOfSeed(seedOf(seed));
    if (artUrl === null) setTint(fallback);
    else void tintOfArt(artUrl).then((found) => isCurrent && setTint(found ?? fallback));
    return () => {
      isCurrent = false;
    };
  }, [artUrl, seed]);
  return tint;
}
