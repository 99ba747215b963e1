// What is done by the clock while the appliance runs: each second the player's tick and a look at the owner's files, each half
// minute a look at health, folders and memory. Main thread.
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';
import type { Bus } from '../sync/bus.ts';
import type { Engine } from '../sync/engine/index.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import { watchFolders } from './adapters/import/folder-watch.ts';
import { keepDevice } from './device-keeper.ts';
import { openNotices } from './notices.ts';
import type { Clock, Log } from './ports.ts';

/** The stream clock moves as long as anything renders, also in a pause and on the null sink. */
function audioFault(before: number, now: number): { ok: boolean; message: string } {
  return now > before
    ? { ok: true, message: 'The audio clock moves.' }
    : { ok: false, message: 'The audio clock stands still: restart Segue, and look at the sound device.' };
}

const HOUR_MS = 3_600_000;
const TICK_MS = 1000;
const HALF_MINUTE_MS = 30_000;

export interface BeatParts {
  readonly engine: Engine<Vocabulary>;
  readonly bus: Bus;
  readonly audio: AudioEngine;
  readonly clock: Clock;
  readonly log: Log;
  readonly wantedSink: () => SinkChoice;
  /** Gives back what reading a library took. */
  readonly releaseMemory: () => void;
}

/** Begins, with `eachSecond`; the answer ends it. */
export function beat(parts: BeatParts, eachSecond: () => void): () => void {
  const { engine, bus, audio, clock } = parts;
  const timers: NodeJS.Timeout[] = [];
  const every = (ms: number, work: () => void) => {
    const timer = setInterval(work, ms);
    timers.push(timer);
    return () => clearInterval(timer);
  };
  // One timer for both: an idle processor is woken once.
  let ticks = 0;
  const onTicks: { every: number; work: () => void }[] = [];
  keepDevice({
    engine: audio,
    wanted: parts.wantedSink,
    every: (ms, work) => onTicks.push({ every: ms / TICK_MS, work }),
  });
  every(TICK_MS, () => {
    eachSecond();
    ticks += 1;
    for (const each of onTicks) if (ticks % each.every === 0) each.work();
  });
  let lastFrame = -1;
  // After the start, after each import, when the Director has read the library again, and each hour.
  let untilRelease = 0;
  const releaseSoon = () => {
    untilRelease = 0;
  };
  bus.on('Import.finished', releaseSoon);
  bus.on('Director.loaded', releaseSoon);
  every(HALF_MINUTE_MS, () => {
    if (untilRelease === 0) {
      untilRelease = HOUR_MS / HALF_MINUTE_MS;
      parts.releaseMemory();
    }
    untilRelease -= 1;
    const { streamFrame } = audio.snapshot();
    const fault = audioFault(lastFrame, streamFrame);
    lastFrame = streamFrame;
    void engine.run('Health', 'note', { name: 'audio', ...fault }, { door: 'timer' });
    engine.emit('Appliance', 'halfMinute', { nowMs: clock.nowMs() }, { door: 'timer' });
  });
  const watch = watchFolders({
    every,
    notices: openNotices,
    unwatched: (path) =>
      parts.log.warn(
        'The kernel watches no more directories: new music in this folder is noticed within a minute. Raise fs.inotify.max_user_watches.',
        { path },
      ),
    folders: () => engine.query('Library', 'folders', {}),
    lost: (folder, seen) => engine.run('Library', 'reconcile', { folder, seen }, { door: 'timer' }),
    rescan: async (path) => 'job' in (await engine.run('Import', 'start', { path }, { door: 'timer' })),
  });
  // What changes after the scan of the start has passed by is not lost.
  void watch.look();
  return () => {
    watch.stop();
    for (const timer of timers) clearInterval(timer);
  };
}
