// The whole appliance in this process, over the real core with the manual sink and synthetic passages that code who
// they are and which frame of them sounds: what was rendered can be compared with queue and history frame by frame.
// Reads SEGUE_SYNTHETIC, which must be set before the addon is loaded.
import { join } from 'node:path';
import type { AudioEngine, EndedVoice } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { framesToTicks } from '../../audio/ticks.ts';
import { openStore } from '../../daemon/adapters/store/open.ts';
import { type Appliance, compose } from '../../daemon/compose.ts';
import { placesOf } from '../../daemon/places.ts';
import type { Db } from '../../daemon/ports.ts';
import { temporaryFolder } from './daemon.ts';

export const RATE = 8000;
/** Passages are told apart by powers of two in the left channel: 2^-(1 + code). */
export const CODES = 20;

export interface CodedPassage {
  readonly frames: number;
  readonly overlapFrames: number;
}

export interface CodedAppliance {
  readonly appliance: Appliance;
  readonly db: Db;
  /** Every voice the core has said to have ended, once each. */
  readonly ended: readonly EndedVoice[];
  /** Renders with JavaScript as good as stalled: no event is delivered meanwhile. */
  pull(frames: number): void;
  /** What was rendered so far: for each frame the set of codes as bits, or -1 under a ramp. */
  masks(): Int32Array;
  close(): Promise<void>;
}

/** Passage k (1 to 20) has code k - 1. `eventLimit`: how few events the core keeps for a stalled JavaScript. */
export async function openCodedAppliance(
  passages: readonly CodedPassage[],
  eventLimit: number,
): Promise<CodedAppliance> {
  const folder = temporaryFolder('coded');
  const opened = openStore({ stateDir: folder.path, nowMs: 1 });
  if ('error' in opened) throw new Error(opened.message);
  const { db } = opened;
  addPassages(db, passages);
  const ended: EndedVoice[] = [];
  let core: AudioEngine | undefined;
  const silent = () => {};
  const appliance = await compose({
    db,
    durable: { now() {}, soon() {} },
    clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
    log: {
      debug: silent,
      info: silent,
      warn: silent,
      error: (message, fields) => console.error(message, fields),
    },
    places: placesOf(join(folder.path), {}),
    positions: { save: silent, last: null },
    traceDb: null,
    onDamage: silent,
    onStatus: silent,
    sinkFor: () => ({ kind: 'manual' }),
    openAudio: async () => {
      const native = openNativeEngine({
        rate: RATE,
        sink: { kind: 'manual' },
        playing: true,
        volume: 1,
        limiter: false,
        eventLimit,
      });
      core = recordEnds(native, ended);
      return core;
    },
    bootId: 'coded',
    version: 'test',
    releaseMemory: silent,
    devIsOpen: false,
  });
  for (const [key, value] of Object.entries({
    autoplay: false,
    skip_fade_s: 0,
    skip_throttle_s: 0,
    resume_fade_s: 0,
    volume: 1,
  })) {
    await appliance.door.run('Settings', 'set', { key, value }, { door: 'test' });
  }
  const rendered: Float32Array[] = [];
  return {
    appliance,
    db,
    ended,
    pull(frames) {
      if (frames > 0) rendered.push((core as AudioEngine).pull(frames));
    },
    masks: () => masksOf(rendered),
    async close() {
      await appliance.stop('test', 0);
      db.close();
      folder.remove();
    },
  };
}

/** The core's own account of each voice, taken before the daemon lets it forget. */
function recordEnds(engine: AudioEngine, ended: EndedVoice[]): AudioEngine {
  return new Proxy(engine, {
    get(target, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'acknowledge') {
          const entries = args[0] as readonly number[];
          ended.push(...target.snapshot().ended.filter(({ entry }) => entries.includes(entry)));
        }
        return value.apply(target, args) as unknown;
      };
    },
  });
}

function addPassages(db: Db, passages: readonly CodedPassage[]): void {
  db.prepare("INSERT INTO music_folders (id, path) VALUES (1, 'synthetic:x=')").run();
  const file = db.prepare(
    'INSERT INTO files (id, folder, path, size_bytes, mtime_ms, duration_ticks, added_at_ms) VALUES (?, 1, ?, 1, 1, ?, 1)',
  );
  const passage = db.prepare(
    'INSERT INTO passages (id, file, start_ticks, fade_in_ticks, lead_in_ticks, lead_out_ticks, fade_out_ticks, end_ticks, title) VALUES (?, ?, 0, 0, ?, ?, ?, ?, ?)',
  );
  for (const [index, { frames, overlapFrames }] of passages.entries()) {
    const id = index + 1;
    const end = framesToTicks(frames, RATE);
    file.run(id, `,frames=${frames},code=${index}`, end);
    // Lead points without fades: where two sound, the left channel is the plain sum of both codes.
    passage.run(
      id,
      id,
      framesToTicks(overlapFrames, RATE),
      framesToTicks(frames - overlapFrames, RATE),
      end,
      end,
      `Coded ${id}`,
    );
  }
}

function masksOf(rendered: readonly Float32Array[]): Int32Array {
  const masks: number[] = [];
  for (const chunk of rendered) {
    for (let n = 0; n < chunk.length; n += 2) {
      const scaled = (chunk[n] ?? 0) * 2 ** CODES;
      masks.push(Number.isInteger(scaled) && scaled >= 0 ? scaled : -1);
    }
  }
  return Int32Array.from(masks);
}

export const bitOf = (passage: number) => 2 ** (CODES - passage);
