// Play, pause, skip and volume.
import { useEffect, useRef, useState } from 'preact/hooks';
import { changeVolume, skip, store, togglePlay } from '../state/index.ts';
import { openSearch } from '../state/sheets.ts';
import { useStore } from '../state/store.ts';
import { Loud, Pause, Play, Plus, Quiet, Skip } from './icons.tsx';

/** How often a drag is sent on, and how long the daemon's echo of it is not listened to. */
const SEND_MS = 90;
const ECHO_MS = 500;

function Volume() {
  const known = useStore(store, (model) => model.status?.volume ?? 0);
  const [own, setOwn] = useState<number | null>(null);
  const lastSent = useRef(0);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const volume = own ?? known;

  const take = (wanted: number) => {
    setOwn(wanted);
    clearTimeout(timer.current);
    const sinceMs = performance.now() - lastSent.current;
    const send = () => {
      lastSent.current = performance.now();
      changeVolume(wanted);
      timer.current = window.setTimeout(() => setOwn(null), ECHO_MS);
    };
    if (sinceMs >= SEND_MS) send();
    else timer.current = window.setTimeout(send, SEND_MS - sinceMs);
  };

  return (
    <label class="volume">
      <Quiet />
      <span class="slider">
        <span class="track">
          <span class="fill" style={{ transform: `scaleX(${volume})` }} />
        </span>
        <span class="thumb" style={{ left: `${volume * 100}%` }} />
        <input
          type="range"
          min={0}
          max={100}
          value={Math.round(volume * 100)}
          aria-label="Volume"
          aria-valuetext={`${Math.round(volume * 100)} percent`}
          onInput={(event) => take(Number(event.currentTarget.value) / 100)}
        />
      </span>
      <Loud />
    </label>
  );
}

export function Controls() {
  const isPlaying = useStore(store, (model) => model.status?.playing === true);
  const hasCurrent = useStore(store, (model) => model.status?.current != null);
  return (
    <div class="controls">
      <button type="button" class="round ask" onClick={openSearch} aria-label="Ask for a piece (/)">
        <Plus />
      </button>
      <button
        type="button"
        class="play"
        onClick={togglePlay}
        aria-label={isPlaying ? 'Pause' : 'Play'}
        title="Space"
      >
        {isPlaying ? <Pause /> : <Play />}
      </button>
      <button
        type="button"
        class="round skip"
        onClick={() => void skip()}
        disabled={!hasCurrent}
        aria-label="Skip"
        title="→"
      >
        <Skip />
      </button>
      <Volume />
    </div>
  );
}
