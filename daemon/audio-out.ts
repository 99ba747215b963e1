// Opens the audio core on the right sink: the chosen device, the default one, or the paced null sink with one clear
// sentence. Main thread, at start and when the device setting changes.
import type { AudioEngine, SinkChoice } from '../audio/engine.ts';
import { deviceRates, openNativeEngine } from '../audio/native-engine.ts';
import { sinkNamed } from '../audio/sink-names.ts';
import type { Config } from './config.ts';
import type { Log } from './ports.ts';
import { workingRateHz } from './working-rate.ts';

export interface AudioOutOptions {
  readonly sink: Config['sink'];
  /** Stable name from the settings; null: the default device. */
  readonly device: string | null;
  /** Asked of the device. */
  readonly latencyS: number;
  /** By the settings; null: what device and music have. */
  readonly rateHz: number | null;
  /** Of most of the music; null: there is none yet. */
  readonly libraryHz: number | null;
  readonly volume: number;
  readonly playing: boolean;
  readonly log: Log;
  /** Where the core notes which files it opens. */
  readonly crashNote: string;
  /** Where it writes down what sounds and where, for the next start. */
  readonly positionFile: string;
  readonly nowMs: () => number;
}

type RateOptions = Pick<AudioOutOptions, 'sink' | 'device' | 'rateHz' | 'libraryHz'>;

export const NO_DEVICE =
  'No sound device was found: Segue plays into the paced null sink (everything works, nothing is heard). Plug one in, or choose one: segue devices';

export function sinkOf(options: Pick<AudioOutOptions, 'sink' | 'device' | 'latencyS'>): SinkChoice {
  return options.sink === 'null' ? { kind: 'null' } : sinkNamed(options.device, options.latencyS);
}

/** The rate at which everything is mixed for that device. */
export function rateFor({ sink, device, rateHz, libraryHz }: RateOptions): number {
  const isCore = sink !== 'null' && sinkNamed(device, 0).kind === 'portaudio';
  const deviceHz = isCore && rateHz === null ? deviceRates(device) : [];
  return workingRateHz({ askedHz: rateHz, deviceHz, libraryHz });
}

export async function openAudio(options: AudioOutOptions): Promise<AudioEngine> {
  const engine = openNativeEngine({
    rate: rateFor(options),
    sink: { kind: 'null' },
    playing: options.playing,
    volume: options.volume,
    limiter: true,
    crashNote: options.crashNote,
  });
  const refused = engine.mirrorPosition(options.positionFile, options.nowMs());
  if (refused !== null)
    options.log.warn('The position cannot be mirrored; after a crash the passage begins anew.', {
      error: refused,
    });
  if (options.sink === 'null') return engine;
  const opened = await engine.switchSink(sinkOf(options));
  if (opened.ok) options.log.info(`Playing through ${opened.sink} at ${engine.rate} Hz.`);
  else options.log.warn(NO_DEVICE, { reason: opened.message });
  return engine;
}
