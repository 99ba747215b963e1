// The line at the top: the name, the mood that holds (an override or the time slot), when it falls silent and when it wakes,
// and whether the page is live.
import { bedsideChip } from '../state/bedside.ts';
import { store } from '../state/index.ts';
import { openBedside, openMood } from '../state/sheets.ts';
import { useStore } from '../state/store.ts';
import { Bell, Moon } from './icons.tsx';

export function Header() {
  const mood = useStore(store, ({ status }) => {
    if (status?.override) return status.override.name;
    return status?.timeslot?.kind === 'timeslot' ? status.timeslot.name : null;
  });
  const status = useStore(store, (model) => model.status);
  const bedside = bedsideChip(status, Date.now());
  const isLive = useStore(store, (model) => model.connection.state === 'live');
  return (
    <header class="top">
      <h1 class="wordmark">
        <svg viewBox="0 0 40 24" aria-hidden="true" focusable="false">
          <path class="fall" d="M3 5c13 0 21 14 34 14" />
          <path class="rise" d="M3 19c13 0 21-14 34-14" />
        </svg>
        Segue
      </h1>
      <button
        type="button"
        class="chip mood"
        onClick={openMood}
        aria-label={mood === null ? 'Mood' : `Mood: ${mood}`}
      >
        {mood ?? 'Mood'}
      </button>
      <button
        type="button"
        class="chip bedside"
        onClick={openBedside}
        aria-label={bedside === null ? 'Sleep and wake' : `Sleep and wake: ${bedside.label}`}
      >
        {bedside?.is === 'alarm' ? <Bell /> : <Moon />}
        {bedside?.time}
      </button>
      <span class={isLive ? 'pulse live' : 'pulse'} title={isLive ? 'Live' : 'Not connected'} />
    </header>
  );
}
