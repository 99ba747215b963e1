// What the demo library consists of, and that composing it is the same each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from '../../../daemon/demo/arrange.ts';
import { demoPieces } from '../../../daemon/demo/pieces.ts';
import { renderPiece } from '../../../daemon/demo/render.ts';

const pieces = demoPieces();

test('at least 24 tracks by 8 artists in four codecs at two rates, each path once', () => {
  const tracks = pieces.flatMap((piece) => piece.tracks);
  assert.ok(tracks.length >= 24);
  assert.equal(new Set(tracks.map(({ path }) => path)).size, tracks.length);
  assert.equal(new Set(pieces.map(({ style }) => style.artist)).size, 8);
  assert.deepEqual([...new Set(pieces.map(({ codec }) => codec))].sort(), ['aac', 'flac', 'mp3', 'opus']);
  assert.deepEqual([...new Set(pieces.map(({ rateHz }) => rateHz))].sort(), [44_100, 48_000]);
  assert.deepEqual([...new Set(pieces.map(({ ending }) => ending))].sort(), ['cut', 'fade', 'ring']);
  assert.ok(pieces.every(({ codec, rateHz }) => codec !== 'opus' || rateHz === 48_000));
});

test('every track lasts 30 to 90 seconds, rounded to whole bars', () => {
  for (const piece of pieces) {
    const { bars, barS } = arrange(piece.style, piece.seed, piece.seconds);
    const seconds = (bars * barS) / piece.tracks.length;
    assert.ok(seconds >= 28 && seconds <= 90, `${piece.seed}: ${seconds}`);
  }
});

test('a score is the same for a seed, has notes in every part, and none outside the piece', () => {
  for (const { style, seed, seconds } of pieces) {
    const score = arrange(style, seed, seconds);
    assert.deepEqual(score, arrange(style, seed, seconds));
    assert.ok(score.parts.length >= 2, seed);
    for (const part of score.parts) {
      assert.ok(part.notes.length > 0, seed);
      for (const note of part.notes) {
        assert.ok(note.atS >= 0 && note.atS < score.bars * score.barS, seed);
        assert.ok(note.pitch >= 0 && note.pitch < 127, `${seed} ${note.pitch}`);
      }
    }
  }
});

test('what is rendered is finite, below full scale, stereo, and the same each time', () => {
  for (const piece of pieces.slice(0, 8)) {
    const short = { ...piece, seconds: 6 };
    const mix = renderPiece(short);
    let peak = 0;
    let difference = 0;
    for (let n = 0; n < mix.left.length; n++) {
      const left = mix.left[n] ?? Number.NaN;
      const right = mix.right[n] ?? Number.NaN;
      assert.ok(Number.isFinite(left) && Number.isFinite(right));
      peak = Math.max(peak, Math.abs(left), Math.abs(right));
      difference += Math.abs(left - right);
    }
    assert.ok(peak > 0.05 && peak <= 0.95, `${piece.seed}: ${peak}`);
    assert.ok(difference / mix.left.length > 1e-3, piece.seed);
    assert.deepEqual(renderPiece(short).left, mix.left);
  }
});
