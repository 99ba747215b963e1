// `segue render PLAN.json --out mix.wav|--hash [--stems DIR]`: a mix through the real core, as fast as it can be computed.
// A process of its own on the main thread; needs no daemon. Files are decoded by the core's own threads.
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseFile } from 'music-metadata';
import { mediaTools } from '../../audio/addon.ts';
import type { CrossfadeSettings } from '../../audio/crossfade-plan.ts';
import { createHashWriter } from '../../audio/hash-writer.ts';
import { renderSequence, type Sounded } from '../../audio/render.ts';
import { planSequence, type SequenceVoice } from '../../audio/sequence-plan.ts';
import { secondsToTicks, ticksToSeconds } from '../../audio/ticks.ts';
import { createWavWriter } from '../../audio/wav-writer.ts';
import type { Playable } from '../../sync/vocabulary/common.ts';
import { gainDb } from '../concepts/library/loudness.ts';
import { tagsOf } from '../import/tags.ts';
import { lengthFaults, parseRenderPlan, type RenderPassage, type RenderPlan } from './render-plan.ts';

export interface RenderIo {
  readonly isJson: boolean;
  out(line: string): void;
  err(line: string): void;
}

type ExitCode = 0 | 1 | 2;

const USAGE = 'Usage: segue render PLAN.json --out mix.wav|--hash [--stems DIR] [--json]';
/** Stems are decoded in pieces of this length, to bound the memory. */
const STEM_PIECE_S = 300;

export async function runRender(args: readonly string[], io: RenderIo): Promise<ExitCode> {
  const asked = parseArguments(args, io.isJson);
  if (!asked) return refuse(io, io.isJson, 2, 'USAGE', [USAGE]);
  const { planPath, out, stems, isJson } = asked;
  let text: string;
  try {
    text = readFileSync(planPath, 'utf8');
  } catch (error) {
    return refuse(io, isJson, 1, 'UNREADABLE', [`The plan cannot be read: ${(error as Error).message}.`]);
  }
  const parsed = parseRenderPlan(text);
  if ('faults' in parsed) return refuse(io, isJson, 1, 'BAD_PLAN', parsed.faults);
  const { plan } = parsed;
  const loaded = await loadPlayables(plan, dirname(resolve(planPath)));
  if ('faults' in loaded) return refuse(io, isJson, 1, 'BAD_PLAN', loaded.faults);
  const { playables } = loaded;
  const settings: CrossfadeSettings = {
    globalCrossfadeTicks: secondsToTicks(plan.globalCrossfadeS),
    defaultCurve: plan.defaultCurve,
    albumAware: false,
  };
  const { voices, totalFrames } = planSequence(playables, settings, plan.rate);
  try {
    const hash = out === null ? createHashWriter() : null;
    const file = out === null ? null : createWavWriter(out, plan.rate);
    const paths = playables.map(({ path }) => path);
    const sounded = await renderSequence(paths, voices, totalFrames, plan, (samples) => {
      file?.write(samples);
      hash?.write(samples);
    });
    file?.close();
    if ('message' in sounded) return refuse(io, isJson, 1, 'RENDER_FAILED', [sounded.message]);
    if (stems !== null) writeStems(stems, paths, voices, plan.rate);
    const target = hash === null ? { out: out ?? '' } : { sha256: hash.digest() };
    tell(io, isJson, {
      plan,
      target,
      paths,
      voices,
      sounded: sounded.voices,
      frames: (file ?? hash)?.frames ?? 0,
    });
  } catch (error) {
    return refuse(io, isJson, 1, 'UNWRITABLE', [
      `The mix could not be written: ${(error as Error).message}.`,
    ]);
  }
  return 0;
}

function parseArguments(args: readonly string[], isJsonAlready: boolean) {
  let planPath: string | null = null;
  let out: string | null = null;
  let stems: string | null = null;
  let isHashed = false;
  let isJson = isJsonAlready;
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = (args[i] ?? '').split(/=(.*)/s);
    if (name === '--json') isJson = true;
    else if (name === '--hash') isHashed = true;
    else if (name === '--out') out = inline ?? args[++i] ?? null;
    else if (name === '--stems') stems = inline ?? args[++i] ?? null;
    else if (args[i]?.startsWith('--') || planPath !== null) return null;
    else planPath = args[i] ?? null;
  }
  // One of the two, not both.
  const hasTarget = isHashed ? out === null : Boolean(out);
  return planPath !== null && hasTarget ? { planPath, out, stems, isJson } : null;
}

function refuse(
  io: RenderIo,
  isJson: boolean,
  exit: ExitCode,
  code: string,
  faults: readonly string[],
): ExitCode {
  if (isJson) io.out(JSON.stringify({ error: { code, message: faults.join(' '), details: faults } }));
  else for (const fault of faults) io.err(fault);
  return exit;
}

