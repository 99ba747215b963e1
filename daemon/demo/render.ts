// Renders a piece: score, notes, room, level and ending, as stereo float. Pure; a second or two of work a minute of music.
import { arrange } from './arrange.ts';
import { addRoom, applyEnding, setLevel } from './master.ts';
import type { Piece } from './pieces.ts';
import { randomFrom } from './random.ts';
import { addNote, type Mix } from './synth.ts';

/** What rings on after the last bar. */
const TAIL_S = { ring: 2.5, fade: 0, cut: 0 } as const;

export function renderPiece(piece: Piece): Mix & { readonly barFrames: number } {
  const { rateHz, style, seed } = piece;
  const score = arrange(style, seed, piece.seconds);
  const frames = Math.round((score.bars * score.barS + TAIL_S[piece.ending]) * rateHz);
  const mix: Mix = { rateHz, left: new Float32Array(frames), right: new Float32Array(frames) };
  const random = randomFrom(`${seed} noise`);
  for (const { instrument, notes } of score.parts)
    for (const note of notes) addNote(mix, instrument, note, random);
  addRoom(mix, style.room);
  setLevel(mix, style.levelDb);
  applyEnding(mix, piece.ending);
  return { ...mix, barFrames: score.barS * rateHz };
}
