// The keyboard: space plays and pauses, → skips, ↑ ↓ change the volume, / searches. Never while somebody types, and
// never instead of what the focused control itself does with the key.
import { changeVolume, skip, store, togglePlay } from './state/index.ts';
import { openSearch } from './state/sheets.ts';

const STEP = 0.05;

function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog[open]') !== null) return true;
  if (target.matches('input:not([type=range]), textarea, select')) return true;
  if (target.matches('input[type=range], [data-arrows]') && key.startsWith('Arrow')) return true;
  return key === ' ' && target.matches('button, a, summary');
}

export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || isTaken(target, key)) return;
    const volume = store.get().status?.volume ?? 0;
    const actions: Record<string, () => void> = {
      ' ': togglePlay,
      ArrowRight: () => void skip(),
      ArrowUp: () => changeVolume(volume + STEP),
      ArrowDown: () => changeVolume(volume - STEP),
      '/': openSearch,
    };
    const action = actions[key];
    if (action === undefined || (event.repeat && (key === ' ' || key === 'ArrowRight'))) return;
    event.preventDefault();
    action();
  });
}
