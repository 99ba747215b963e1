// How loud it is, left and right. The daemon is asked four times a second while somebody has this open, looks at the page,
// and something plays; never otherwise.
import { useEffect, useState } from 'preact/hooks';
import type { Meters } from '../../../adapters/http/shapes.ts';
import { api } from '../state/api.ts';
import { store } from '../state/index.ts';
import { useStore } from '../state/store.ts';

const ASK_MS = 250;
const FLOOR_DB = -60;

/** Decibels of full scale, not below what is shown. */
function db(linear: number): number {
  return linear > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(linear)) : FLOOR_DB;
}
const share = (linear: number) => 1 - db(linear) / FLOOR_DB;

function useChannels(isWanted: boolean): Meters['channels'] | null {
  const [channels, setChannels] = useState<Meters['channels'] | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let isGone = false;
    const ask = async () => {
      if (document.hidden) return;
      const answer = await api.meters();
      if (!isGone && answer.ok) setChannels(answer.body.channels);
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
      setChannels(null);
    };
  }, [isWanted]);
  return channels;
}

function Level({ name, rms, peak }: { name: string; rms: number; peak: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the browser's own meter cannot show a held peak
    <div
      class="level"
      role="meter"
      aria-label={name}
      aria-valuemin={FLOOR_DB}
      aria-valuemax={0}
      aria-valuenow={Math.round(db(rms))}
      aria-valuetext={`${Math.round(db(rms))} decibels`}
    >
      <span class="rms" style={{ transform: `scaleX(${share(rms).toFixed(3)})` }} />
      <span class="held" style={{ left: `${(100 * share(peak)).toFixed(1)}%` }} />
    </div>
  );
}

export function Levels() {
  const [isOpen, setOpen] = useState(false);
  const isPlaying = useStore(store, (model) => model.status?.playing === true);
  const channels = useChannels(isOpen && isPlaying);
  return (
    <details class="levels" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Levels</summary>
      {(['Left', 'Right'] as const).map((name, i) => (
        <Level key={name} name={name} rms={channels?.[i]?.rms ?? 0} peak={channels?.[i]?.heldPeak ?? 0} />
      ))}
    </details>
  );
}
