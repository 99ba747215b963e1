// From the name of a device, as a person chooses it, to the sink that it means. Pure.
import type { SinkChoice } from './engine.ts';

const NAUDIODON = 'naudiodon';

/** "naudiodon" and "naudiodon: default" are naudiodon's default device, "naudiodon: ALSA: pulse" is one of its devices;
 *  every other name is for the core, null its default device. */
export function sinkNamed(name: string | null, latencyS: number): SinkChoice {
  if (name === NAUDIODON || name === `${NAUDIODON}: default`) return { kind: 'naudiodon', device: null };
  if (name?.startsWith(`${NAUDIODON}: `))
    return { kind: 'naudiodon', device: name.slice(NAUDIODON.length + 2) };
  return { kind: 'portaudio', device: name, latencyS };
}

/** Whether a latency can be asked of the sink of that name. */
export function takesLatency(sink: string): boolean {
  return sink !== 'null' && sink !== 'manual' && tellsXruns(sink);
}

/** Whether the sink of that name tells when its device has run dry. */
export function tellsXruns(sink: string): boolean {
  return !sink.startsWith(`${NAUDIODON}: `);
}
