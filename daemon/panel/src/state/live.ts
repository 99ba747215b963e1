// The live connection: opens it, opens it again with back-off, and lets it go while nobody looks, so that many
// tabs do not use up the browser's few connections to one host.
import { waitMs } from './backoff.ts';
import { afterEvent, type Model } from './model.ts';
import type { Store } from './store.ts';

const TOPICS = [
  'full',
  'state',
  'crossfade',
  'queue',
  'history',
  'health',
  'import',
  'settings',
  'library',
  'timeslots',
];
/** The server beats every 15 s; two missed beats mean that the line is dead. */
const SILENCE_MS = 35_000;
/** A glance at another tab is not worth a reconnection. */
const HIDDEN_MS = 10_000;

export interface Live {
  open(): void;
  /** Now, not when the back-off says. */
  retry(): void;
}

export function createLive(store: Store<Model>, onNotice: (message: string) => void): Live {
  let source: EventSource | null = null;
  let lastId = '';
  let attempt = 0;
  let retryTimer = 0;
  let silenceTimer = 0;
  let hiddenTimer = 0;

  function close(): void {
    source?.close();
    source = null;
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
  }

  function lost(): void {
    close();
    const wait = waitMs(attempt, Math.random());
    attempt += 1;
    const retryAtMs = performance.now() + wait;
    store.update((model) => ({ ...model, connection: { state: 'offline', retryAtMs } }));
    retryTimer = window.setTimeout(connect, wait);
  }

  function heard(): void {
    clearTimeout(silenceTimer);
    silenceTimer = window.setTimeout(lost, SILENCE_MS);
  }

  function connect(): void {
    close();
    const query = lastId === '' ? '' : `?lastEventId=${encodeURIComponent(lastId)}`;
    const opened = new EventSource(`/api/v1/events${query}`);
    source = opened;
    heard();
    opened.addEventListener('open', () => {
      attempt = 0;
      heard();
      store.update((model) => ({ ...model, connection: { state: 'live' } }));
    });
    opened.addEventListener('error', () => {
      if (source === opened) lost();
    });
    opened.addEventListener('beat', heard);
    const listen = (topic: string, take: (data: unknown) => void) =>
      opened.addEventListener(topic, (event: MessageEvent<string>) => {
        heard();
        lastId = event.lastEventId;
        take(JSON.parse(event.data));
      });
    for (const topic of TOPICS)
      listen(topic, (data) => store.update((model) => afterEvent(model, topic, data, performance.now())));
    listen('notice', (data) => onNotice((data as { message: string }).message));
  }

  return {
    open() {
      connect();
      window.addEventListener('online', connect);
      document.addEventListener('visibilitychange', () => {
        clearTimeout(hiddenTimer);
        if (document.hidden) hiddenTimer = window.setTimeout(close, HIDDEN_MS);
        else if (source === null) connect();
      });
    },
    retry: connect,
  };
}
