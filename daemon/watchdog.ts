// The watchdog's food: systemd hears that Segue is alive as long as both hearts beat, the event loop (whose timer this is) and
// the audio clock, which moves as long as anything renders, also in a pause and without a device. Main thread.

export interface WatchdogPorts {
  /** Frames handed to the sink so far. */
  readonly streamFrame: () => number;
  readonly alive: () => void;
  readonly every: (ms: number, work: () => void) => () => void;
  /** Null: nobody watches. */
  readonly everyMs: number | null;
}

/** Begins; the answer ends it. */
export function feedWatchdog({ streamFrame, alive, every, everyMs }: WatchdogPorts): () => void {
  if (everyMs === null) return () => {};
  let before = streamFrame();
  return every(everyMs, () => {
    const now = streamFrame();
    if (now > before) alive();
    before = now;
  });
}
