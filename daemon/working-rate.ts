// At which rate everything is mixed. Pure; decided once, at the start.

/** Most music has the first. More costs memory and processor, and nobody hears it: only when asked. */
const USUAL_RATES: readonly number[] = [44_100, 48_000];

export interface RateFacts {
  /** By the settings; null: what fits best. */
  readonly askedHz: number | null;
  /** At which the device plays without converting; empty: not known. */
  readonly deviceHz: readonly number[];
  /** Of most of the music; null: there is none yet. */
  readonly libraryHz: number | null;
}

/** The device's own rate, so that nobody after us converts; of several that of the music, so that we do not either. A device
 *  that has only higher ones is given the usual one that it is a multiple of. */
export function workingRateHz({ askedHz, deviceHz, libraryHz }: RateFacts): number {
  if (askedHz !== null) return askedHz;
  const fits = (rate: number) => deviceHz.length === 0 || deviceHz.includes(rate);
  const best = USUAL_RATES.find((rate) => rate === libraryHz && fits(rate)) ?? USUAL_RATES.find(fits);
  const multiple = USUAL_RATES.find((rate) =>
    deviceHz.some((higher) => higher > rate && higher % rate === 0),
  );
  return best ?? multiple ?? Math.max(...deviceHz);
}
