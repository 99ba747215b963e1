// Styles: the eight artists of the demo library, as data: tempo, scale, instruments, mood. Pure.
import { type Instrument, saw, square } from './synth.ts';

export interface Style {
  readonly artist: string;
  readonly genre: string;
  readonly bpm: number;
  readonly beatsPerBar: 3 | 4;
  /** Semitones of the scale's seven (or five) degrees. */
  readonly scale: readonly number[];
  /** The lowest root, as a pitch. */
  readonly root: number;
  /** Chord roots as degrees (0 = the root), one a bar; one line is chosen for a piece. */
  readonly progressions: readonly (readonly number[])[];
  readonly pad?: { readonly instrument: Instrument; readonly level: number };
  readonly chords?: {
    readonly instrument: Instrument;
    readonly level: number;
    /** Broken chords: notes a beat. Struck chords: 0. */
    readonly perBeat: number;
  };
  readonly bass?: { readonly instrument: Instrument; readonly level: number; readonly perBar: number };
  readonly melody?: {
    readonly instrument: Instrument;
    readonly level: number;
    readonly octave: number;
    /** Of the places on the half-beat grid, the share that holds a note. */
    readonly density: number;
  };
  /** One letter per half beat of a bar: k kick, s snare, h hat, x shaker, K kick and hat, S snare and hat, '-' nothing. */
  readonly drums?: { readonly pattern: string; readonly level: number };
  readonly room: number;
  readonly levelDb: number;
  /** Hue of the covers, degrees. */
  readonly hue: number;
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
const DORIAN = [0, 2, 3, 5, 7, 9, 10];
const LYDIAN = [0, 2, 4, 6, 7, 9, 11];
const MIXOLYDIAN = [0, 2, 4, 5, 7, 9, 10];

const tone = (
  harmonics: readonly number[],
  attackS: number,
  releaseS: number,
  detuneCents: number,
  halfLifeS = 0,
): Instrument => ({ kind: 'tone', harmonics, attackS, releaseS, detuneCents, halfLifeS });

export const STYLES: readonly Style[] = [
  {
    artist: 'Copper Wires',
    genre: 'Folk',
    bpm: 96,
    beatsPerBar: 4,
    scale: MIXOLYDIAN,
    root: 43,
    progressions: [
      [0, 3, 0, 4],
      [0, 6, 3, 0],
      [0, 4, 3, 4],
    ],
    chords: { instrument: { kind: 'string', bright: 0.7, sustainS: 1.6 }, level: 0.5, perBeat: 2 },
    bass: { instrument: { kind: 'string', bright: 0.3, sustainS: 2 }, level: 0.6, perBar: 2 },
    melody: {
      instrument: { kind: 'string', bright: 0.9, sustainS: 1.2 },
      level: 0.55,
      octave: 2,
      density: 0.45,
    },
    drums: { pattern: 'x-x-x-xx', level: 0.3 },
    room: 0.25,
    levelDb: -19,
    hue: 24,
  },
  {
    artist: 'Halvorsen Drift',
    genre: 'Ambient',
    bpm: 58,
    beatsPerBar: 4,
    scale: LYDIAN,
    root: 38,
    progressions: [
      [0, 0, 1, 1, 4, 4, 0, 0],
      [0, 0, 5, 5, 3, 3, 1, 1],
    ],
    pad: { instrument: tone([1, 0.35, 0.12, 0.05], 2.2, 3.5, 14), level: 0.5 },
    melody: { instrument: tone([1, 0.08], 0.8, 2.5, 6), level: 0.25, octave: 2, density: 0.08 },
    room: 0.7,
    levelDb: -24,
    hue: 215,
  },
  {
    artist: 'Night Ferry',
    genre: 'Downtempo',
    bpm: 82,
    beatsPerBar: 4,
    scale: DORIAN,
    root: 36,
    progressions: [
      [0, 3, 0, 3],
      [0, 6, 3, 4],
      [0, 2, 3, 3],
    ],
    pad: { instrument: tone([1, 0.3, 0.2, 0.05], 0.6, 1.2, 10), level: 0.18 },
    chords: { instrument: { kind: 'bell', ratio: 1, index: 1.6, halfLifeS: 0.5 }, level: 0.3, perBeat: 0 },
    bass: { instrument: tone([1, 0.4, 0.15], 0.01, 0.08, 0, 0.6), level: 0.65, perBar: 3 },
    melody: {
      instrument: { kind: 'bell', ratio: 2, index: 1.1, halfLifeS: 0.35 },
      level: 0.3,
      octave: 3,
      density: 0.3,
    },
    drums: { pattern: 'k-S-k-Sh', level: 0.4 },
    room: 0.35,
    levelDb: -18,
    hue: 265,
  },
  {
    artist: 'Pixel Parade',
    genre: 'Chiptune',
    bpm: 150,
    beatsPerBar: 4,
    scale: MAJOR,
    root: 48,
    progressions: [
      [0, 4, 5, 3],
      [0, 3, 4, 4],
      [0, 5, 3, 4],
    ],
    chords: { instrument: tone(square(24), 0.002, 0.02, 0, 0.12), level: 0.22, perBeat: 4 },
    bass: { instrument: tone(square(12), 0.002, 0.03, 0), level: 0.35, perBar: 8 },
    melody: { instrument: tone(square(32), 0.002, 0.04, 4), level: 0.3, octave: 2, density: 0.7 },
    drums: { pattern: 'KhShKKSh', level: 0.5 },
    room: 0.05,
    levelDb: -13,
    hue: 130,
  },
  {
    artist: 'Kiln',
    genre: 'Techno',
    bpm: 130,
    beatsPerBar: 4,
    scale: MINOR,
    root: 33,
    progressions: [
      [0, 0, 5, 6],
      [0, 0, 0, 3],
    ],
    pad: { instrument: tone(saw(10), 0.4, 0.5, 18), level: 0.14 },
    chords: { instrument: tone(saw(14), 0.004, 0.06, 12, 0.09), level: 0.24, perBeat: 2 },
    bass: { instrument: tone(saw(8), 0.003, 0.04, 0, 0.15), level: 0.6, perBar: 8 },
    drums: { pattern: 'KhKhKhKS', level: 0.7 },
    room: 0.15,
    levelDb: -12,
    hue: 350,
  },
  {
    artist: 'Glass Orchard',
    genre: 'Minimal',
    bpm: 72,
    beatsPerBar: 4,
    scale: [0, 2, 4, 7, 9],
    root: 50,
    progressions: [
      [0, 2, 4, 2],
      [0, 3, 1, 4],
    ],
    chords: { instrument: { kind: 'bell', ratio: 3.5, index: 1.8, halfLifeS: 0.9 }, level: 0.28, perBeat: 1 },
    melody: {
      instrument: { kind: 'bell', ratio: 2.76, index: 2.4, halfLifeS: 1.3 },
      level: 0.4,
      octave: 2,
      density: 0.22,
    },
    room: 0.6,
    levelDb: -23,
    hue: 170,
  },
  {
    artist: 'The Lamplighters',
    genre: 'Waltz',
    bpm: 112,
    beatsPerBar: 3,
    scale: MAJOR,
    root: 41,
    progressions: [
      [0, 3, 4, 0],
      [0, 5, 1, 4],
      [0, 0, 4, 4],
    ],
    chords: {
      instrument: tone([1, 0.7, 0.5, 0.35, 0.25, 0.2, 0.1], 0.03, 0.06, 16),
      level: 0.16,
      perBeat: 0,
    },
    bass: { instrument: { kind: 'string', bright: 0.2, sustainS: 1.2 }, level: 0.7, perBar: 1 },
    melody: {
      instrument: tone([1, 0.8, 0.6, 0.5, 0.3, 0.3, 0.2, 0.1], 0.04, 0.08, 12),
      level: 0.26,
      octave: 2,
      density: 0.55,
    },
    drums: { pattern: '--x-x-', level: 0.3 },
    room: 0.3,
    levelDb: -17,
    hue: 45,
  },
  {
    artist: 'Iron Meridian',
    genre: 'Rock',
    bpm: 172,
    beatsPerBar: 4,
    scale: MINOR,
    root: 40,
    progressions: [
      [0, 5, 2, 6],
      [0, 0, 6, 5],
      [0, 3, 5, 4],
    ],
    pad: { instrument: tone(saw(30), 0.01, 0.05, 22), level: 0.3 },
    bass: { instrument: tone(saw(16), 0.004, 0.03, 0), level: 0.5, perBar: 8 },
    melody: { instrument: tone(saw(28), 0.02, 0.06, 10), level: 0.26, octave: 2, density: 0.5 },
    drums: { pattern: 'KhShKKSh', level: 0.8 },
    room: 0.12,
    levelDb: -11,
    hue: 5,
  },
];
