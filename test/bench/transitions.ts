// `npm run bench -- transitions [part of a row's name]`: how far transitions are from what was asked, in frames, beside Debian's mpd
// through the same virtual device: a 5 s crossfade between pairs of formats, and the seam of an album cut in two in
// each gapless codec. Both sides are captured; where each file lies in the capture is found by correlation.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { EntryPlan } from '../../audio/engine.ts';
import type { EncodeOptions } from '../../audio/media.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { playThrough } from '../support/play-process.ts';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';
import { startMpd } from './support/mpd.ts';
import { table } from './support/table.ts';

const RATE_HZ = 48_000;
const CROSSFADE_S = 5;
/** mpd fades no short songs. */
const SECONDS = 25;
const SILENT_S = 1;
type Codec = EncodeOptions['codec'];

interface Track {
  readonly path: string;
  /** What must be heard, at the device's rate: mono. */
  readonly wanted: Float32Array;
}

/** Noise without its top octaves: it survives lossy codecs and resampling, and has one place where it fits. */
function softNoise(frames: number, rateHz: number, seed: number): Float32Array {
  const samples = new Float32Array(2 * frames);
  let state = seed >>> 0;
  let slow = 0;
  let slower = 0;
  const pole = Math.exp((-2 * Math.PI * 1500) / rateHz);
  for (let n = 0; n < frames; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    slow = pole * slow + (1 - pole) * (state / 2 ** 31 - 1);
    slower = pole * slower + (1 - pole) * slow;
    samples[2 * n] = 2 * slower;
    samples[2 * n + 1] = 2 * slower;
  }
  return samples;
}

const mono = (samples: Float32Array) =>
  Float32Array.from({ length: samples.length / 2 }, (_, n) => samples[2 * n] ?? 0);

function write(folder: string, name: string, codec: Codec, rateHz: number, samples: Float32Array): Track {
  const media = mediaTools();
  const path = join(folder, name);
  const written = media.encode({ path, codec, rateHz, samples, tags: { title: name } });
  if ('error' in written) throw new Error(written.message);
  // As this very file sounds: for a lossy one not what went in.
  const decoded = media.decode(path, RATE_HZ);
  if ('error' in decoded) throw new Error(decoded.message);
  return { path, wanted: mono(decoded.samples) };
}

/** The frame of `captured` at which the 4,096 frames of `wanted` from `at` lie best, by normalised correlation; and how well. */
function locate(
  captured: Float32Array,
  wanted: Float32Array,
  at: number,
): { frame: number; likeness: number } {
  const LENGTH = 4096;
  const piece = wanted.subarray(at, at + LENGTH);
  const norm = Math.sqrt(piece.reduce((sum, value) => sum + value * value, 0));
  const score = (offset: number, step: number) => {
    let dot = 0;
    let power = 0;
    for (let n = 0; n < LENGTH; n += step) {
      const value = captured[offset + n] ?? 0;
      dot += value * (piece[n] ?? 0);
      power += value * value;
    }
    return power > 0 ? dot / (Math.sqrt(power) * norm) : 0;
  };
  let best = 0;
  let bestScore = -1;
  // Coarse: this noise still resembles itself two frames off.
  for (let offset = 0; offset + LENGTH <= captured.length; offset += 2) {
    const found = score(offset, 16);
    if (found > bestScore) [best, bestScore] = [offset, found];
  }
  const around = Array.from({ length: 17 }, (_, i) => Math.max(0, best - 8 + i));
  const scores = around.map((offset) => score(offset, 1));
  const top = scores.indexOf(Math.max(...scores));
  return { frame: around[top] ?? 0, likeness: scores[top] ?? 0 };
}

/** Frames for which both sounded: positive an overlap, negative a gap. Null where a file is not found in the capture. */
function overlapOf(captured: Float32Array, [first, second]: readonly [Track, Track]): number | null {
  const early = Math.round(1.5 * RATE_HZ);
  const late = second.wanted.length - 2 * RATE_HZ;
  const a = locate(captured, first.wanted, early);
  const b = locate(captured, second.wanted, late);
  if (a.likeness < 0.9 || b.likeness < 0.9) return null;
  return a.frame - early + first.wanted.length - (b.frame - late);
}

async function capture(device: VirtualDevice, play: () => Promise<unknown>): Promise<Float32Array> {
  const recording = await device.record();
  await play();
  return mono(await recording.stop());
}

