// Loudness: the gain of a passage from what is known about its file and its album. Pure.

export type LoudnessMode = 'track' | 'album' | 'off';

/** Of a file, or of an album. Null: not tagged, not measured (yet), or nothing of it is loud enough to measure. */
export interface Loudness {
  /** Gain as tagged, relative to -18 LUFS (ReplayGain; R128 tags are brought to it). */
  readonly taggedDb: number | null;
  /** Integrated loudness as measured. */
  readonly lufs: number | null;
  /** dBTP. */
  readonly truePeakDb: number | null;
}

/** One file of an album, measured. */
export interface MeasuredFile {
  readonly lufs: number;
  readonly truePeakDb: number;
  readonly durationTicks: number;
}

const TARGET_LUFS = -16;
const REPLAYGAIN_REFERENCE_LUFS = -18;
const HIGHEST_GAIN_DB = 6;
const HIGHEST_TRUE_PEAK_DB = -1;
const RELATIVE_GATE_LU = 10;

/** In dB. Tags count before what was measured; nothing known: 0. No gain lifts a known true peak above -1 dBTP, and
 *  what reaches beyond that by itself is turned down to it. An album's files all have one gain, its highest peak counts. */
export function gainDb(mode: LoudnessMode, track: Loudness, album: Loudness): number {
  if (mode === 'off') return 0;
  const [first, second] = mode === 'album' ? [album, track] : [track, album];
  const wanted = wantedDb(first) ?? wantedDb(second);
  if (wanted === null) return 0;
  const peakDb = first.truePeakDb ?? second.truePeakDb;
  const room = peakDb === null ? HIGHEST_GAIN_DB : HIGHEST_TRUE_PEAK_DB - peakDb;
  return Math.min(wanted, HIGHEST_GAIN_DB, room);
}

function wantedDb({ taggedDb, lufs }: Loudness): number | null {
  if (taggedDb !== null) return taggedDb + (TARGET_LUFS - REPLAYGAIN_REFERENCE_LUFS);
  return lufs === null ? null : TARGET_LUFS - lufs;
}

/** The loudness of all of an album: the mean power over time of its files, without those more than 10 LU below the mean
 *  of all (the gate of EBU R128, applied to whole files: their blocks are not kept). */
export function albumLoudness(files: readonly MeasuredFile[]): { lufs: number; truePeakDb: number } | null {
  if (files.length === 0) return null;
  const gate = meanLufs(files) - RELATIVE_GATE_LU;
  return {
    lufs: meanLufs(files.filter(({ lufs }) => lufs >= gate)),
    truePeakDb: Math.max(...files.map(({ truePeakDb }) => truePeakDb)),
  };
}

function meanLufs(files: readonly MeasuredFile[]): number {
  let power = 0;
  let ticks = 0;
  for (const { lufs, durationTicks } of files) {
    power += durationTicks * 10 ** (lufs / 10);
    ticks += durationTicks;
  }
  return 10 * Math.log10(power / ticks);
}
