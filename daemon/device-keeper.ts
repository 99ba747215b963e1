// Looks for the sound device while there is none: the wanted one is tried every 2 s, after five minutes every 10 s, and
// taken as soon as it opens. A try reads all devices anew and costs about 10 ms of a processor.
// Main thread; the trying is the sink thread's. What plays into the null sink meanwhile is not disturbed.
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';

const LOOK_MS = 2000;
const EAGER_LOOKS = 150;
const PATIENT_EVERY = 5;

export interface DeviceKeeperPorts {
  readonly engine: Pick<AudioEngine, 'snapshot' | 'switchSink'>;
  /** What the owner wants now. */
  readonly wanted: () => SinkChoice;
  readonly every: (ms: number, work: () => void) => unknown;
}

/** Starts looking. A failed try says nothing: that the device is gone has been said. */
export function keepDevice({ engine, wanted, every }: DeviceKeeperPorts): void {
  let isTrying = false;
  let looks = 0;
  every(LOOK_MS, async () => {
    // First what costs nothing: `wanted` reads the settings.
    const isMissing = engine.snapshot().sink === 'null';
    const choice = isMissing ? wanted() : null;
    if (choice === null || choice.kind === 'null') {
      looks = 0;
      return;
    }
    looks += 1;
    if (isTrying || (looks > EAGER_LOOKS && looks % PATIENT_EVERY !== 0)) return;
    isTrying = true;
    await engine.switchSink(choice);
    isTrying = false;
  });
}
