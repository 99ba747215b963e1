// Loudness as it is heard: files of known loudness, with and without tags, rendered by the core and measured again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRender } from '../../daemon/cli/render.ts';
import { type Codec, EXTENSIONS, media, succeed } from '../support/media-files.ts';
import { scratchFolder } from '../support/scratch.ts';
import { random, stereo } from '../support/signals.ts';

const folder = scratchFolder('loudness');
const RATE = 48_000;
const db = (level: number) => 10 ** (level / 20);
let files = 0;

/** A tone of 1 kHz on both sides: its level in dBFS is its loudness in LUFS. `clickDb`: a short one amid it. */
function piece(codec: Codec, level: number, tags: Record<string, string> = {}, clickDb?: number): string {
  const noise = random(3);
  const value = (t: number) => {
    const isClick = clickDb !== undefined && t > 3 && t < 3.002;
    return isClick
      ? db(clickDb) * Math.sin(2 * Math.PI * 500 * (t - 3))
      : db(level) * Math.sin(2 * Math.PI * 1000 * t);
  };
  const samples = stereo(6 * RATE, RATE, value, (t) => value(t) + 1e-6 * noise());
  const path = join(folder, `piece-${files++}.${EXTENSIONS[codec]}`);
  succeed(media.encode({ path, codec, rateHz: RATE, samples, tags }));
  return path;
}

async function heard(path: string, loudness: 'track' | 'album' | 'off') {
  const name = join(folder, `mix-${files++}`);
  writeFileSync(
    `${name}.json`,
    JSON.stringify({ rate: RATE, loudness, limiter: false, volume: 1, passages: [{ file: path }] }),
  );
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const code = await runRender([`${name}.json`, '--out', `${name}.wav`], {
    isJson: true,
    out: say,
    err: say,
  });
  assert.equal(code, 0, lines.join('\n'));
  const { loudnessLufs, truePeakDb } = succeed(media.measure(`${name}.wav`));
  return { lufs: loudnessLufs ?? Number.NaN, truePeakDb };
}

const within = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) < 0.3, `${what}: ${actual}, expected ${expected}`);

test('what has no tags is brought to -16 LUFS, in every codec', async () => {
  for (const codec of ['flac', 'mp3', 'opus', 'aac'] as const)
    for (const level of [-7, -12, -21])
      within((await heard(piece(codec, level), 'track')).lufs, -16, `${codec} at ${level}`);
});

test('never by more than 6 dB', async () => {
  within((await heard(piece('flac', -30), 'track')).lufs, -24, 'quiet');
});

test('never above -1 dBTP, also where that is less than the loudness asks for', async () => {
  const risen = await heard(piece('flac', -20, {}, -3), 'track');
  within(risen.truePeakDb, -1, 'turned up to its peak');
  within(risen.lufs, -18, 'by 2 dB instead of 4');
  const high = await heard(piece('wav32f', -16, {}, 2), 'track');
  within(high.truePeakDb, -1, 'turned down to its peak');
  within(high.lufs, -19, 'by 3 dB instead of none');
});

test('tags count before what is measured: ReplayGain from -18, R128 from -23', async () => {
  const replayGain = { REPLAYGAIN_TRACK_GAIN: '-6.00 dB', REPLAYGAIN_ALBUM_GAIN: '-9.00 dB' };
  for (const codec of ['flac', 'mp3', 'vorbis'] as const) {
    const path = piece(codec, -14, replayGain);
    within((await heard(path, 'track')).lufs, -18, `${codec}: track`);
    within((await heard(path, 'album')).lufs, -21, `${codec}: album`);
    within((await heard(path, 'off')).lufs, -14, `${codec}: off`);
  }
  const r128 = piece('opus', -14, { R128_TRACK_GAIN: '-2816' }); // -11 dB
  within((await heard(r128, 'track')).lufs, -18, 'Opus');
});
