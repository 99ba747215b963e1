// At which rate everything is mixed. Pure; decided once, at the start.

/** Most music has it. */
export const USUAL_RATE_HZ = 44_100;
/** More costs memory and processor, and nobody hears it: only when asked. */
const USUAL_RATES: readonly number[] = [USUAL_RATE_HZ, 48_000];

export interface RateFacts {
  /** By the settings; null: what fits best. */
  readonly askedHz: number | null;
  /** At which the device plays without converting; empty: not known. */
  readonly deviceHz: readonly number[];
  /** Of most of the music; null: there is none yet. */
  readonly libraryHz: number | null;
}

/** The device's own rate, so that nobody after us converts; of several that of the music, so that we do not either. */
export function workingRateHz({ askedHz, deviceHz, libraryHz }: RateFacts): number {
  if (askedHz !== null) return askedHz;
  const usual = deviceHz.length === 0 ? USUAL_RATES : USUAL_RATES.filter((rate) => deviceHz.includes(rate));
  if (libraryHz !== null && usual.includes(libraryHz)) return libraryHz;
  const enough = deviceHz.filter((rate) => rate >= USUAL_RATE_HZ);
  return usual[0] ?? Math.min(...(enough.length > 0 ? enough : [Math.max(...deviceHz)]));
}