function plansOf(tracks: readonly Track[], overlapFrames: number): EntryPlan[] {
  return tracks.map(({ path, wanted }, index) => {
    const fade = { frames: overlapFrames, curve: 'equal-power' } as const;
    const none = { frames: 0, curve: 'equal-power' } as const;
    return {
      plan: index + 1,
      generation: 1,
      entry: index + 1,
      after: index === 0 ? null : index,
      path,
      startFrame: 0,
      endFrame: wanted.length,
      gain: 1,
      overlapFrames: index === 0 ? 0 : overlapFrames,
      fadeIn: index === 0 ? none : fade,
      fadeOut: none,
      previousFadeOut: index === 0 ? null : fade,
    };
  });
}

interface Case {
  readonly name: string;
  readonly tracks: readonly [Track, Track];
  readonly crossfadeS: number;
}

function crossfadeCases(folder: string): Case[] {
  const track = (name: string, codec: Codec, rateHz: number, seed: number) =>
    write(folder, name, codec, rateHz, softNoise(SECONDS * rateHz, rateHz, seed));
  const pair = (name: string, a: Track, b: Track): Case => ({
    name,
    tracks: [a, b],
    crossfadeS: CROSSFADE_S,
  });
  const flac = track('a.flac', 'flac', RATE_HZ, 1);
  return [
    pair('5 s, FLAC 48 → FLAC 48', flac, track('b.flac', 'flac', RATE_HZ, 2)),
    pair('5 s, FLAC 44.1 → MP3 44.1', track('c.flac', 'flac', 44_100, 3), track('d.mp3', 'mp3', 44_100, 4)),
    pair('5 s, FLAC 48 → FLAC 44.1', flac, track('e.flac', 'flac', 44_100, 5)),
  ];
}

function albumCases(folder: string): Case[] {
  const album = softNoise(12 * RATE_HZ, RATE_HZ, 6);
  // No multiple of any codec's frame.
  const cut = 2 * (6 * RATE_HZ + 137);
  const codecs: [Codec, string][] = [
    ['flac', 'flac'],
    ['mp3', 'mp3'],
    ['opus', 'opus'],
    ['vorbis', 'ogg'],
    ['aac', 'm4a'],
    ['alac', 'm4a'],
    ['wavpack', 'wv'],
  ];
  return codecs.map(([codec, ending]) => ({
    name: `album cut in two, ${codec}`,
    crossfadeS: 0,
    tracks: [
      write(folder, `${codec}-1.${ending}`, codec, RATE_HZ, album.subarray(0, cut)),
      write(folder, `${codec}-2.${ending}`, codec, RATE_HZ, album.subarray(cut)),
    ],
  }));
}

const told = (overlap: number | null, wantedFrames: number) => {
  if (overlap === null) return ['not found in the capture', ''];
  const error = overlap - wantedFrames;
  const isNone = wantedFrames > 0 && Math.abs(error) >= 0.9 * wantedFrames;
  return [error, isNone ? 'no crossfade' : `${((1000 * error) / RATE_HZ).toFixed(2)} ms`];
};

async function run(args: string[]): Promise<void> {
  const folder = temporaryFolder('transitions');
  const music = join(folder.path, 'music');
  mkdirSync(music, { recursive: true });
  const silence = write(music, 'silence.flac', 'flac', RATE_HZ, new Float32Array(2 * SILENT_S * RATE_HZ));
  const only = args[0] ?? '';
  const cases = [...crossfadeCases(music), ...albumCases(music)].filter(({ name }) => name.includes(only));
  const rows: (string | number)[][] = [];
  for (const { name, tracks, crossfadeS } of cases) {
    const device = await openVirtualDevice(RATE_HZ);
    const wantedFrames = crossfadeS * RATE_HZ;
    const list = join(folder.path, 'plans.json');
    try {
      const segue = overlapOf(
        await capture(device, () =>
          playThrough(
            { rate: RATE_HZ, plans: plansOf(tracks, wantedFrames), block: null },
            list,
            device.environment,
          ),
        ),
        tracks,
      );
      const mpd = await startMpd(join(folder.path, 'mpd'), music, { environment: device.environment });
      let theirs: number | null = null;
      if (mpd) {
        const played = capture(device, () =>
          mpd.playThrough([silence.path, ...tracks.map(({ path }) => path)], crossfadeS),
        );
        theirs = overlapOf(await played, tracks);
        mpd.stop();
      }
      rows.push([
        name,
        ...told(segue, wantedFrames),
        ...(mpd ? told(theirs, wantedFrames) : ['not installed', '']),
      ]);
      process.stdout.write('.');
    } finally {
      await device.close();
    }
  }
  folder.remove();
  console.log(
    `\nError of the overlap, captured at ${RATE_HZ} Hz; positive: too long an overlap, negative: a gap.`,
  );
  table(['transition', 'segue, frames', '', 'mpd, frames', ''], rows);
}

export const bench = {
  name: 'transitions',
  summary: 'crossfades and gapless seams beside mpd, captured: error in frames',
  isOfWaiting: true,
  run,
};
