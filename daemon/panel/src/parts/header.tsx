// The line at the top: the name, the mood that holds (an override or the time slot), and whether the page is live.
import { store } from '../state/index.ts';
import { useStore } from '../state/store.ts';

export function Header() {
  const mood = useStore(store, ({ status }) => {
    if (status?.override) return status.override.name;
    return status?.timeslot?.kind === 'timeslot' ? status.timeslot.name : null;
  });
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
      {mood !== null && <span class="chip">{mood}</span>}
      <span class={isLive ? 'pulse live' : 'pulse'} title={isLive ? 'Live' : 'Not connected'} />
    </header>
  );
}
