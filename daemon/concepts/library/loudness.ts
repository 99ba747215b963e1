// Loudness: the gain of a passage from what is known about its file. Pure.

export type LoudnessMode = 'track' | 'album' | 'off';

export interface KnownLoudness {
  /** As tagged, relative to -18 LUFS. */
  readonly trackDb: number | null;
  readonly albumDb: number | null;
  /** Highest sample, once measured. */
  readonly peakDb: number | null;
}

const TARGET_LUFS = -16;
const REPLAYGAIN_REFERENCE_LUFS = -18;
const HIGHEST_GAIN_DB = 6;
const HIGHEST_PEAK_DB = -1;

/** In dB. Nothing known: 0. What is turned up never passes -1 dB at its highest sample because of it. */
export function gainDb(mode: LoudnessMode, known: KnownLoudness): number {
  if (mode === 'off') return 0;
  const tagged = mode === 'album' ? (known.albumDb ?? known.trackDb) : (known.trackDb ?? known.albumDb);
  if (tagged === null) return 0;
  const wanted = Math.min(tagged + (TARGET_LUFS - REPLAYGAIN_REFERENCE_LUFS), HIGHEST_GAIN_DB);
  if (wanted <= 0 || known.peakDb === null) return wanted;
  return Math.min(wanted, Math.max(0, HIGHEST_PEAK_DB - known.peakDb));
}
