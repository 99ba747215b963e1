// Whether enough of the next entry is decoded to begin at any time. Main thread; looks at what the core has published, and
// never makes it wait.
import type { AudioEngine, EngineSnapshot, EntryPlan } from '../../../audio/engine.ts';

/** The core begins a voice out of turn when it has this much of it. */
const ENOUGH_S = 0.1;
const LOOK_EVERY_MS = 20;
/** Ten seconds: a disk that is slower than that is asked about by whoever waits for it. */
const MOST_LOOKS = 500;

export type Next = NonNullable<EngineSnapshot['next']>;

/** `plan`: of the next entry, which may be shorter than what is enough of others. */
export function isBuffered(next: Next, plan: Pick<EntryPlan, 'startFrame' | 'endFrame'>, rate: number) {
  return next.bufferedFrames >= Math.min(ENOUGH_S * rate, plan.endFrame - plan.startFrame);
}

export interface BufferPorts {
  readonly engine: Pick<AudioEngine, 'rate' | 'snapshot'>;
  readonly after: (ms: number, work: () => void) => void;
}

/** Tells once that an entry is buffered; not at all when it is not the next one by then, or has begun. */
export function watchBuffer({ engine, after }: BufferPorts, plan: EntryPlan, tell: () => void): void {
  const look = (looks: number) => {
    const { next } = engine.snapshot();
    if (next?.entry !== plan.entry) return;
    if (isBuffered(next, plan, engine.rate)) tell();
    else if (looks < MOST_LOOKS) after(LOOK_EVERY_MS, () => look(looks + 1));
  };
  after(LOOK_EVERY_MS, () => look(1));
}
