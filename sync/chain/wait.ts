// A wait that ends early when it is cancelled.
import type { Cancel, ChainTimers } from './ports.ts';

/** True: the time has passed. False: it was cancelled. */
export function wait(timers: ChainTimers, delayMs: number, cancel: Cancel): Promise<boolean> {
  return new Promise((resolve) => {
    if (cancel.aborted) return resolve(false);
    const onAbort = () => {
      takeBack();
      resolve(false);
    };
    const takeBack = timers.after(delayMs, () => {
      cancel.removeEventListener('abort', onAbort);
      resolve(true);
    });
    cancel.addEventListener('abort', onAbort, { once: true });
  });
}
