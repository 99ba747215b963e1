// Synth: adds one note of an instrument to a stereo buffer. Pure but for the buffer; worker process.
import type { Random } from './random.ts';

export interface Mix {
  readonly rateHz: number;
  readonly left: Float32Array;
  readonly right: Float32Array;
}

export interface Note {
  readonly atS: number;
  readonly lengthS: number;
  /** Semitones, 69 = 440 Hz. Percussion ignores it. */
  readonly pitch: number;
  /** 0 to 1. */
  readonly level: number;
  /** -1 left to 1 right. */
  readonly pan: number;
}

export type Instrument =
  /** A sum of harmonics, two of them detuned against each other left and right. */
  | {
      readonly kind: 'tone';
      /** Levels of harmonic 1, 2, 3, ... */
      readonly harmonics: readonly number[];
      readonly attackS: number;
      readonly releaseS: number;
      readonly detuneCents: number;
      /** Level kept after the attack, falling by half in this time; 0: it stays. */
      readonly halfLifeS: number;
    }
  /** A plucked string (Karplus-Strong). */
  | { readonly kind: 'string'; readonly bright: number; readonly sustainS: number }
  /** Two-operator FM: bells and electric pianos. */
  | { readonly kind: 'bell'; readonly ratio: number; readonly index: number; readonly halfLifeS: number }
  | { readonly kind: 'kick' | 'snare' | 'hat' | 'shaker' };

const TABLE = 2048;
const tables = new Map<string, Float32Array>();

/** One period, with as many harmonics as stay below 0.45 of the rate: no aliasing. */
function tableFor(harmonics: readonly number[], frequency: number, rateHz: number): Float32Array {
  const count = Math.max(1, Math.min(harmonics.length, Math.floor((0.45 * rateHz) / frequency)));
  const key = `${count}|${harmonics.join(' ')}`;
  const known = tables.get(key);
  if (known) return known;
  const table = new Float32Array(TABLE + 1);
  for (let h = 1; h <= count; h++) {
    const level = harmonics[h - 1] ?? 0;
    for (let n = 0; n <= TABLE; n++)
      table[n] = (table[n] ?? 0) + level * Math.sin((2 * Math.PI * h * n) / TABLE);
  }
  tables.set(key, table);
  return table;
}

/** 1/1, 1/2, 1/3, ...: a saw; odd only: a square. */
export function saw(count: number): number[] {
  return Array.from({ length: count }, (_, n) => 0.6 / (n + 1));
}
export function square(count: number): number[] {
  return Array.from({ length: count }, (_, n) => (n % 2 === 0 ? 0.7 / (n + 1) : 0));
}

export function addNote(mix: Mix, instrument: Instrument, note: Note, random: Random): void {
  switch (instrument.kind) {
    case 'tone':
      addTone(mix, instrument, note);
      break;
    case 'string':
      addString(mix, instrument, note, random);
      break;
    case 'bell':
      addBell(mix, instrument, note);
      break;
    default:
      addDrum(mix, instrument.kind, note, random);
  }
}

function span(mix: Mix, note: Note, extraS: number) {
  const first = Math.round(note.atS * mix.rateHz);
  const frames = Math.round((note.lengthS + extraS) * mix.rateHz);
  return { first, count: Math.max(0, Math.min(frames, mix.left.length - first)) };
}

/** Equal power: the two squares sum to 1. */
function panGains({ pan, level }: Note): [number, number] {
  const angle = ((pan + 1) * Math.PI) / 4;
  return [level * Math.cos(angle), level * Math.sin(angle)];
}

const frequencyOf = (pitch: number) => 440 * 2 ** ((pitch - 69) / 12);

function addTone(mix: Mix, tone: Instrument & { kind: 'tone' }, note: Note): void {
  const { rateHz, left, right } = mix;
  const frequency = frequencyOf(note.pitch);
  const table = tableFor(tone.harmonics, frequency, rateHz);
  const { first, count } = span(mix, note, tone.releaseS);
  const [gainLeft, gainRight] = panGains(note);
  const detune = 2 ** (tone.detuneCents / 2400);
  const stepA = (frequency * detune * TABLE) / rateHz;
  const stepB = (frequency * TABLE) / detune / rateHz;
  const attack = Math.max(1, tone.attackS * rateHz);
  const release = Math.max(1, tone.releaseS * rateHz);
  const held = note.lengthS * rateHz;
  const decay = tone.halfLifeS > 0 ? 0.5 ** (1 / (tone.halfLifeS * rateHz)) : 1;
  let body = 1;
  // Fixed but different phases left and right: wide, and the same on every run.
  let a = 0;
  let b = TABLE * 0.31;
  for (let n = 0; n < count; n++) {
    const rise = n < attack ? n / attack : 1;
    const fall = n > held ? 1 - (n - held) / release : 1;
    if (fall <= 0) break;
    if (n > attack) body *= decay;
    const envelope = rise * fall * fall * body;
    const at = first + n;
    const ia = a | 0;
    const ib = b | 0;
    const va = (table[ia] as number) + ((table[ia + 1] as number) - (table[ia] as number)) * (a - ia);
    const vb = (table[ib] as number) + ((table[ib + 1] as number) - (table[ib] as number)) * (b - ib);
    left[at] = (left[at] as number) + envelope * gainLeft * (0.7 * va + 0.3 * vb);
    right[at] = (right[at] as number) + envelope * gainRight * (0.3 * va + 0.7 * vb);
    a += stepA;
    if (a >= TABLE) a -= TABLE;
    b += stepB;
    if (b >= TABLE) b -= TABLE;
  }
}

