// The typed face of the core's file tools: probing, measuring, decoding and encoding, off the audio thread. Types only.
// Each call blocks the calling thread: they are for the import worker, the command line and tests, not for the daemon.

export interface Probe {
  readonly codec: string;
  /** 'flac', 'mp3', 'ogg', 'mov,mp4,m4a', 'wav', ... */
  readonly container: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number | null;
  /** Gapless-trimmed length. */
  readonly durationTicks: number;
  /** True where the container states the exact length; else it is known only after decoding. */
  readonly exact: boolean;
}

/** Where the music of a file is, in ticks from its start. */
export interface ContentPoints {
  readonly startTicks: number;
  readonly leadInTicks: number;
  readonly leadOutTicks: number;
  readonly endTicks: number;
}

/** Measures of the audio itself, all from one decode of it: for the first local flavor and for import. */
export interface Measures {
  /** Exact, from decoding all of it. */
  readonly durationTicks: number;
  readonly rmsDb: number;
  readonly peakDb: number;
  /** RMS of loud parts over RMS of quiet parts, dB. */
  readonly dynamicRangeDb: number;
  /** Spectral centroid, Hz, energy weighted. */
  readonly centroidHz: number;
  /** Share of energy below 200 Hz and above 4 kHz, 0 to 1. */
  readonly lowShare: number;
  readonly highShare: number;
  /** Beats a minute by onset autocorrelation, 40 to 220 (0: no onsets at all), and how clear the peak is, 0 to 1. */
  readonly tempoBpm: number;
  readonly rhythmClarity: number;
  /** Onsets a second. */
  readonly onsetRate: number;
  /** Correlation of the mean chroma with the best of 24 major and minor key profiles, 0 to 1, and which kind it is. */
  readonly tonality: number;
  readonly isMajor: boolean;
  /** Zero crossings a second / 1000, a cheap measure of noisiness. */
  readonly zeroCrossingKhz: number;
  /** Integrated loudness (EBU R128). Null: nothing above -70 LUFS, or shorter than 0.4 s. */
  readonly loudnessLufs: number | null;
  /** dBTP; -120 for silence. */
  readonly truePeakDb: number;
  /** Null: all of it is silent. */
  readonly content: ContentPoints | null;
}

export interface FileMeasures extends Measures {
  /** Of each part by itself; its content points count from its own start. One that lies beyond the end has no length. */
  readonly parts: readonly Measures[];
}

/** The shape of a file, in equal spans; the last may be shorter. */
export interface Envelope {
  /** Exact, from decoding all of it. */
  readonly durationTicks: number;
  readonly spanTicks: number;
  /** Linear, one value a span: the highest sample of both channels, and the root of their mean power. */
  readonly peaks: Float32Array;
  readonly rms: Float32Array;
}

export type MediaFailure = {
  readonly error: 'NOT_FOUND' | 'NOT_AUDIO' | 'TRUNCATED' | 'UNREADABLE' | 'UNSUPPORTED';
  readonly message: string;
};

export interface EncodeOptions {
  readonly path: string;
  /** Opus takes 48 kHz only. Integers are rounded, not dithered: what was decoded comes back as it was. */
  readonly codec:
    | 'flac'
    | 'flac24'
    | 'mp3'
    | 'opus'
    | 'vorbis'
    | 'aac'
    | 'alac'
    | 'alac24'
    | 'wavpack'
    | 'wavpack24'
    | 'wavpack32f'
    | 'aiff'
    | 'wav16'
    | 'wav24'
    | 'wav32f';
  readonly rateHz: number;
  /** Of a lossy codec; its usual one unless told (MP3 192, AAC and Vorbis 160, Opus 128 kbit/s). */
  readonly bitRateBps?: number;
  /** Interleaved stereo, -1 to 1, at rateHz. */
  readonly samples: Float32Array;
  readonly tags: Readonly<Record<string, string>>;
  /** PNG or JPEG of the cover (FLAC, MP3, AAC, ALAC, Opus, Vorbis). */
  readonly cover?: Uint8Array;
}

export interface MediaTools {
  probe(path: string): Probe | MediaFailure;
  /** Of the coded audio alone, 32 hexadecimal digits: the same whatever tags, pictures and name the file has. Reads all of
   *  it, and decodes nothing. */
  audioKey(path: string): { readonly key: string } | MediaFailure;
  /** `partStarts`: in ticks, ascending; each part goes on to the next one's start, or the end. */
  measure(path: string, partStarts?: readonly number[]): FileMeasures | MediaFailure;
  /** Decodes all of it. At most `spans` spans where the container states the length rightly, else up to twice as many. */
  envelope(path: string, spans: number): Envelope | MediaFailure;
  /** The file as the core would hear it: stereo float at `rateHz`, interleaved. For tests and stems. */
  decode(
    path: string,
    rateHz: number,
    fromFrame?: number,
    frames?: number,
  ): { readonly samples: Float32Array; readonly concealedPackets: number } | MediaFailure;
  /** Writes a byte to a descriptor every `everyMs` in which these calls read anything, for as long as the process lives: a
   *  long call can be told from one that hangs. */
  pulse(descriptor: number, everyMs: number): void;
  encode(options: EncodeOptions): { readonly bytes: number } | MediaFailure;
}