async function loadPlayables(
  plan: RenderPlan,
  folder: string,
): Promise<{ playables: readonly Playable[] } | { faults: readonly string[] }> {
  const faults: string[] = [];
  const playables: Playable[] = [];
  for (const [i, passage] of plan.passages.entries()) {
    const path = resolve(folder, passage.file);
    const fileTicks = exactLength(path);
    if (typeof fileTicks === 'string') faults.push(`passages[${i}].file: ${fileTicks}`);
    else {
      faults.push(...lengthFaults(`passages[${i}]`, passage, ticksToSeconds(fileTicks)));
      const gain = passage.gainDb ?? (await gainOf(path, plan.loudness));
      playables.push(toPlayable(passage, i, path, fileTicks, gain));
    }
  }
  return faults.length > 0 ? { faults } : { playables };
}

/** Ticks, or why not. A file that does not say its length is decoded once. */
function exactLength(path: string): number | string {
  const media = mediaTools();
  const probe = media.probe(path);
  if ('error' in probe) return probe.message;
  if (probe.exact) return probe.durationTicks;
  const measured = media.measure(path);
  return 'error' in measured ? measured.message : measured.durationTicks;
}

/** As the player's, from tags and from measuring the file. What an album is without its tags only the library knows. */
async function gainOf(path: string, mode: RenderPlan['loudness']): Promise<number> {
  if (mode === 'off') return 0;
  const tags = tagsOf(await parseFile(path, { skipCovers: true }));
  const measured = mediaTools().measure(path);
  const { loudnessLufs: lufs, truePeakDb } =
    'error' in measured ? { loudnessLufs: null, truePeakDb: null } : measured;
  const track = { taggedDb: tags.replayGainTrackDb, lufs, truePeakDb };
  return gainDb(mode, track, { taggedDb: tags.replayGainAlbumDb, lufs: null, truePeakDb: null });
}

function toPlayable(
  passage: RenderPassage,
  index: number,
  path: string,
  fileTicks: number,
  gain: number,
): Playable {
  const ticks = (seconds: number | undefined) =>
    seconds === undefined ? null : Math.min(secondsToTicks(seconds), fileTicks);
  return {
    passage: index + 1,
    path,
    points: {
      startTicks: ticks(passage.startS) ?? 0,
      fadeInTicks: ticks(passage.fadeInS),
      leadInTicks: ticks(passage.leadInS),
      leadOutTicks: ticks(passage.leadOutS),
      fadeOutTicks: ticks(passage.fadeOutS),
      endTicks: ticks(passage.endS) ?? fileTicks,
    },
    fileTicks,
    part: null,
    fadeInCurve: passage.fadeInCurve ?? null,
    fadeOutCurve: passage.fadeOutCurve ?? null,
    gainDb: gain,
    album: null,
    disc: null,
    track: null,
  };
}

/** Each voice as decoded and resampled, before gains, over its span: DIR/01-name.wav, ... */
function writeStems(
  folder: string,
  paths: readonly string[],
  voices: readonly SequenceVoice[],
  rate: number,
): void {
  mkdirSync(folder, { recursive: true });
  const media = mediaTools();
  voices.forEach((voice, i) => {
    const path = paths[i] ?? '';
    const writer = createWavWriter(join(folder, stemName(i, path)), rate);
    const piece = STEM_PIECE_S * rate;
    for (let at = voice.startFrame; at < voice.endFrame; at += piece) {
      const decoded = media.decode(path, rate, at, Math.min(piece, voice.endFrame - at));
      if ('error' in decoded) throw new Error(decoded.message);
      writer.write(decoded.samples);
    }
    writer.close();
  });
}

function stemName(index: number, path: string): string {
  return `${String(index + 1).padStart(2, '0')}-${basename(path, extname(path))}.wav`;
}

interface Rendered {
  readonly plan: RenderPlan;
  readonly target: { readonly out: string } | { readonly sha256: string };
  readonly paths: readonly string[];
  readonly voices: readonly SequenceVoice[];
  readonly sounded: readonly Sounded[];
  readonly frames: number;
}

function tell(
  io: RenderIo,
  isJson: boolean,
  { plan, target, paths, voices, sounded, frames }: Rendered,
): void {
  const rows = voices.map((voice, i) => ({
    file: paths[i] ?? '',
    firstFrame: sounded[i]?.firstFrame ?? voice.streamFrame,
    lastFrame: sounded[i]?.lastFrame ?? voice.streamFrame + voice.endFrame - voice.startFrame - 1,
    overlapFrames: voice.overlapFrames,
    startFrame: voice.startFrame,
    endFrame: voice.endFrame,
    fadeIn: voice.fadeIn,
    fadeOut: voice.fadeOut,
    gain: voice.gain,
  }));
  if (isJson) {
    io.out(JSON.stringify({ ...target, rate: plan.rate, frames, passages: rows }));
    return;
  }
  const name = 'out' in target ? target.out : `sha256 ${target.sha256}`;
  io.out(`${name}: ${frames} frames at ${plan.rate} Hz (${(frames / plan.rate).toFixed(3)} s)`);
  io.out('  first frame   last frame      overlap  file');
  for (const row of rows) {
    const columns = [row.firstFrame, row.lastFrame, row.overlapFrames].map((frame) =>
      String(frame).padStart(12),
    );
    io.out(` ${columns.join(' ')}  ${row.file}`);
  }
}
