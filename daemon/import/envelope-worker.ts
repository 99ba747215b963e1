// Envelope worker: decodes one file for the picture of its sound, answers, and ends. Forked by the daemon, at the lowest
// priority; killed by it when nobody waits any more. It writes nothing.
import { mediaTools } from '../../audio/addon.ts';
import { ticksToMs } from '../../audio/ticks.ts';
import { stepBack } from './priority.ts';
import { withoutPath } from './read-file.ts';

/** What the daemon asks. */
export interface EnvelopeOrder {
  readonly path: string;
  readonly spans: number;
}

/** Linear values from 0 (silence) over 1 (full scale), one a span; the last span may be shorter. */
export interface EnvelopeView {
  readonly fileMs: number;
  readonly spanMs: number;
  readonly peaks: readonly number[];
  readonly rms: readonly number[];
}

export type EnvelopeAnswer = EnvelopeView | { readonly reason: string; readonly isGone: boolean };

/** -80 dB: finer steps are not seen. */
const STEPS = 10_000;

function answerOf({ path, spans }: EnvelopeOrder): EnvelopeAnswer {
  const found = mediaTools().envelope(path, spans);
  if ('error' in found)
    return { reason: withoutPath(found.message, path), isGone: found.error === 'NOT_FOUND' };
  const coarse = (values: Float32Array) => Array.from(values, (value) => Math.round(value * STEPS) / STEPS);
  return {
    fileMs: ticksToMs(found.durationTicks),
    spanMs: ticksToMs(found.spanTicks),
    peaks: coarse(found.peaks),
    rms: coarse(found.rms),
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (order: EnvelopeOrder) => {
  process.send?.(answerOf(order), () => process.disconnect());
});
stepBack();
