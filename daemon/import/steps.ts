// Steps: what is done with each file, as event chains that try again what may go better a moment later, and count.
// Worker process; no step is slower for it than by some tenths of a microsecond.
import {
  type Chain,
  type ChainClock,
  type ChainMode,
  type ChainTimers,
  createChain,
  exponential,
  log,
  metrics,
  retry,
} from '../../sync/chain/index.ts';
import type { ImportStep } from '../../sync/vocabulary/import.ts';

export interface Steps {
  chain<C>(name: string, mode: ChainMode): Chain<C>;
  /** What each step has done so far, in the order in which they first ran. */
  read(): ImportStep[];
}

/** What a share of the network, a stick or a disk that wakes up answers once, and not a moment later. */
const TRANSIENT = new Set([
  'EIO',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'ESTALE',
  'ETIMEDOUT',
  'EREMOTEIO',
  'UNREADABLE',
]);
const TIMES = 2;
const FIRST_WAIT_MS = 100;
/** Further tries in a row that helped nothing: then it is the disk, and no file is waited for any more. */
const MOST_IN_VAIN = 6;

export function createSteps({ clock, timers }: { clock: ChainClock; timers: ChainTimers }): Steps {
  const counted = metrics(clock);
  const retried = new Map<string, number>();
  let inVain = 0;
  const again = retry({
    times: TIMES,
    backoff: exponential(FIRST_WAIT_MS),
    timers,
    mayHelp: ({ error }) => TRANSIENT.has(error) && inVain < MOST_IN_VAIN,
    onRetry(step) {
      retried.set(step, (retried.get(step) ?? 0) + 1);
      inVain++;
    },
  });
  const forgiving = log({
    isVerbose: true,
    write(_step, { kind }) {
      if (kind === 'ok') inVain = 0;
    },
  });
  return {
    chain: <C>(name: string, mode: ChainMode) => createChain<C>(name, mode).use(again, forgiving, counted),
    read: () =>
      counted.read().map(({ step, runs, failed, middlewareFailed, totalMs, maxMs }) => ({
        step,
        runs,
        failed: failed + middlewareFailed,
        retried: retried.get(step) ?? 0,
        totalMs,
        maxMs,
      })),
  };
}

/** Runs what may throw, as a step: the code of the file system is the failure's, the words may be the caller's. */
export function attempt(
  run: () => unknown,
  words: (code: string) => string = (code) => `failed (${code})`,
): unknown {
  const failed = (error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { error: code, message: words(code) };
  };
  try {
    const output = run();
    return output instanceof Promise ? output.catch(failed) : output;
  } catch (error) {
    return failed(error);
  }
}
