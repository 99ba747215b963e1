// An album cut into files in every codec, played through the core: not a frame more or less than the uncut original, at
// every seam. Lossless ones to the bit; lossy ones each at its place, with no more noise at a seam than anywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndedVoice } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { CODECS, type Codec, LOSSLESS, read, write } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music } from '../support/signals.ts';

const folder = scratchFolder('gapless');
/** Seconds at which the album is cut, and the odd frames that make them fit nobody's packets. */
const CUTS = [1.7, 2.9, 5.3] as const;
const SECONDS = 7;
/** A codec that begins anew has a little more noise there: 4 dB at most were measured. */
const MOST_SEAM_DB = 8;
const oddFrame = (second: number, rate: number, index: number) =>
  Math.round(second * rate) + ([1, 577, 137][index % 3] ?? 0);

interface Piece {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

function cutAlbum(codec: Codec, rate: number, whole: Float32Array): Piece[] {
  const edges = [0, ...CUTS.map((second, i) => oddFrame(second, rate, i)), whole.length / 2];
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? 0;
    const path = write(folder, `${codec}-${rate}-${i}`, codec, rate, whole.slice(2 * from, 2 * to));
    return { path, from, to };
  });
}

/** All pieces one after the other through the core, without overlap; `lengths` in frames of its rate. */
async function play(
  pieces: readonly Piece[],
  lengths: readonly number[],
  rate: number,
): Promise<{ heard: Float32Array; ended: readonly EndedVoice[] }> {
  const engine = openNativeEngine({
    rate,
    sink: { kind: 'manual' },
    playing: true,
    volume: 1,
    limiter: false,
  });
  const ended: EndedVoice[] = [];
  engine.onEvent((event) => {
    if (event.type === 'voiceEnded') ended.push(event.ended);
    assert.ok(!['voiceFailed', 'endedEarly', 'underrunBegan'].includes(event.type), JSON.stringify(event));
  });
  const none = { frames: 0, curve: 'linear' } as const;
  const chunks: Float32Array[] = [];
  for (const [i, { path }] of pieces.entries()) {
    const answer = await engine.offer({
      ...{ plan: i + 1, generation: 0, entry: i + 1, after: i === 0 ? null : i, path, gain: 1 },
      ...{ startFrame: 0, endFrame: lengths[i] ?? 0, overlapFrames: 0 },
      ...{ fadeIn: none, fadeOut: none, previousFadeOut: null },
    });
    assert.equal(answer.outcome, 'accepted');
    // Into the middle of this one, so that the next is offered while it sounds.
    const until =
      lengths.slice(0, i).reduce((sum, length) => sum + length, 0) + Math.round((lengths[i] ?? 0) / 2);
    chunks.push(engine.pull(until - chunks.reduce((sum, chunk) => sum + chunk.length / 2, 0)));
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  chunks.push(engine.pull(total + 1000 - chunks.reduce((sum, chunk) => sum + chunk.length / 2, 0)));
  await engine.close(0);
  const heard = new Float32Array(2 * (total + 1000));
  let at = 0;
  for (const chunk of chunks) {
    heard.set(chunk, at);
    at += chunk.length;
  }
  return { heard, ended };
}

/** Power of the difference in [from, to). */
function noise(a: Float32Array, b: Float32Array, from: number, to: number, shift = 0): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += ((a[2 * n] ?? 0) - (b[2 * (n + shift)] ?? 0)) ** 2;
  return sum / (to - from);
}

for (const rate of [44_100, 48_000]) {
  const whole = music(SECONDS * rate, rate, 5);
  for (const codec of CODECS.filter((each) => each !== 'opus' || rate === 48_000))
    test(`${codec}, ${rate} Hz: four files play as the uncut album`, async () => {
      const pieces = cutAlbum(codec, rate, whole);
      const { heard, ended } = await play(
        pieces,
        pieces.map(({ from, to }) => to - from),
        rate,
      );
      assert.deepEqual(
        ended.map(({ reason, startedAtFrame, endedAtFrame }) => [reason, startedAtFrame, endedAtFrame]),
        pieces.map(({ from, to }) => ['natural', from, to]),
      );
      assert.ok(heard.subarray(whole.length).every((sample) => sample === 0));
      for (const { path, from, to } of pieces)
        assert.equal(maxDifference(heard.subarray(2 * from, 2 * to), read(path, rate)), 0, path);
      if (LOSSLESS.includes(codec)) {
        assert.equal(maxDifference(heard.subarray(0, whole.length), whole), 0);
        return;
      }
      const usual = noise(whole, heard, 0, whole.length / 2);
      for (const { from, to } of pieces) {
        const errors = [-2, -1, 0, 1, 2].map((shift) => noise(whole, heard, from + 2000, to - 2000, shift));
        assert.equal(errors.indexOf(Math.min(...errors)), 2, `the piece from ${from} lies elsewhere`);
        if (from === 0) continue;
        const atSeam = noise(whole, heard, from - 128, from + 128);
        assert.ok(10 * Math.log10(atSeam / usual) < MOST_SEAM_DB, `the seam at ${from} can be heard`);
      }
    });
}

test('a 44.1 kHz album on a 48 kHz output: no seam is off by more than half a frame', async () => {
  const whole = music(SECONDS * 44_100, 44_100, 5);
  const pieces = cutAlbum('flac', 44_100, whole);
  const lengths = pieces.map(({ path }) => read(path, 48_000).length / 2);
  pieces.forEach(({ from, to }, i) => {
    assert.ok(Math.abs((lengths[i] ?? 0) - ((to - from) * 48_000) / 44_100) <= 0.5);
  });
  const { heard, ended } = await play(pieces, lengths, 48_000);
  assert.deepEqual(
    ended.map(({ reason }) => reason),
    pieces.map(() => 'natural'),
  );
  const uncut = read(write(folder, 'uncut', 'flac', 44_100, whole), 48_000);
  let at = 0;
  lengths.forEach((length, i) => {
    const errors = [-2, -1, 0, 1, 2].map((shift) => noise(heard, uncut, at + 500, at + length - 500, shift));
    assert.equal(errors.indexOf(Math.min(...errors)), 2, `piece ${i} lies elsewhere`);
    at += length;
  });
});
