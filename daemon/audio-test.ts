// The test of the sound device: a tone left, right and on both through the sink that is in use, while the music waits, and
// what the core counted meanwhile. Main thread of the daemon, or of "segue audio test" where no daemon runs.
import type { AudioEngine } from '../audio/engine.ts';
import type { Failure } from '../sync/vocabulary/common.ts';
import type { AudioTestReport } from './adapters/http/shapes.ts';
import { percentileBelowUs, readOutput } from './audio-stats.ts';

export type AudioTestFailure = Failure<'ALREADY_RUNNING' | 'NO_DEVICE' | 'CUT_SHORT'>;

/** Runs until the tone has ended or `signal` is aborted. */
export type AudioTest = (signal: AbortSignal) => Promise<AudioTestReport | AudioTestFailure>;

export interface AudioTestPorts {
  readonly engine: Pick<AudioEngine, 'rate' | 'counters' | 'snapshot' | 'testTone' | 'endTestTone'>;
  /** What is asked of a device. */
  readonly latencyS: () => number;
  /** How the music comes back. */
  readonly resumeFadeS: () => number;
}

export function createAudioTest({ engine, latencyS, resumeFadeS }: AudioTestPorts): AudioTest {
  let isRunning = false;
  async function run(signal: AbortSignal): Promise<AudioTestReport | AudioTestFailure> {
    const before = engine.counters();
    const cancel = () => void engine.endTestTone();
    signal.addEventListener('abort', cancel);
    const answer = await engine.testTone(Math.round(resumeFadeS() * engine.rate));
    signal.removeEventListener('abort', cancel);
    if (answer.outcome === 'tooLate')
      return {
        error: 'CUT_SHORT',
        message: 'The tone was cut short, or the sound device has changed. Try again.',
      };
    const after = engine.counters();
    const histogram = after.callbackHistogram.map((count, i) => count - (before.callbackHistogram[i] ?? 0));
    const xruns = after.xruns - before.xruns;
    const underruns = after.underruns - before.underruns;
    return {
      output: readOutput(engine, latencyS()),
      tone: { frequencyHz: 440, peakDbfs: -20, order: ['left', 'right', 'both'], eachMs: 1000 },
      callback: {
        count: after.periods - before.periods,
        p50BelowUs: percentileBelowUs(histogram, 0.5),
        p99BelowUs: percentileBelowUs(histogram, 0.99),
        worstBelowUs: percentileBelowUs(histogram, 1),
      },
      xruns,
      underruns,
      keptUp: xruns === 0 && underruns === 0,
      musicGoesOn: engine.snapshot().playing,
    };
  }
  return async (signal) => {
    if (isRunning)
      return {
        error: 'ALREADY_RUNNING',
        message: 'A test tone sounds already: wait the four seconds that it takes.',
      };
    if (engine.snapshot().sink === 'null')
      return {
        error: 'NO_DEVICE',
        message:
          'No sound device is open, so nothing can be heard. Plug one in, or choose one: segue devices.',
      };
    isRunning = true;
    try {
      return await run(signal);
    } finally {
      isRunning = false;
    }
  };
}
