// Where music that lies in one file can be divided: at its silences. Pure.
import type { Envelope } from '../../audio/media.ts';
import { secondsToTicks } from '../../audio/ticks.ts';

export interface SilenceOptions {
  /** What is shorter divides nothing: pieces have rests. */
  readonly silenceS: number;
  /** RMS of both channels, dB of full scale, below which a span is silent. */
  readonly belowDb: number;
  /** No part is shorter than this. */
  readonly leastS: number;
}

/** Where each part begins, in ticks, rising, the first at 0; that alone where nothing divides it. A silence belongs to the part
 *  before it: the next begins with the first span that is none, to within one. */
export function partStarts(envelope: Envelope, { silenceS, belowDb, leastS }: SilenceOptions): number[] {
  const { rms, spanTicks, durationTicks } = envelope;
  const threshold = 10 ** (belowDb / 20);
  const [silence, least] = [secondsToTicks(silenceS), secondsToTicks(leastS)];
  const starts = [0];
  let silentSpans = 0;
  let hasSound = false;
  for (const [index, level] of rms.entries()) {
    if (level < threshold) {
      silentSpans += 1;
      continue;
    }
    const atTicks = index * spanTicks;
    const isDivided = hasSound && silentSpans * spanTicks >= silence;
    const isLongEnough = atTicks - (starts.at(-1) as number) >= least && durationTicks - atTicks >= least;
    if (isDivided && isLongEnough) starts.push(atTicks);
    hasSound = true;
    silentSpans = 0;
  }
  return starts;
}
