// A hook that draws again as time goes by: often while something moves, never while nothing does.
import { useEffect, useState } from 'preact/hooks';

/** The page's own clock, read every `everyMs`; null stands still. */
export function useNow(everyMs: number | null): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    setNowMs(performance.now());
    if (everyMs === null) return;
    const timer = setInterval(() => setNowMs(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
