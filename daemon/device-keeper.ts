// Looks for the sound device while there is none: every 2 s the wanted one is tried, and taken as soon as it opens.
// Main thread; the trying is the sink thread's. What plays into the null sink meanwhile is not disturbed.
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';

const LOOK_MS = 2000;

export interface DeviceKeeperPorts {
  readonly engine: Pick<AudioEngine, 'snapshot' | 'switchSink'>;
  /** What the owner wants now. */
  readonly wanted: () => SinkChoice;
  readonly every: (ms: number, work: () => void) => unknown;
}

/** Starts looking. A failed try says nothing: that the device is gone has been said. */
export function keepDevice({ engine, wanted, every }: DeviceKeeperPorts): void {
  let isTrying = false;
  every(LOOK_MS, async () => {
    const choice = wanted();
    if (isTrying || choice.kind !== 'portaudio' || engine.snapshot().sink !== 'null') return;
    isTrying = true;
    await engine.switchSink(choice);
    isTrying = false;
  });
}
