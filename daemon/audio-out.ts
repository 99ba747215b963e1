// Opens the audio core on the right sink: the chosen device, the default one, or the paced null sink with one clear
// sentence. Main thread, at start and when the device setting changes.
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';
import { openNativeEngine } from '../audio/native-engine.ts';
import { sinkNamed } from '../audio/sink-names.ts';
import type { Config } from './config.ts';
import type { Log } from './ports.ts';

/** Most music has it; what has not is resampled, and so is all of it by a device that wants another rate. */
export const RATE_HZ = 44_100;

export interface AudioOutOptions {
  readonly sink: Config['sink'];
  /** Stable name from the settings; null: the default device. */
  readonly device: string | null;
  /** Asked of the device. */
  readonly latencyS: number;
  readonly volume: number;
  readonly playing: boolean;
  readonly log: Log;
  /** Where the core notes which files it opens. */
  readonly crashNote: string;
}

export const NO_DEVICE =
  'No sound device was found: Segue plays into the paced null sink (everything works, nothing is heard). Plug one in, or choose one: segue devices';

export function sinkOf(options: Pick<AudioOutOptions, 'sink' | 'device' | 'latencyS'>): SinkChoice {
  return options.sink === 'null' ? { kind: 'null' } : sinkNamed(options.device, options.latencyS);
}

export async function openAudio(options: AudioOutOptions): Promise<AudioEngine> {
  const engine = openNativeEngine({
    rate: RATE_HZ,
    sink: { kind: 'null' },
    playing: options.playing,
    volume: options.volume,
    limiter: true,
    crashNote: options.crashNote,
  });
  if (options.sink === 'null') return engine;
  const opened = await engine.switchSink(sinkOf(options));
  if (opened.ok) options.log.info(`Playing through ${opened.sink}.`);
  else options.log.warn(NO_DEVICE, { reason: opened.message });
  return engine;
}
