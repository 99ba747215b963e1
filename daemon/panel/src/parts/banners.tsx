// What a person should know, in sentences: no connection, what is wrong, an import under way; and notices that pass.

import { api } from '../state/api.ts';
import { dismiss, live, store, tell } from '../state/index.ts';
import type { Model } from '../state/model.ts';
import { leftText } from '../state/mood.ts';
import { useStore } from '../state/store.ts';
import { rate } from '../words.ts';
import { useNow } from './clock.ts';
import { Close } from './icons.tsx';

function Offline() {
  const connection = useStore(store, (model) => model.connection);
  const nowMs = useNow(connection.state === 'offline' ? 500 : null);
  if (connection.state !== 'offline') return null;
  const seconds = Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000));
  return (
    <div class="banner offline" role="status">
      <p>
        <strong>Not connected.</strong> The music goes on without this page. Trying again
        <span aria-hidden="true">{seconds > 0 ? ` in ${seconds} s` : '…'}</span>
      </p>
      <button type="button" class="pill" onClick={live.retry}>
        Now
      </button>
    </div>
  );
}

function Importing() {
  const importing = useStore(store, (model: Model) => model.importing);
  if (importing === null || ['done', 'cancelled', 'failed'].includes(importing.state)) return null;
  const { job, state, found, done, foundBytes, doneBytes, bytesPerS, leftMs, added } = importing;
  const isPaused = state === 'paused';
  return (
    <div class="banner">
      <p>
        <strong>{isPaused ? 'Your music waits to be read on.' : 'Reading your music.'}</strong>{' '}
        {found > 0 ? `${done} of ${found}` : `${done}`} files, {added} new
        {bytesPerS !== null && `, ${rate(bytesPerS)}`}
        {leftMs !== null && `, ${leftText(leftMs)} left`}.
      </p>
      <button
        type="button"
        class="pill"
        aria-label={isPaused ? 'Go on with the import' : 'Pause the import'}
        onClick={() => void tell(isPaused ? api.resumeImport(job) : api.pauseImport(job))}
      >
        {isPaused ? 'Go on' : 'Pause'}
      </button>
      {found > 0 && <progress max={foundBytes} value={doneBytes} aria-label="Import" />}
    </div>
  );
}

function Wrong() {
  const message = useStore(store, (model) => model.status?.autoSelect.message ?? null);
  const checks = useStore(store, (model) => model.health?.checks ?? null);
  const failing = (checks ?? []).filter((check) => !check.ok).map((check) => check.message);
  const said = [...new Set([message, ...failing].filter((each): each is string => each !== null))];
  if (said.length === 0) return null;
  return (
    <div class="banner wrong" role="status">
      {said.map((each) => (
        <p key={each}>{each}</p>
      ))}
    </div>
  );
}

export function Banners() {
  return (
    <div class="banners">
      <Offline />
      <Wrong />
      <Importing />
    </div>
  );
}

export function Toasts() {
  const toasts = useStore(store, (model) => model.toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div class="toast" key={toast.id}>
          <p>{toast.message}</p>
          <button type="button" onClick={() => dismiss(toast.id)} aria-label="Dismiss">
            <Close />
          </button>
        </div>
      ))}
    </div>
  );
}
