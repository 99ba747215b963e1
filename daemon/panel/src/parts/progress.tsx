// The progress of what plays, and seeking: a range control, so that pointer, touch and keys all work.
import { useState } from 'preact/hooks';
import { seek, store } from '../state/index.ts';
import { crossfadeAt, positionAt } from '../state/model.ts';
import { useStore } from '../state/store.ts';
import { clock, spoken } from '../words.ts';
import { useNow } from './clock.ts';

const KEY_STEP_MS = 5000;

export function Progress() {
  const isMoving = useStore(store, (model) => model.status?.playing === true);
  // Draws again when a new status comes, too.
  useStore(store, (model) => model.statusAtMs);
  const nowMs = useNow(isMoving ? 250 : null);
  const [wantedMs, setWantedMs] = useState<number | null>(null);
  const model = store.get();
  const { positionMs, durationMs } = positionAt(model, Math.max(nowMs, model.statusAtMs));
  const shownMs = wantedMs ?? positionMs;
  const share = durationMs > 0 ? shownMs / durationMs : 0;
  const blending = crossfadeAt(model, nowMs);
  const blendMs = model.status?.crossfade?.lengthMs ?? 0;

  return (
    <div class="progress">
      <div class="track">
        <div class="fill" style={{ transform: `scaleX(${share.toFixed(4)})` }} />
        {blending !== null && durationMs > 0 && (
          <div
            class="blend"
            style={{ width: `${Math.min(100, (blendMs / durationMs) * 100).toFixed(2)}%` }}
          />
        )}
        <div class="thumb" style={{ left: `${(share * 100).toFixed(2)}%` }} />
        <input
          type="range"
          min={0}
          max={Math.max(1, Math.round(durationMs))}
          step={KEY_STEP_MS}
          value={shownMs}
          aria-label="Position"
          aria-valuetext={`${spoken(shownMs)} of ${spoken(durationMs)}`}
          onPointerDown={(event) => {
            // Exact under the pointer; steps are for the keys.
            event.currentTarget.step = '1';
          }}
          onInput={(event) => setWantedMs(Number(event.currentTarget.value))}
          onChange={(event) => {
            seek(Number(event.currentTarget.value));
            setWantedMs(null);
            event.currentTarget.step = String(KEY_STEP_MS);
          }}
        />
      </div>
      <div class="times">
        <span>{clock(shownMs)}</span>
        <span>−{clock(durationMs - shownMs)}</span>
      </div>
    </div>
  );
}
