// Where music in one file is divided: after silences that are long and quiet enough, and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { secondsToTicks, ticksToSeconds } from '../../../audio/ticks.ts';
import { partStarts } from '../../../daemon/import/silences.ts';

const SPAN_S = 0.02;
const OPTIONS = { silenceS: 1, belowDb: -50, leastS: 30 };

/** `pieces`: seconds and the level of each, one after the other. */
function envelopeOf(pieces: readonly (readonly [seconds: number, level: number])[]) {
  const rms = pieces.flatMap(([seconds, level]) =>
    Array.from({ length: Math.round(seconds / SPAN_S) }, () => level),
  );
  const spanTicks = secondsToTicks(SPAN_S);
  return {
    durationTicks: rms.length * spanTicks,
    spanTicks,
    rms: Float32Array.from(rms),
    peaks: Float32Array.from(rms),
  };
}
const seconds = (pieces: Parameters<typeof envelopeOf>[0], options = OPTIONS) =>
  partStarts(envelopeOf(pieces), options).map((ticks) => Math.round(ticksToSeconds(ticks) * 1000) / 1000);

test('a silence belongs to the part before it; silence at the ends divides nothing', () => {
  const side = [
    [3, 0],
    [60, 0.1],
    [2, 0.001],
    [90, 0.1],
    [1, 0],
    [45, 0.05],
    [5, 0],
  ] as const;
  assert.deepEqual(seconds(side), [0, 65, 156]);
  assert.deepEqual(
    seconds([
      [2, 0],
      [100, 0.1],
      [2, 0],
    ]),
    [0],
  );
  assert.deepEqual(seconds([[10, 0]]), [0]);
});

test('rests, quiet passages and short parts divide nothing', () => {
  const rest = [
    [60, 0.1],
    [0.98, 0],
    [60, 0.1],
  ] as const;
  assert.deepEqual(seconds(rest), [0]);
  assert.deepEqual(seconds(rest, { ...OPTIONS, silenceS: 0.9 }), [0, 60.98]);
  const quiet = [
    [60, 0.1],
    [3, 0.0033],
    [60, 0.1],
  ] as const;
  assert.deepEqual(seconds(quiet), [0], '-49.6 dB is no silence');
  assert.deepEqual(seconds(quiet, { ...OPTIONS, belowDb: -49 }), [0, 63]);
  const short = [
    [60, 0.1],
    [2, 0],
    [10, 0.1],
    [2, 0],
    [60, 0.1],
    [2, 0],
    [10, 0.1],
  ] as const;
  assert.deepEqual(
    seconds(short),
    [0, 62],
    'neither the jingle between two pieces nor the last one is a part',
  );
});

test('whatever the music: parts are in order, long enough, and begin with sound after a silence', () => {
  const piece = fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.constantFrom(0, 0.001, 0.02, 0.5));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const envelope = envelopeOf(pieces.map(([spans, level]) => [spans * SPAN_S, level] as const));
      const starts = partStarts(envelope, OPTIONS);
      assert.equal(starts[0], 0);
      for (const [i, start] of starts.entries()) {
        const end = starts[i + 1] ?? envelope.durationTicks;
        if (starts.length > 1) assert.ok(end - start >= secondsToTicks(OPTIONS.leastS));
        if (i === 0) continue;
        const span = start / envelope.spanTicks;
        assert.ok((envelope.rms[span] as number) >= 10 ** (-50 / 20));
        const before = envelope.rms.subarray(span - 50, span);
        assert.ok(before.length === 50 && before.every((level) => level < 10 ** (-50 / 20)));
      }
    }),
  );
});