function addString(mix: Mix, string: Instrument & { kind: 'string' }, note: Note, random: Random): void {
  const { rateHz, left, right } = mix;
  const period = rateHz / frequencyOf(note.pitch) - 0.5;
  const size = Math.max(2, Math.floor(period));
  const fraction = period - size;
  const line = new Float32Array(size + 1);
  // A burst of noise, smoothed: the softer, the darker the pluck.
  let smooth = 0;
  for (let n = 0; n <= size; n++) {
    smooth += (random.between(-1, 1) - smooth) * (0.15 + 0.85 * string.bright);
    line[n] = smooth;
  }
  const { first, count } = span(mix, { ...note, lengthS: string.sustainS }, 0);
  const [gainLeft, gainRight] = panGains(note);
  const loss = 0.001 ** (size / (string.sustainS * rateHz));
  let at = 0;
  let last = 0;
  for (let n = 0; n < count; n++) {
    const here = line[at] as number;
    const next = line[at === size ? 0 : at + 1] as number;
    const value = here + (next - here) * fraction;
    line[at] = loss * (0.5 * value + 0.5 * last);
    last = value;
    at = at === size ? 0 : at + 1;
    const fade = n > count - 256 ? (count - n) / 256 : 1;
    left[first + n] = (left[first + n] as number) + gainLeft * fade * value;
    right[first + n] = (right[first + n] as number) + gainRight * fade * value;
  }
}

function addBell(mix: Mix, bell: Instrument & { kind: 'bell' }, note: Note): void {
  const { rateHz, left, right } = mix;
  const ringS = Math.min(note.lengthS + bell.halfLifeS * 3, bell.halfLifeS * 8);
  const { first, count } = span(mix, { ...note, lengthS: ringS }, 0);
  const [gainLeft, gainRight] = panGains(note);
  const step = (2 * Math.PI * frequencyOf(note.pitch)) / rateHz;
  const decay = 0.5 ** (1 / (bell.halfLifeS * rateHz));
  let level = 1;
  for (let n = 0; n < count; n++) {
    level *= decay;
    const rise = n < 96 ? n / 96 : 1;
    const fall = n > count - 960 ? (count - n) / 960 : 1;
    const value =
      level * rise * fall * Math.sin(n * step + bell.index * level * Math.sin(n * step * bell.ratio));
    left[first + n] = (left[first + n] as number) + gainLeft * value;
    right[first + n] = (right[first + n] as number) + gainRight * value;
  }
}

function addDrum(mix: Mix, kind: 'kick' | 'snare' | 'hat' | 'shaker', note: Note, random: Random): void {
  const { rateHz, left, right } = mix;
  const lengthS = { kick: 0.28, snare: 0.2, hat: 0.06, shaker: 0.09 }[kind];
  const { first, count } = span(mix, { ...note, lengthS }, 0);
  const [gainLeft, gainRight] = panGains(note);
  let phase = 0;
  let before = 0;
  for (let n = 0; n < count; n++) {
    const t = n / rateHz;
    const fall = (1 - n / count) ** 2;
    let value: number;
    if (kind === 'kick') {
      phase += (2 * Math.PI * (48 + 140 * Math.exp(-t * 32))) / rateHz;
      value = 1.2 * fall * Math.sin(phase);
    } else {
      const noise = random.between(-1, 1);
      // The difference of neighbours is brighter than the noise itself.
      const bright = noise - before;
      before = noise;
      if (kind === 'snare') {
        phase += (2 * Math.PI * 185) / rateHz;
        value = fall * (0.5 * noise + 0.5 * Math.sin(phase) * fall);
      } else if (kind === 'hat') value = 0.45 * fall * fall * bright;
      else value = 0.25 * Math.sin((Math.PI * n) / count) * bright;
    }
    left[first + n] = (left[first + n] as number) + gainLeft * value;
    right[first + n] = (right[first + n] as number) + gainRight * value;
  }
}
