// Two virtual sound devices at one server, recorded at once and laid beside each other on one clock.
import { openPulseServer } from './pulse-server.ts';

/** The names of the devices as the server's own protocol, and as PortAudio through ALSA knows them. */
export const PAIR = {
  pulse: ['PulseAudio: first', 'PulseAudio: second'],
  portaudio: ['ALSA: first', 'ALSA: second'],
  naudiodon: ['naudiodon: ALSA: first', 'naudiodon: ALSA: second'],
} as const;

export interface HeardOnTwo {
  /** Interleaved stereo of each device; frame n of one is heard together with frame n of the other, give or take some
   *  milliseconds. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** How often a recorder was too slow. */
  readonly overruns: number;
}

export interface DevicePair {
  readonly environment: NodeJS.ProcessEnv;
  record(): Promise<{ stop(): Promise<HeardOnTwo> }>;
  /** `pactl` with these words; what it printed. */
  control(...words: string[]): string;
  close(): Promise<void>;
}

/** A null sink's monitor misses up to so much of what comes to it anew, and is late by it. */
const LATENCY_MS = 5;

export async function openDevicePair(rateHz = 48_000): Promise<DevicePair> {
  const nullSink = (name: string) =>
    `load-module module-null-sink sink_name=${name} rate=${rateHz} format=float32le channels=2`;
  const server = await openPulseServer(
    [nullSink('first'), nullSink('second'), 'set-default-sink first'],
    ['first', 'second'],
  );
  return {
    environment: server.environment,
    control: server.control,
    async record() {
      const first = await server.record('first', rateHz, LATENCY_MS);
      const second = await server.record('second', rateHz, LATENCY_MS);
      return {
        async stop() {
          const [one, other] = await Promise.all([first.stop(), second.stop()]);
          const apart = Math.round(((second.beganMs() - first.beganMs()) * rateHz) / 1000);
          return {
            first: one.subarray(2 * Math.max(0, apart)),
            second: other.subarray(2 * Math.max(0, -apart)),
            overruns: first.overruns() + second.overruns(),
          };
        },
      };
    },
    close: () => server.close(),
  };
}
