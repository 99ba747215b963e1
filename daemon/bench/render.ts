// What rendering costs: the callback alone, timed by the core round each period, while nothing, one voice and two
// crossfading voices sound. A process of its own on the main thread; the decoders' threads are done before it is timed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import type { AudioEngine, Curve, EntryPlan } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { benchSignal, median } from './signal.ts';

const RATE_HZ = 44_100;
/** Fits into a ring: all of it is decoded before the clock runs. */
const PIECE_S = 9;
const FRAMES = PIECE_S * RATE_HZ;
const TIMED_FRAMES = 7 * RATE_HZ;

export interface RenderCost {
  readonly what: string;
  /** Share of one core, of the fastest and of the median round: other work on the machine only adds to it. */
  readonly best: number;
  readonly median: number;
  readonly worstCallbackUs: number;
  readonly periodUs: number;
}

interface Case {
  readonly what: string;
  readonly voices: 0 | 1 | 2;
  readonly curve: Curve;
}

const CASES: readonly Case[] = [
  { what: 'nothing sounds', voices: 0, curve: 'linear' },
  { what: 'one voice', voices: 1, curve: 'linear' },
  ...(['linear', 'cosine', 'exponential', 'logarithmic', 'equal-power'] as const).map((curve) => ({
    what: `two voices crossfading, ${curve}`,
    voices: 2 as const,
    curve,
  })),
];

export async function measureRender(rounds: number): Promise<readonly RenderCost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-bench-render-'));
  try {
    const paths = [1, 2].map((seed) => {
      const path = join(folder, `piece-${seed}.wav`);
      const samples = benchSignal(FRAMES, RATE_HZ, seed);
      const written = mediaTools().encode({ path, codec: 'wav32f', rateHz: RATE_HZ, samples, tags: {} });
      if ('error' in written) throw new Error(written.message);
      return path;
    });
    const costs: RenderCost[] = [];
    for (const each of CASES) costs.push(await measureCase(each, paths, rounds));
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureCase(each: Case, paths: readonly string[], rounds: number): Promise<RenderCost> {
  const shares: number[] = [];
  let worstCallbackUs = 0;
  let periodUs = 0;
  for (let round = 0; round < rounds; round++) {
    const engine = openNativeEngine({
      rate: RATE_HZ,
      sink: { kind: 'manual' },
      playing: true,
      volume: 0.9,
      limiter: true,
    });
    await prepare(engine, each, paths);
    const before = engine.counters();
    engine.pull(TIMED_FRAMES);
    const after = engine.counters();
    const busyS = (after.callbackTotalUs - before.callbackTotalUs) / 1e6;
    shares.push(busyS / (TIMED_FRAMES / RATE_HZ));
    worstCallbackUs = Math.max(worstCallbackUs, after.worstCallbackUs);
    periodUs = after.periodUs;
    await engine.close(0);
  }
  const { what } = each;
  return { what, best: Math.min(...shares), median: median(shares), worstCallbackUs, periodUs };
}

/** To the frame at which the timed stretch begins, with all of it decoded. */
async function prepare(
  engine: AudioEngine,
  { voices, curve }: Case,
  paths: readonly string[],
): Promise<void> {
  const fade = { frames: FRAMES - RATE_HZ, curve };
  const none = { frames: 0, curve };
  const plan = (entry: number): EntryPlan => ({
    plan: entry,
    generation: 0,
    entry,
    after: entry === 1 ? null : 1,
    path: paths[entry - 1] ?? '',
    startFrame: 0,
    endFrame: FRAMES,
    gain: 1,
    overlapFrames: entry === 1 ? 0 : fade.frames,
    fadeIn: entry === 1 ? none : fade,
    fadeOut: none,
    previousFadeOut: entry === 1 ? null : fade,
  });
  if (voices >= 1) await engine.offer(plan(1));
  engine.pull(1);
  if (voices === 2) await engine.offer(plan(2));
  engine.pull(RATE_HZ);
  const isDecoded = () =>
    engine
      .snapshot()
      .sounding.every(({ bufferedFrames, endFrame, atFrame }) => bufferedFrames >= endFrame - atFrame);
  while (!isDecoded()) await new Promise((resolve) => setTimeout(resolve, 2));
}
