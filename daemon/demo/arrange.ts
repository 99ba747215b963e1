// Arranger: turns a style and a seed into the notes of a piece. Pure.
import { type Random, randomFrom } from './random.ts';
import type { Style } from './styles.ts';
import type { Instrument, Note } from './synth.ts';

export interface Part {
  readonly instrument: Instrument;
  readonly notes: readonly Note[];
}
export interface Score {
  readonly parts: readonly Part[];
  readonly bars: number;
  readonly barS: number;
}

/** Which layers sound in a section. */
type Layer = 'pad' | 'chords' | 'bass' | 'melody' | 'drums';
const SECTIONS: readonly (readonly Layer[])[] = [
  ['pad', 'chords'],
  ['pad', 'chords', 'bass', 'drums'],
  ['pad', 'chords', 'bass', 'drums', 'melody'],
  ['pad', 'bass', 'melody'],
  ['pad', 'chords', 'bass', 'drums', 'melody'],
];

export function arrange(style: Style, seed: string, seconds: number): Score {
  const random = randomFrom(seed);
  const bpm = style.bpm * random.between(0.95, 1.05);
  const beatS = 60 / bpm;
  const barS = beatS * style.beatsPerBar;
  const bars = Math.max(4, Math.round(seconds / barS));
  const root = style.root + random.whole(0, 6);
  const progression = random.pick(style.progressions);
  const degree = (bar: number) => progression[bar % progression.length] ?? 0;
  const pitch = (step: number) => {
    const size = style.scale.length;
    const octave = Math.floor(step / size);
    return root + 12 * octave + (style.scale[step - octave * size] ?? 0);
  };
  const sounds = (layer: Layer, bar: number) =>
    (SECTIONS[Math.min(SECTIONS.length - 1, Math.floor((bar / bars) * SECTIONS.length))] ?? []).includes(
      layer,
    );
  const barsOf = (layer: Layer) =>
    Array.from({ length: bars }, (_, bar) => bar).filter((bar) => sounds(layer, bar));
  const parts: Part[] = [];

  const { pad, chords, bass, melody, drums } = style;
  if (pad)
    parts.push({
      instrument: pad.instrument,
      notes: barsOf('pad').flatMap((bar) =>
        [0, 2, 4].map((third, voice) => ({
          atS: bar * barS,
          lengthS: barS,
          pitch: pitch(degree(bar) + third) + (voice === 2 ? 0 : 12),
          level: pad.level,
          pan: (voice - 1) * 0.6,
        })),
      ),
    });
  if (chords)
    parts.push({
      instrument: chords.instrument,
      notes: barsOf('chords').flatMap((bar) => chordBar(bar, chords)),
    });
  if (bass)
    parts.push({
      instrument: bass.instrument,
      notes: barsOf('bass').flatMap((bar) =>
        Array.from({ length: bass.perBar }, (_, n) => ({
          atS: bar * barS + (n * barS) / bass.perBar,
          lengthS: (barS / bass.perBar) * 0.85,
          pitch: pitch(degree(bar)) + (n % 4 === 3 && random.chance(0.4) ? 12 : 0),
          level: bass.level * (n === 0 ? 1 : 0.85),
          pan: 0,
        })),
      ),
    });
  if (melody) parts.push({ instrument: melody.instrument, notes: tune(melody) });
  if (drums) parts.push(...drumParts(drums));
  return { parts, bars, barS };

  function chordBar(bar: number, part: NonNullable<Style['chords']>): Note[] {
    const triad = [0, 2, 4].map((third) => pitch(degree(bar) + third) + 12);
    if (part.perBeat === 0)
      // Struck on the beats that the bass leaves.
      return Array.from({ length: style.beatsPerBar - 1 }, (_, n) => n + 1).flatMap((beat) =>
        triad.map((note, voice) => ({
          atS: bar * barS + beat * beatS,
          lengthS: beatS * 0.5,
          pitch: note,
          level: part.level,
          pan: (voice - 1) * 0.4,
        })),
      );
    const count = style.beatsPerBar * part.perBeat;
    const order = [0, 1, 2, 3, 2, 1];
    return Array.from({ length: count }, (_, n) => {
      const voice = order[n % order.length] ?? 0;
      return {
        atS: bar * barS + (n * barS) / count,
        lengthS: barS / count,
        pitch: voice === 3 ? (triad[0] ?? root) + 12 : (triad[voice] ?? root),
        level: part.level * (n % part.perBeat === 0 ? 1 : 0.8),
        pan: Math.sin(n) * 0.5,
      };
    });
  }

  /** Two motifs of two bars, in turn: chord tones on the beat, steps between. */
  function tune(part: NonNullable<Style['melody']>): Note[] {
    const slots = style.beatsPerBar * 4;
    const motifs = [motif(slots, part.density, random), motif(slots, part.density, random)];
    const notes: Note[] = [];
    for (const bar of barsOf('melody')) {
      const chosen = motifs[Math.floor(bar / 4) % 2] ?? [];
      const half = (bar % 2) * (slots / 2);
      for (const { slot, step, length } of chosen) {
        if (slot < half || slot >= half + slots / 2) continue;
        notes.push({
          atS: bar * barS + (slot - half) * (beatS / 2),
          lengthS: length * (beatS / 2) * 0.9,
          pitch: pitch(degree(bar) + step) + 12 * part.octave,
          level: part.level,
          pan: 0.15,
        });
      }
    }
    return notes;
  }

  function drumParts(part: NonNullable<Style['drums']>): Part[] {
    const letters = { kick: 'kK', snare: 'sS', hat: 'hKS', shaker: 'x' } as const;
    return (Object.keys(letters) as (keyof typeof letters)[]).flatMap((kind) => {
      const places = [...part.pattern].flatMap((letter, n) => (letters[kind].includes(letter) ? [n] : []));
      if (places.length === 0) return [];
      const notes = barsOf('drums').flatMap((bar) =>
        places.map((place) => ({
          atS: bar * barS + (place * barS) / part.pattern.length,
          lengthS: 0.2,
          pitch: 0,
          level: part.level * (place % 2 === 0 ? 1 : 0.7),
          pan: kind === 'hat' ? 0.3 : kind === 'shaker' ? -0.3 : 0,
        })),
      );
      return [{ instrument: { kind }, notes }];
    });
  }
}

function motif(
  slots: number,
  density: number,
  random: Random,
): { slot: number; step: number; length: number }[] {
  const notes: { slot: number; step: number; length: number }[] = [];
  let step = random.pick([0, 2, 4]);
  for (let slot = 0; slot < slots; slot++) {
    const isOnBeat = slot % 2 === 0;
    if (!random.chance(isOnBeat ? Math.min(1, density * 1.5) : density * 0.7)) continue;
    step = isOnBeat && random.chance(0.6) ? random.pick([0, 2, 4, 7]) : step + random.pick([-1, 1, 1, -2]);
    step = Math.max(-2, Math.min(9, step));
    notes.push({ slot, step, length: isOnBeat ? 2 : 1 });
  }
  if (notes.length === 0) notes.push({ slot: 0, step: 0, length: 4 });
  return notes;
}
