// What GET /api/v1/audio tells: the core's counters, levels and state, and what follows from them. Main thread, when
// somebody asks; nothing here runs otherwise.
import type { AudioEngine } from '../audio/engine.ts';
import { takesLatency } from '../audio/sink-names.ts';
import type { AudioStats } from './adapters/http/shapes.ts';

/** Where the sound goes. `latencyS`: what is asked of a device. */
export function readOutput(
  audio: Pick<AudioEngine, 'rate' | 'counters' | 'snapshot'>,
  latencyS: number,
): AudioStats['output'] {
  const { periodUs, realtime } = audio.counters();
  const { sink } = audio.snapshot();
  return {
    sink,
    rateHz: audio.rate,
    askedLatencyS: takesLatency(sink) ? latencyS : null,
    periodUs,
    realtime,
  };
}

export function readAudioStats(audio: AudioEngine, latencyS: number): AudioStats {
  const counters = audio.counters();
  const snapshot = audio.snapshot();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    output: readOutput(audio, latencyS),
    callback: {
      p50BelowUs: percentileBelowUs(counters.callbackHistogram, 0.5),
      p95BelowUs: percentileBelowUs(counters.callbackHistogram, 0.95),
      p99BelowUs: percentileBelowUs(counters.callbackHistogram, 0.99),
      worstUs: counters.worstCallbackUs,
      shareOfCore:
        counters.frames === 0 ? 0 : (counters.callbackTotalUs / 1e6 / counters.frames) * audio.rate,
    },
    meters: audio.meters(),
    counters,
    snapshot,
    memory: { rss, heapUsed },
  };
}

/** The bound of the bucket in which the percentile lies (bucket i holds what took less than 2^i us); null of nothing. */
export function percentileBelowUs(histogram: readonly number[], share: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [i, count] of histogram.entries()) {
    seen += count;
    if (total > 0 && seen >= share * total) return 2 ** i;
  }
  return null;
}
